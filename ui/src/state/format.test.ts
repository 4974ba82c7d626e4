// What a row says in a line.
import { expect, test } from "vitest";
import { makeLibrary } from "../ipc/fake-library";
import { clock, fileName, heardFacts, mainReasons, sentence } from "./format";

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

test("the main reasons speak for the song, the strongest first, and no crumbs", () => {
  const reason = (text: string, weight: number) => ({ kind: "sound", text, weight, term: null });
  const told = [
    reason("new to you", 0.1),
    reason("crumb", 0.001),
    reason("against", -0.3),
    reason("sound", 0.5),
  ];
  expect(mainReasons(told).map(({ text }) => text)).toEqual(["sound", "new to you"]);
  expect(mainReasons([])).toEqual([]);
});

test("what a list is about is said before what else speaks for a song", () => {
  const told = [
    { kind: "familiar", text: "you heard this nine times", weight: 1.2, term: null },
    { kind: "genre", text: "you often finish Jazz", weight: 0.4, term: null },
    { kind: "artist", text: "you often finish Ann", weight: 0.3, term: null },
    { kind: "then", text: "you played it on 26 November 2025", weight: 0.2, term: null },
  ];
  expect(mainReasons(told).map(({ text }) => text)).toEqual([
    "you played it on 26 November 2025",
    "you often finish Jazz",
    "you often finish Ann",
  ]);
  // Without memories, what is known of a song is worth a word.
  expect(mainReasons(told.slice(0, 3))[0]?.text).toBe("you heard this nine times");
});

test.each([
  ["drum machine, electronic", "Drum machine, electronic"],
  ["r&b, rock", "R&B, rock"],
  ["écoute", "Écoute"],
  ["מים שקטים", "מים שקטים"],
  ["", ""],
])("%j begins a line as %j", (text, expected) => {
  expect(sentence(text)).toBe(expected);
});
