// Letters and colours of covers that do not exist.
import { expect, test } from "vitest";
import { hue, initials } from "./placeholder";

test.each([
  ["Carry Me", "CM"],
  ["The Harvest Shore Sessions", "HS"],
  ["The", "T"],
  ["of", "O"],
  ["Songs of the Deep", "SD"],
  ["真夜中のドライブ", "真"],
  ["ليلى الخطيب", "ل"],
  ["Ärger", "Ä"],
  ["1989", "1"],
  ["…", ""],
  ["", ""],
])("initials of %j", (name, expected) => {
  expect(initials(name)).toBe(expected);
});

test("a name keeps its colour, and names differ", () => {
  expect(hue("Carry Me")).toBe(hue("Carry Me"));
  expect(hue("Carry Me")).not.toBe(hue("Carry You"));
});
