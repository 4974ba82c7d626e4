// What keys mean, anywhere and in a list.
import { expect, test } from "vitest";
import { globalAction, rowAction } from "./keys";

/** `ctrl+f` as the event it makes. */
function press(text: string) {
  const parts = text === "ctrl++" ? ["ctrl", "+"] : text.split("+");
  const key = parts.pop()!;
  const has = (name: string) => parts.includes(name);
  return { key, ctrlKey: has("ctrl"), altKey: has("alt"), shiftKey: has("shift"), metaKey: has("meta") };
}

test.each([
  [" ", null, "toggle"],
  [" ", "text", null],
  [" ", "button", null],
  ["ctrl+f", "text", "search"],
  ["meta+f", null, null],
  ["meta+ArrowLeft", null, null],
  ["alt+ArrowLeft", null, "back"],
  ["alt+ArrowRight", "text", "forth"],
  ["shift+ArrowLeft", null, "seek-back"],
  ["shift+ArrowRight", "button", "seek-on"],
  ["shift+ArrowRight", "text", null],
  ["F6", "text", "next-pane"],
  ["shift+F6", null, "previous-pane"],
  ["ctrl+7", null, "settings"],
  ["ctrl+ArrowRight", "button", "next"],
  ["ctrl+ArrowRight", "text", null],
  ["ctrl+2", null, "albums"],
  ["ctrl+5", null, "taste"],
  ["ctrl+z", "button", "undo"],
  ["ctrl+z", "text", null],
  ["ctrl+shift+Z", null, "redo"],
  ["?", "text", null],
  ["?", "button", "help"],
  ["shift+?", null, "help"],
  ["Escape", "text", "escape"],
  ["ArrowLeft", null, null],
  ["x", null, null],
] as const)("anywhere, %j (focus: %s) means %s", (text, focus, expected) => {
  expect(globalAction(press(text), focus, false)).toBe(expected);
});

test.each([
  ["Enter", "play"],
  ["r", "radio"],
  ["R", "radio"],
  ["l", "like"],
  ["q", "enqueue"],
  ["Delete", "remove"],
  ["ctrl+a", "all"],
  ["ctrl+r", null],
  ["shift+F10", "menu"],
  ["F10", null],
  ["x", null],
])("in a list, %j means %s", (text, expected) => {
  expect(rowAction(press(text), false)).toBe(expected);
});

test.each([
  ["meta+f", "text", "search"],
  ["meta+F", null, "search"],
  ["meta+ArrowRight", null, "next"],
  ["meta+3", null, "mixes"],
  ["meta+z", null, "undo"],
  ["meta+shift+z", "button", "redo"],
  ["ctrl+f", null, null],
  ["ctrl+ArrowLeft", null, null],
  ["alt+ArrowLeft", null, "back"],
  ["alt+ArrowLeft", "text", null],
  [" ", null, "toggle"],
] as const)("on a Mac, %j (focus: %s) means %s", (text, focus, expected) => {
  expect(globalAction(press(text), focus, true)).toBe(expected);
});

test("on a Mac, Cmd A chooses all rows and Backspace takes one out; elsewhere neither does", () => {
  const means = (text: string) => [rowAction(press(text), true), rowAction(press(text), false)];
  expect(means("meta+a")).toEqual(["all", null]);
  expect(means("ctrl+a")).toEqual([null, "all"]);
  expect(means("Backspace")).toEqual(["remove", null]);
});
