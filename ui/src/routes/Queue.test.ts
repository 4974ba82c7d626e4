// The queue as a grid: walked, moved and emptied with keys, and told to those who hear it.
// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Fake } from "../ipc/fake";
import { furnishJsdom, goTo, labelOf, openWindow, playAny, press } from "./testing";

let fake: Fake;

beforeAll(furnishJsdom);
beforeEach(async () => {
  fake = await openWindow();
  await playAny();
  await goTo("Queue");
  await waitFor(() => expect(songs().length).toBeGreaterThan(8));
  grid().focus();
});
afterEach(cleanup);

const grid = () => screen.getByRole("grid", { name: "Queue" });
const songs = () => within(grid()).getAllByRole("row", { name: /, / });
/** The row that keys are with, as the grid tells it. */
const cursor = () => document.getElementById(grid().getAttribute("aria-activedescendant") ?? "");
const at = (index: number) => labelOf(songs()[index]!);
/** The order of the first songs. */
const order = (count: number) => Array.from({ length: count }, (_, index) => at(index));

test("keys walk the rows; one of them is chosen, and told of", async () => {
  await press("Home");
  await waitFor(() => expect(labelOf(cursor()!)).toBe(at(0)));
  await press("ArrowDown");
  await press("ArrowDown");
  await press("ArrowUp");
  await waitFor(() => expect(labelOf(cursor()!)).toBe(at(1)));
  expect(songs().filter((row) => row.getAttribute("aria-selected") === "true")).toEqual([cursor()]);
  expect(document.activeElement).toBe(grid());
  await press("End");
  const last = Number(grid().getAttribute("aria-rowcount")) - 1;
  expect(grid().getAttribute("aria-activedescendant")).toMatch(new RegExp(`-${last}$`));
});

test("every part of a row is a cell, and moving and removing stand in one", () => {
  for (const name of ["Move up", "Move down", "Remove from queue"]) {
    const [button] = within(songs()[3]!).getAllByRole("button", { name });
    expect(button!.closest('[role="gridcell"]')?.closest('[role="row"]')).toBe(songs()[3]);
  }
  const cells = within(songs()[3]!).getAllByRole("gridcell");
  expect(grid().getAttribute("aria-colcount")).toBe(`${cells.length}`);
});

test("Delete takes the row out and stays where it was; Undo brings it back", async () => {
  await press("Home");
  await press("ArrowDown");
  const before = order(4);
  await press("Delete");
  await waitFor(() => expect(order(3)).toEqual([before[0], before[2], before[3]]));
  await waitFor(() => expect(labelOf(cursor()!)).toBe(before[2]));
  expect(document.activeElement).toBe(grid());
  await press("z", { ctrlKey: true });
  await waitFor(() => expect(order(4)).toEqual(before));
});

test("Alt and arrows move the row, and the cursor goes with it; not beyond the ends", async () => {
  await press("Home");
  const before = order(3);
  await press("ArrowUp", { altKey: true });
  await press("ArrowDown", { altKey: true });
  await waitFor(() => expect(order(2)).toEqual([before[1], before[0]]));
  await press("ArrowDown", { altKey: true });
  await waitFor(() => expect(order(3)).toEqual([before[1], before[2], before[0]]));
  expect(labelOf(cursor()!)).toBe(before[0]);
  expect(fake.calls.filter((call) => call === "command move")).toHaveLength(2);
});

test("the buttons of a row move that row and no other", async () => {
  const before = order(5);
  await fireEvent.click(within(songs()[4]!).getByRole("button", { name: "Move up" }));
  await waitFor(() => expect(order(5).slice(3)).toEqual([before[4], before[3]]));
  await waitFor(() => expect(labelOf(cursor()!)).toBe(before[4]));
  await fireEvent.click(within(songs()[3]!).getByRole("button", { name: "Remove from queue" }));
  await waitFor(() => expect(at(3)).toBe(before[3]));
});

test("the menu key opens what can be done with the row", async () => {
  await press("Home");
  const first = at(0);
  await press("F10", { shiftKey: true });
  await fireEvent.click(await screen.findByRole("menuitem", { name: /^Remove from queue/ }));
  await waitFor(() => expect(at(0)).not.toBe(first));
});

test("the cursor stays with its song when the guest DJ puts others above it", async () => {
  const playing = songs().findIndex((row) => row.hasAttribute("aria-current"));
  await press("Home");
  for (let step = 0; step < playing + 3; step++) await press("ArrowDown");
  await waitFor(() => expect(labelOf(cursor()!)).toBe(at(playing + 3)));
  const song = labelOf(cursor()!);
  await fireEvent.click(screen.getByRole("radio", { name: "Bridge" }));
  await waitFor(() => expect(at(playing + 6)).toBe(song));
  await waitFor(() => expect(labelOf(cursor()!)).toBe(song));
  grid().focus();
  await press("ArrowDown");
  await waitFor(() => expect(labelOf(cursor()!)).toBe(at(playing + 7)));
});
