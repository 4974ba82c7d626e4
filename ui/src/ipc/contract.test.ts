// The fake twin answers as the program does: a script of commands over one small library, whose answers the program recorded
// (`SEGUE_BLESS=1 cargo test -p segue-app` records them anew, `contract/contract.json` is the script).
import { beforeAll, expect, test } from "vitest";
import type { AlbumSort, FeedbackKind, PlayerCommand, PlaylistSource, SeedRef, SongSort } from "./backend";
import { asRefusal } from "./backend";
import { described, resolve, script, seen, unlike, type Seen } from "./contract/testing";
import recorded from "./contract/recorded.json";
import { makeFake } from "./fake";
import { tauri } from "./tauri";

const answers: Seen[] = [];
const heard: string[][] = [];

beforeAll(async () => {
  const fake = makeFake({ library: described() });
  const commands = fake as unknown as Record<string, (...with_: unknown[]) => Promise<unknown>>;
  const told: string[] = [];
  const named = new Map<string, unknown>();
  await fake.listen(({ event }) => told.push(event));
  for (const step of script) {
    told.length = 0;
    const call = commands[step.do]!;
    const with_ = (step.with ?? []).map((value) => resolve(value, named));
    try {
      const answer = await call(...with_);
      if (step.as !== undefined) named.set(step.as, answer);
      answers.push(seen(step, { answer }));
    } catch (thrown) {
      answers.push(seen(step, { error: asRefusal(thrown) }));
    }
    for (let left = 10; step.scans && left > 0; left--) fake.pass(1);
    heard.push([...told]);
  }
});

test("the recording is of this script", () => {
  expect(recorded).toHaveLength(script.length);
});

test.each(script.map((step, place) => [place, step.do, JSON.stringify(step.with ?? []), step] as const))(
  "%i %s%s is answered as recorded",
  (place, _do, _with, step) => {
    const expected = (recorded as Seen[])[place]!;
    const answer = answers[place]!;
    if (expected.shape && answer.shape) expect(unlike(expected.shape, answer.shape)).toEqual([]);
    else expect(answer).toEqual(expected);
    expect(heard[place]).toEqual(expect.arrayContaining(step.tells ?? []));
  },
);

/** Keys that the compiler holds against a type. */
const all = <T extends string>(names: Record<T, true>) => Object.keys(names);
const asked = JSON.stringify(script);

test("every command of the program is asked", () => {
  // A cover is a picture behind an address, and events are heard beside the answers.
  const commands = Object.keys(tauri).filter((name) => name !== "coverUrl" && name !== "listen");
  expect(commands.filter((name) => !script.some((step) => step.do === name))).toEqual([]);
});

// prettier-ignore
test.each([
  ["sort", all<SongSort | AlbumSort>({ title: true, artist: true, album: true, year: true, duration: true, plays: true, added: true, rating: true, played: true, bpm: true, random: true, relevance: true })],
  ["do", all<PlayerCommand["do"]>({ play: true, pause: true, toggle: true, next: true, previous: true, seek: true, volume: true, repeat: true, shuffle: true, jump: true, remove: true, move: true, clear: true, undo: true, redo: true, dj: true, guest: true, "stop-after": true, sleep: true, loop: true })],
  ["of", all<SeedRef["of"] | PlaylistSource["of"]>({ track: true, album: true, artist: true, genre: true, tag: true, playlist: true, words: true, tracks: true, search: true, mix: true, station: true, path: true, queue: true })],
])("every %s is asked with", (key, names) => {
  expect(names.filter((name) => !asked.includes(`"${key}":"${name}"`))).toEqual([]);
});

test("every opinion is asked with", () => {
  const kinds = all<Exclude<FeedbackKind, "wrong-after" | "more">>({
    "not-now": true,
    never: true,
    less: true,
  });
  const said = script.filter((step) => step.do === "say").map((step) => step.with![0]);
  expect(said).toEqual(expect.arrayContaining(kinds));
});
