// Columns give way as the window narrows.
import { expect, test } from "vitest";
import { columnsFor, template } from "./columns";

test.each([
  ["library", 1400, "title artist album year added plays time"],
  ["library", 1056, "title artist album year plays time"],
  ["library", 708, "title artist album time"],
  ["library", 500, "title artist time"],
  ["album", 900, "title plays time"],
  ["album", 400, "title time"],
  ["playlist", 900, "title artist album plays time"],
  ["playlist", 600, "title artist time"],
  ["picks", 900, "title artist why time"],
  ["picks", 600, "title artist time"],
] as const)("a table of the %s at %i pixels", (layout, width, expected) => {
  const columns = columnsFor(layout, width);
  expect(columns.map(({ name }) => name).join(" ")).toBe(expected);
  expect(template(columns).split(/ (?![^(]*\))/)).toHaveLength(columns.length + 2);
});
