import { expect, test } from "vitest";
import { waveformHeights } from "./waveform";

const check = (values: number[], loudest: number, columns: number, heights: number[]) =>
  expect(waveformHeights(values, loudest, columns)).toEqual(heights);

test("amplitudes stand in proportion, however quiet the whole", () => {
  check([255, 0], 255, 2, [1, 0.03]);
  // A byte is the root of an amplitude: half of it is a quarter.
  check([100, 50], 100, 2, [1, 0.25]);
});

test("no peak is lost where a column covers several values", () => {
  check([0, 0, 0, 100, 0, 0], 100, 2, [0.03, 1]);
  check([0, 100, 50, 0], 100, 3, [1, 1, 0.25]);
});

test("one value runs into the next where there are more columns", () => {
  check([100, 50], 100, 4, [1, 0.8125, 0.4375, 0.25]);
});

test("silence is a thin line, and nothing is nothing", () => {
  check([0], 0, 1, [0.03]);
  check([], 0, 3, []);
});
