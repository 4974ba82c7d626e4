// The whole window before the fake twin, found by role and label as a listener finds it.
// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { Fake, FakeOptions } from "../ipc/fake";
import { makeLibrary } from "../ipc/fake-library";
import { furnishJsdom, openWindow, player, press, rows } from "./testing";

beforeAll(furnishJsdom);
afterEach(cleanup);

let fake: Fake;

async function open(options: FakeOptions = {}) {
  fake = await openWindow(options);
}

test("the first run takes a pasted path, and songs appear while they are read", async () => {
  await open({ empty: true });
  await screen.findByRole("button", { name: "Use /home/mila/Music" });
  await fireEvent.input(screen.getByRole("textbox", { name: "Folder path" }), {
    target: { value: "/music" },
  });
  await fireEvent.click(screen.getByRole("button", { name: "Add folder" }));
  await screen.findByText("Scanning your folders");
  fake.pass(0.5);
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  expect(screen.getByRole("progressbar", { name: "Scanning folders" })).toBeTruthy();
});

test("plays with a double click, pauses with Space, stays out of the way while one types", async () => {
  await open();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.dblClick(rows()[2]!);
  await player().findByRole("button", { name: "Pause" });
  screen.getByRole("searchbox", { name: "Search" }).focus();
  await press(" ");
  expect(player().getByRole("button", { name: "Pause" })).toBeTruthy();
  screen.getByRole("grid").focus();
  await press(" ");
  await player().findByRole("button", { name: "Play" });
});

test("the seek bar draws what plays once it was measured, and stays a slider", async () => {
  await open();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.dblClick(rows()[2]!);
  await player().findByRole("button", { name: "Pause" });
  const seek = player().getByRole("slider", { name: "Seek" });
  const id = (await fake.player()).current!.track.id;
  const measured = (await fake.waveform(id)) !== null;
  if (measured) await waitFor(() => expect(seek.querySelector("canvas")).toBeTruthy());
  // A song that is still to be measured has a line, until the library tells of it.
  const unmeasured = { event: "player", state: { ...(await fake.player()) } } as const;
  const answer = vi.spyOn(fake, "waveform").mockResolvedValue(null);
  fake.tell({
    ...unmeasured,
    state: {
      ...unmeasured.state,
      current: {
        ...unmeasured.state.current!,
        entry: 999,
        track: { ...unmeasured.state.current!.track, id: 77 },
      },
    },
  });
  await waitFor(() => expect(seek.querySelector("canvas")).toBeNull());
  answer.mockResolvedValue({ peak: [255, 128], rms: [100, 50] });
  fake.tell({ event: "library", revision: 99 });
  await waitFor(() => expect(seek.querySelector("canvas")).toBeTruthy());
  expect(seek.getAttribute("aria-valuetext")).toContain(" of ");
});

test("starts a radio from a row with R, and shows it on its page", async () => {
  await open();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.click(rows()[3]!);
  await waitFor(() => expect(rows()[3]!.getAttribute("aria-selected")).toBe("true"));
  await press("r");
  await waitFor(() => expect(fake.calls).toContain("start_radio"));
  await fireEvent.click(screen.getByRole("button", { name: "Radio" }));
  await screen.findByRole("slider", { name: "Discovery" });
  const coming = await screen.findByRole("list", { name: "Coming up" });
  await waitFor(() => expect(within(coming).getAllByText(/Sounds like/).length).toBeGreaterThan(3));
});

test("every song offers a radio, and a menu with the rest", async () => {
  await open();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  expect(within(rows()[0]!).getByRole("button", { name: "Radio from this song" })).toBeTruthy();
  await fireEvent.contextMenu(rows()[1]!);
  const menu = await screen.findByRole("menu");
  const items = [...menu.querySelectorAll('[role^="menuitem"]')];
  const names = items.map((item) => item.querySelector(".label")?.textContent);
  expect(names).toEqual([
    "Play",
    "Play next",
    "Add to queue",
    "Add to playlist",
    "Radio from this song",
    "Radio from",
    "Go to album",
    "Like",
    "Not for me",
  ]);
  await fireEvent.click(within(menu).getByRole("menuitem", { name: "Play next" }));
  await screen.findByText("1 song plays next");
});

test("search narrows as one types; Escape shows all again", async () => {
  await open();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  const box = screen.getByRole("searchbox", { name: "Search" });
  await fireEvent.input(box, { target: { value: "zzzz" } });
  await screen.findByText("Nothing matches “zzzz”");
  await fireEvent.keyDown(box, { key: "Escape" });
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
});

test("a tag of the song that plays finds the songs that share it", async () => {
  await open();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.dblClick(rows()[2]!);
  await fireEvent.click(await player().findByRole("button", { name: "Show queue" }));
  const list = await screen.findByRole("list", { name: "Tags of this song" });
  const [chip] = within(list).getAllByRole("button");
  const tag = chip!.textContent;
  await fireEvent.click(chip!);
  const search = screen.getByRole<HTMLInputElement>("searchbox", { name: "Search" });
  expect(search.value).toBe(`tag:"${tag}"`);
  const shared = makeLibrary(900).tracks.filter((track) => track.tags?.includes(tag)).length;
  await waitFor(() =>
    expect(screen.getByRole("grid", { name: "Songs" }).getAttribute("aria-rowcount")).toBe(`${shared + 1}`),
  );
});

test("the grid says how long it is and how it is sorted", async () => {
  await open();
  await waitFor(() => expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("901"));
  const head = screen.getByRole("columnheader", { name: "Title" });
  expect(head.getAttribute("aria-sort")).toBe("none");
  await fireEvent.click(within(head).getByRole("button"));
  await waitFor(() => expect(head.getAttribute("aria-sort")).toBe("ascending"));
});

test("sound that came too late is counted where one looks for it", async () => {
  await open();
  await press("7", { ctrlKey: true });
  const sound = await screen.findByRole("region", { name: "Sound" });
  expect(sound.textContent).toContain("No dropouts");
  fake.tell({ event: "player", state: { ...(await fake.player()), underruns: 3 } });
  await waitFor(() => expect(sound.textContent).toContain("3 dropouts"));
});
