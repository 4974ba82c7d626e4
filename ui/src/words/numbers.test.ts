// Lengths and days in English.
import { expect, test } from "vitest";
import { count, day, length, moment, spokenTime } from "./numbers";

test.each([
  [0, "0 seconds"],
  [61, "1 minute 1 second"],
  [7200, "2 hours"],
  [Infinity, "0 seconds"],
])("spoken time of %s", (seconds, expected) => {
  expect(spokenTime(seconds)).toBe(expected);
});

test.each([
  [20, "under a minute"],
  [3120, "52 min"],
  [11_400, "3 h 10 min"],
  [7200, "2 h"],
  [5_270_400, "61 days"],
])("length of %s", (seconds, expected) => {
  expect(length(seconds)).toBe(expected);
});

test("counts, days and moments", () => {
  expect(count(20_000)).toBe("20,000");
  expect([day("2026-11-12T23:30:00Z"), day("never")]).toEqual(["12 Nov 2026", ""]);
  expect(moment(new Date(2026, 10, 26, 18, 0))).toBe("26 Nov 2026, 18:00");
});
