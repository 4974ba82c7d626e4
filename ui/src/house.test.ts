// The house rules of this folder: who may know whom, and that every file says what it is for.
import { expect, test } from "vitest";

const files = import.meta.glob<string>(["./**/*.ts", "./**/*.svelte"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const sources = Object.entries(files).filter(([path]) => !path.endsWith(".test.ts"));

function imports(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((found) => found[1]!);
}

test.each(sources)("%s keeps to its room", (path, text) => {
  const room = path.split("/")[1]!;
  const feature = path.match(/^\.\/features\/(\w+)\//)?.[1];
  for (const name of imports(text)) {
    if (name.startsWith("@tauri-apps")) expect(path).toBe("./ipc/tauri.ts");
    if (room === "words") expect(name).not.toMatch(/\/(elements|state|features|routes)\/|@|svelte/);
    if (room === "words" && name.includes("/ipc/")) expect(name).toMatch(/\/ipc\/types$/);
    if (room === "ipc") expect(name).not.toMatch(/\/(words|elements|state|features|routes)(\/|$)/);
    if (name === "i18next") expect(path).toBe("./words/index.ts");
    if (room === "elements") expect(name).not.toMatch(/\.\.\/(state|features|routes|ipc)/);
    if (room === "state") expect(name).not.toMatch(/\/(features|routes)\//);
    if (feature) expect(name).not.toMatch(/^\.\.\/\w+\/|\/routes\//);
  }
});

test.each(sources)("%s opens with its promise and is short enough to read", (path, text) => {
  expect(text).toMatch(/^(\/\/ |<!-- |\/\* )/);
  // Lists of words, and what Rust writes, are as long as they are.
  if (!path.includes("words") && path !== "./ipc/types.ts")
    expect(text.split("\n").length).toBeLessThanOrEqual(260);
});
