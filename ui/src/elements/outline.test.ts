import { expect, test } from "vitest";
import { outlinePath } from "./outline";

test("an outline is mirrored at the middle, and the loudest fills its height", () => {
  expect(outlinePath([255, 0], 255)).toBe("M0.5 0.000L1.5 0.970L1.5 1.030L0.5 2.000Z");
});

test("amplitudes stand in proportion, however quiet the whole", () => {
  // A byte is the root of an amplitude: half of it is a quarter.
  expect(outlinePath([100, 50], 100)).toBe("M0.5 0.000L1.5 0.750L1.5 1.250L0.5 2.000Z");
});

test("silence is a thin line, and nothing is nothing", () => {
  expect(outlinePath([0], 0)).toBe("M0.5 0.970L0.5 1.030Z");
  expect(outlinePath([], 0)).toBe("");
});
