// The arithmetic of drawing only what is in sight.
import { expect, test } from "vitest";
import { HEIGHT_MAX, height, scrollToShow, slice, tiles, type Extent } from "./virtual";

const list = (count: number, lead = 0): Extent => ({ count, rowHeight: 40, lead, viewport: 400 });

test.each([
  ["at the top", list(1000), 0, { from: 0, to: 12, top: 0 }],
  ["in the middle", list(1000), 4000, { from: 98, to: 112, top: 3920 }],
  ["at the end", list(1000), 39_600, { from: 988, to: 1000, top: 39_520 }],
  ["shorter than the window", list(3), 0, { from: 0, to: 3, top: 0 }],
  ["empty", list(0), 0, { from: 0, to: 0, top: 0 }],
  ["before it is laid out", { ...list(10), viewport: 0 }, 0, { from: 0, to: 0, top: 0 }],
  ["under a lead still in sight", list(1000, 300), 200, { from: 0, to: 12, top: 0 }],
  ["past its lead", list(1000, 300), 4300, { from: 98, to: 112, top: 3920 }],
] as const)("draws what is in sight: %s", (_, extent, scrollTop, expected) => {
  expect(slice(extent, scrollTop, 2)).toEqual(expected);
});

test("200,000 rows are drawn at their true height", () => {
  expect(height(list(200_000))).toBe(8_000_000);
});

test("a list beyond what WebKit can lay out still reaches its last row", () => {
  const vast = list(2_000_000);
  expect(height(vast)).toBe(HEIGHT_MAX);
  const end = slice(vast, HEIGHT_MAX - vast.viewport, 0);
  expect(end.to).toBe(2_000_000);
  expect(end.top + (end.to - end.from) * 40).toBeCloseTo(HEIGHT_MAX, 0);
});

test.each([
  ["in sight: stays", 0, 3, 0],
  ["below: comes up just enough", 0, 10, 72],
  ["above: comes down to the header", 800, 5, 200],
  ["the first shows the lead, too", 800, 0, 0],
])("brings a row into sight, %s", (_, scrollTop, index, expected) => {
  expect(scrollToShow(list(1000), scrollTop, index, 32)).toBe(expected);
});

test("below a lead, rows are found where they stand", () => {
  expect(scrollToShow(list(1000, 300), 0, 9, 32)).toBe(332);
  expect(scrollToShow(list(1000, 300), 5000, 9, 32)).toBe(660);
});

test.each([
  [1000, 150, 20, { columns: 6, tile: 150 }],
  [320, 150, 20, { columns: 2, tile: 150 }],
  [90, 150, 20, { columns: 1, tile: 90 }],
])("tiles of %i pixels", (width, least, gap, expected) => {
  expect(tiles(width, least, gap)).toEqual(expected);
});
