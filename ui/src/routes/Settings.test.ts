// The settings, before the fake twin: what listens, and what listens more closely.
// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { makeLibrary } from "../ipc/fake-library";
import { button, click, furnishJsdom, goTo, openWindow } from "./testing";

beforeAll(furnishJsdom);
afterEach(cleanup);

const closely = () => screen.findByRole("switch", { name: "Listen more closely" });

test("a finer model has a switch, which says what is left and what it waits for", async () => {
  const fake = await openWindow();
  await goTo("Library & settings");
  expect((await closely()).getAttribute("aria-checked")).toBe("true");
  const left = /songs to go, about .* of listening\. It waits for the computer to be less busy\./;
  expect(screen.getByText(left)).toBeTruthy();
  await fireEvent.click(await closely());
  await waitFor(async () => expect((await closely()).getAttribute("aria-checked")).toBe("false"));
  expect(screen.queryByText(left)).toBeNull();
  expect((await fake.status()).closely?.on).toBe(false);
  expect((await fake.status()).jobs.some(({ job }) => job === "closely")).toBe(false);
});

test("listening more closely can be held and goes on", async () => {
  const fake = await openWindow();
  await screen.findByRole("group", { name: "Analysis" });
  await fake.job("closely", "pause");
  await click("Resume listening more closely");
  await waitFor(() => expect(screen.queryByRole("group", { name: "Listening more closely" })).toBeNull());
  expect(button("Pause analysis")).toBeTruthy();
});

test("without a finer model nothing is said of it", async () => {
  await openWindow({ library: { ...makeLibrary(900), listening: false } });
  await goTo("Library & settings");
  await screen.findByText(/songs analysed/);
  expect(screen.queryByRole("switch", { name: "Listen more closely" })).toBeNull();
});
