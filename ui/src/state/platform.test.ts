// What the keys that give orders are, and what they are called, on a Mac and elsewhere.
import { expect, test } from "vitest";
import { commands, isMac, isPlain, keyNames } from "./platform";

test.each([
  [{ userAgentData: { platform: "macOS" }, platform: "MacIntel" }, true],
  [{ platform: "MacIntel" }, true],
  [{ userAgentData: { platform: "Windows" }, platform: "Win32" }, false],
  [{ platform: "Linux x86_64" }, false],
  [{ platform: "" }, false],
  [{}, false],
])("%j is a Mac: %s", (machine, expected) => {
  expect(isMac(machine)).toBe(expected);
});

test.each([
  ["ctrl", false, true],
  ["meta", false, false],
  ["ctrl", true, false],
  ["meta", true, true],
  ["ctrl meta", true, false],
  ["ctrl meta", false, false],
  ["", false, false],
  ["", true, false],
])("%j, on a Mac: %s, gives orders: %s", (held, mac, expected) => {
  const event = { ctrlKey: held.includes("ctrl"), metaKey: held.includes("meta") };
  expect(commands(event, mac)).toBe(expected);
});

test("a key with Shift alone is plain, with any other it is not", () => {
  const none = { ctrlKey: false, altKey: false, metaKey: false };
  expect(isPlain(none)).toBe(true);
  for (const name of ["ctrlKey", "altKey", "metaKey"]) expect(isPlain({ ...none, [name]: true })).toBe(false);
});

test.each([
  ["Ctrl F", "⌘ F"],
  ["Ctrl Shift Z", "⌘ ⇧ Z"],
  ["Alt ↑ / ↓", "⌥ ↑ / ↓"],
  ["Shift, Ctrl + click", "⇧, ⌘ + click"],
  ["Del", "⌫"],
  ["Space", "Space"],
  ["↑ ↓ Home End PgUp PgDn", "↑ ↓ Home End PgUp PgDn"],
  ["R", "R"],
])("%s is called %s on a Mac", (keys, expected) => {
  expect(keyNames(keys, true)).toBe(expected);
  expect(keyNames(keys, false)).toBe(keys);
});
