// How the window is built, served and tested. Output goes to `dist`, which the Tauri shell takes in.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte(), svelteTesting({ autoCleanup: false })],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: {
    outDir: "dist",
    target: ["safari16", "chrome110"],
    // The window's content policy allows fonts from ourselves only, never from data URLs.
    assetsInlineLimit: 0,
  },
  test: { environment: "node", testTimeout: 20_000, include: ["src/**/*.test.ts"] },
});
