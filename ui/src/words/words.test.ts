// The words: what the compiler refuses, how numbers choose their form, and that what is put into a sentence stays as it is.
import { expect, test } from "vitest";
import { t } from ".";

test("a key that is not there, and a sentence without what it needs, do not compile", () => {
  // @ts-expect-error -- no such key
  expect(t("counts.songz")).toBe("counts.songz");
  // @ts-expect-error -- how many?
  expect(t("counts.songs")).not.toMatch(/\d/);
  // @ts-expect-error -- a number, not a word for it
  t("counts.songs", { count: "three" });
  // @ts-expect-error -- how many minutes?
  t("time.shortMinutes");
  // @ts-expect-error -- minutes of what?
  t("time.shortMinutes", { seconds: 5 });
  // @ts-expect-error -- a subject is not a text
  t("counts");
});

test("numbers choose the form, and are written as the language groups them", () => {
  expect([0, 1, 2, 20_000].map((count) => t("counts.songs", { count }))).toEqual([
    "0 songs",
    "1 song",
    "2 songs",
    "20,000 songs",
  ]);
});

test.each(["Rock & Roll <b>", "$t(counts.songs)", "{{minutes}} $& $1", "a:b.c|d"])(
  "%s in a sentence stays as it is",
  (title) => expect(t("time.shortMinutes", { minutes: title })).toBe(`${title} min`),
);
