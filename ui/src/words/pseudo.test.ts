// The pseudo-language: nothing plain is left, everything is longer, and what a sentence needs stays in it.
import { expect, test } from "vitest";
import { pseudo } from "./pseudo";

test("every text is accented, longer and in brackets; values and keys are as they were", () => {
  const made = pseudo({ a: "Play next", b: { c: "{{count, number}} songs of {{title}}", d: "{{title}}" } });
  expect(made).toEqual({
    a: "[Þłàý ñéẋţ~~~]",
    b: { c: "[{{count, number}} šöñğš öƒ {{title}}~~~]", d: "[{{title}}]" },
  });
});
