// The first breath: the program behind us if there is one, else the fake twin; then the window.
import { mount } from "svelte";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import type { Backend } from "./ipc/backend";
import Window from "./routes/Window.svelte";
import { App } from "./state/app.svelte";
import { language } from "./words";

async function backend(): Promise<Backend> {
  // Only the development server has the twin: a build leaves it out (`main.test.ts`).
  if (!import.meta.env.DEV || "__TAURI_INTERNALS__" in window) return (await import("./ipc/tauri")).tauri;
  const wish = new URLSearchParams(location.search);
  const { makeFake } = await import("./ipc/fake");
  return makeFake({
    empty: wish.has("empty"),
    fresh: wish.has("empty") || wish.has("new"),
    live: true,
    delay_ms: 20,
    tracks: Number(wish.get("tracks") ?? 20_000),
  });
}

document.documentElement.lang = language;
const app = new App(await backend(), localStorage, document.documentElement);
mount(Window, { target: document.getElementById("app")!, props: { app } });
