// What a row says in a line.
import { expect, test } from "vitest";
import { makeLibrary } from "../ipc/fake-library";
import type { Because, ReasonRow } from "../ipc/backend";
import { clock, fileName, heardFacts, mainReasons } from "./format";

test.each([
  [0, "0:00"],
  [5.9, "0:05"],
  [65, "1:05"],
  [3599.999, "59:59"],
  [3600, "1:00:00"],
  [36_061, "10:01:01"],
  [null, "–:––"],
  [NaN, "–:––"],
  [-1, "–:––"],
])("clock of %s", (seconds, expected) => {
  expect(clock(seconds)).toBe(expected);
});

test.each([
  ["/home/mila/Music/", "Music"],
  ["C:\\Users\\Mila\\Music", "Music"],
  ["/", "/"],
])("file name of %s", (path, expected) => {
  expect(fileName(path)).toBe(expected);
});

test("what was heard of a song is told as far as it is known", () => {
  const [song] = makeLibrary(1).tracks;
  const heard = (more: object) => ({
    ...song!,
    bpm: 117.6,
    key: "A minor",
    camelot: "8A",
    loudness_lufs: -14.24,
    ...more,
  });
  expect(heardFacts(heard({}))).toBe("118 BPM · A minor");
  expect(heardFacts(heard({}), true)).toBe("118 BPM · A minor (8A) · −14.2 LUFS");
  expect(heardFacts(heard({ bpm: null, loudness_lufs: null }), true)).toBe("A minor (8A)");
  expect(heardFacts(heard({ key: "o", camelot: null }), true)).toBe("118 BPM · o · −14.2 LUFS");
  expect(heardFacts(heard({ bpm: null, key: null, camelot: null, loudness_lufs: null }), true)).toBe("");
});

const reason = (kind: ReasonRow["kind"], because: Because, weight: number): ReasonRow => ({
  kind,
  because,
  weight,
  term: null,
});
const told = (reasons: ReasonRow[]) => mainReasons(reasons).map(({ because }) => because.is);

test("the main reasons speak for the song, the strongest first, and no crumbs", () => {
  const reasons = [
    reason("new", { is: "new-to-you" }, 0.1),
    reason("explore", { is: "worth-trying" }, 0.001),
    reason("recent", { is: "played-lately" }, -0.3),
    reason("sound", { is: "near-seeds" }, 0.5),
  ];
  expect(told(reasons)).toEqual(["near-seeds", "new-to-you"]);
  expect(told([])).toEqual([]);
});

test("what a list is about is said before what else speaks for a song", () => {
  const reasons = [
    reason("familiar", { is: "heard", times: 9 }, 1.2),
    reason("genre", { is: "of-genres", habit: "finishes", genres: ["Jazz"] }, 0.4),
    reason("artist", { is: "of-artists", habit: "finishes", artists: ["Ann"] }, 0.3),
    reason("then", { is: "on-day", year: 2025, month: 11, day: 26 }, 0.2),
  ];
  expect(told(reasons)).toEqual(["on-day", "of-genres", "of-artists"]);
  // Without memories, what is known of a song is worth a word.
  expect(told(reasons.slice(0, 3))[0]).toBe("heard");
});
