// Mixes in their groups, opened, played, kept.
// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import type { MixRow } from "../ipc/backend";
import { grouped } from "./mixes.svelte";
import { openApp } from "./testing";

const mix = (kind: string, id = kind): MixRow => ({
  id,
  kind,
  title: { is: "for-you" },
  content: { is: "liked" },
  cover_tracks: [],
});

test("mixes stand in groups, unknown kinds at the end, empty groups not at all", () => {
  const groups = grouped([mix("sleep"), mix("decade", "decade:1990"), mix("for-you"), mix("deep-cuts")]);
  expect(groups.map(({ name, mixes }) => [name, mixes.map(({ id }) => id)])).toEqual([
    ["For you", ["for-you", "deep-cuts"]],
    ["Decades", ["decade:1990"]],
    ["More", ["sleep"]],
  ]);
});

test("a mix is opened with its songs and their reasons, and played as they stand", async () => {
  const { app } = await openApp();
  await app.mixes.ask();
  const row = app.mixes.list.value!.find(({ kind }) => kind === "daily")!;
  await app.mixes.open(row.id);
  const { tracks } = app.mixes.found.value!;
  expect(tracks.length).toBeGreaterThan(5);
  expect(tracks.every((pick) => pick.reasons.length > 0)).toBe(true);
  await app.mixes.play(row);
  expect(app.player.state.current).toMatchObject({ source: "mix", track: { id: tracks[0]!.track.id } });
});

test("another mix does not show the songs of the one before while it is made", async () => {
  const { app } = await openApp();
  await app.mixes.open("discover");
  const opening = app.mixes.open("mood:calm");
  expect(app.mixes.found.value).toBeNull();
  await opening;
  expect(app.mixes.found.value?.mix.id).toBe("mood:calm");
});

test("a mix that is no more is told of", async () => {
  const { app } = await openApp();
  await app.mixes.open("daily:77");
  expect(app.mixes.found.failed).toBe(true);
  expect(app.notices.list[0]).toMatchObject({
    tone: "error",
    text: expect.stringContaining("daily:77") as string,
  });
});

test("a changed taste makes the list ask again when it is shown", async () => {
  const { app, fake } = await openApp();
  const before = app.mixes.list.generation;
  fake.tell({ event: "taste" });
  await vi.waitFor(() => expect(app.mixes.list.generation).toBeGreaterThan(before));
});
