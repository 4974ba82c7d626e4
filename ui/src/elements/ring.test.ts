import { expect, test } from "vitest";
import { ringPath } from "./ring";

/** The corners of a piece, as numbers. */
const corners = (path: string) =>
  path
    .replace(/A\S+ \S+ 0 0 [01]/g, "L")
    .match(/-?[\d.]+ -?[\d.]+/g)!
    .map((pair) => pair.split(" ").map(Number) as [number, number]);
const radius = ([x, y]: [number, number]) => Math.hypot(x, y);

test("midnight stands at the top, six o'clock in the morning on the right, noon at the bottom", () => {
  const middle = (hour: number) => {
    const [, a, b] = corners(ringPath(hour, 1));
    return [(a![0] + b![0]) / 2, (a![1] + b![1]) / 2];
  };
  expect(middle(0)[1]).toBeLessThan(-45);
  expect(middle(6)[0]).toBeGreaterThan(45);
  expect(middle(12)[1]).toBeGreaterThan(45);
});

test("a piece reaches out by its share, and the smallest is still to be seen", () => {
  const outer = (share: number) => radius(corners(ringPath(3, share))[1]!);
  expect(outer(1)).toBeCloseTo(49, 1);
  expect(outer(0.5)).toBeCloseTo(34.5, 1);
  expect(outer(0)).toBeGreaterThan(20.5);
});
