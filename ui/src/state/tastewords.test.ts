// What was learned, in words.
import { expect, test } from "vitest";
import { makeLibrary } from "../ipc/fake-library";
import type { FeedbackRow } from "../ipc/backend";
import {
  foretoldWords,
  forgetMoments,
  hoursWords,
  leaningNumbers,
  leaningWords,
  partWords,
  saidWords,
  writtenMoment,
} from "./tastewords";

test.each([
  [1.2, 0.2, "strongly liked, certain"],
  [-0.5, 0.2, "clearly disliked, probably"],
  [0.5, 0.3, "clearly liked, only a guess"],
  [-0.1, 0.4, "disliked a little, only a guess"],
])("a leaning of %s ± %s is %s", (weight, deviation, expected) => {
  expect(leaningWords({ weight, deviation })).toBe(expected);
});

test("the numbers of a leaning are odds, without a doubt that nobody worked out", () => {
  const row = { name: "jazz", term: "genre:jazz", turned: 0, plays: 40 };
  expect(leaningNumbers({ ...row, weight: Math.log(2.5), deviation: 0.25 })).toBe(
    "Roughly 2.5 × the usual odds that you listen to it, from 40 plays",
  );
  expect(leaningNumbers({ ...row, weight: -3, deviation: 0.5 })).toContain("0.05 × the usual odds");
});

const shares = (at: Record<number, number>) => Array.from({ length: 24 }, (_, hour) => at[hour] ?? 0);

test.each([
  ["an evening", shares({ 20: 0.3, 21: 0.3, 9: 0.4 }), "Half of it between 20:00 and 22:00"],
  ["across midnight", shares({ 23: 0.4, 0: 0.4, 12: 0.2 }), "Half of it between 23:00 and 1:00"],
  ["until midnight", shares({ 22: 0.3, 23: 0.3, 9: 0.4 }), "Half of it between 22:00 and midnight"],
  ["one hour", shares({ 7: 1 }), "Half of it between 7:00 and 8:00"],
  ["all day", Array.from({ length: 24 }, () => 1 / 24), "Spread over the whole day"],
  ["nothing", shares({}), "No plays yet"],
])("the hours of %s", (_, hours, expected) => {
  expect(hoursWords(hours)).toBe(expected);
});

test("a forecast is told as a chance", () => {
  const row = { plays: 900, log_loss: 0.5, log_loss_baseline: 0.6, calibration_error: 0.03 };
  expect(foretoldWords({ ...row, auc: 0.764 })).toContain("right 76 times out of 100");
});

test.each([
  [{ kept: true, gain: 0.02 }, "makes the guesses better"],
  [{ kept: true, gain: -0.001 }, "makes no difference yet"],
  [{ kept: false, gain: -0.02 }, "not used: it didn't help"],
  [{ kept: false, gain: null }, "too few plays to tell"],
])("a part of taste with %j", (part, expected) => {
  expect(partWords({ part: "sound", ...part })).toBe(expected);
});

test("what was said is told with whom it concerns, even after songs are gone", () => {
  const [one, two] = makeLibrary(2).tracks;
  const said = (row: Partial<FeedbackRow>): FeedbackRow => ({
    ...{
      id: 1,
      at: "2026-11-26T12:00:00Z",
      kind: "never",
      track: null,
      artist: null,
      earlier: null,
      turned: null,
      term: null,
    },
    ...row,
  });
  expect(saidWords(said({ artist: "Ada Birch" }))).toEqual({ verb: "Never again", about: "Ada Birch" });
  expect(saidWords(said({ kind: "not-now" })).about).toBe("a song that is no longer in your library");
  expect(saidWords(said({ kind: "less", turned: { is: "tag", name: "drone" } }))).toEqual({
    verb: "Less of",
    about: "drone",
  });
  const wrong = saidWords(said({ kind: "wrong-after", track: two!, earlier: one! }));
  expect(wrong.about).toBe(`${one!.title} → ${two!.title} – ${two!.artists.join(", ")}`);
});

test("last night is the evening before today, also after midnight", () => {
  const since = (now: Date) => forgetMoments(now).map((moment) => moment.since);
  const [night, yesterday, week] = since(new Date(2026, 10, 26, 0, 30));
  expect(night).toEqual(new Date(2026, 10, 25, 18));
  expect(yesterday).toEqual(new Date(2026, 10, 25));
  expect(week).toEqual(new Date(2026, 10, 19));
  expect(since(new Date(2026, 10, 26, 23))[0]).toEqual(night);
  expect(since(new Date(2026, 0, 1, 9))[0]).toEqual(new Date(2025, 11, 31, 18));
});

test.each([
  ["2026-11-20T18:30", new Date(2026, 10, 20, 18, 30)],
  [" 2026-11-20 8:05 ", new Date(2026, 10, 20, 8, 5)],
  ["2026-11-20", new Date(2026, 10, 20)],
  ["2026-11-27", null],
  ["2026-02-30", null],
  ["2026-11-20 25:00", null],
  ["last week", null],
  ["", null],
])("the moment %j", (text, expected) => {
  expect(writtenMoment(text, new Date(2026, 10, 26, 12))).toEqual(expected);
});
