// Choosing rows as in any desktop list.
import { expect, test } from "vitest";
import { extended, nothing, range, single, step, toggled } from "./selection";

test("click, ctrl and shift", () => {
  const one = single(3, 33);
  expect(one).toEqual({ ids: new Set([33]), anchor: 3, cursor: 3 });
  const two = toggled(one, 5, 55);
  expect([...two.ids]).toEqual([33, 55]);
  expect([...toggled(two, 3, 33).ids]).toEqual([55]);
  expect(range(two, 2)).toEqual([2, 5]);
  expect(range(nothing, 4)).toEqual([4, 4]);
  const more = extended(two, 8, [55, 66, 77, 88]);
  expect(more).toEqual({ ids: new Set([55, 66, 77, 88]), anchor: 5, cursor: 8 });
  expect(range(more, 4)).toEqual([4, 5]);
});

test.each([
  [-1, "ArrowDown", 0],
  [-1, "ArrowUp", 0],
  [0, "ArrowUp", 0],
  [99, "ArrowDown", 99],
  [5, "PageDown", 15],
  [5, "PageUp", 0],
  [5, "Home", 0],
  [5, "End", 99],
  [5, "x", null],
])("from row %i, %s leads to %s", (cursor, key, expected) => {
  expect(step(cursor, key, 100, 10)).toBe(expected);
});

test("in an empty list no key leads anywhere", () => {
  expect(step(-1, "End", 0, 10)).toBeNull();
});
