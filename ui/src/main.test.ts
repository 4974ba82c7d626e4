// What is shipped: the window and the program behind it, not the twin.
import { build } from "vite";
import { expect, test, vi } from "vitest";

test("a build leaves the fake twin out", async () => {
  vi.stubEnv("NODE_ENV", "production");
  const built = await build({ logLevel: "silent", mode: "production", build: { write: false } });
  vi.unstubAllEnvs();
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  const modules = outputs.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []));
  expect(modules.some((id) => id.endsWith("/ipc/tauri.ts"))).toBe(true);
  expect(modules.filter((id) => /\/ipc\/fake/.test(id))).toEqual([]);
}, 60_000);
