// What tests of the stores share: the stores before the fake twin, started.
import { makeFake, type Fake, type FakeOptions } from "../ipc/fake";
import { App } from "./app.svelte";

export async function openApp(options: FakeOptions = {}): Promise<{ fake: Fake; app: App }> {
  const fake = makeFake({ tracks: 600, ...options });
  const memory = new Map<string, string>();
  const storage = {
    getItem: (key: string) => memory.get(key) ?? null,
    setItem: (key: string, value: string) => void memory.set(key, value),
  };
  const app = new App(fake, storage, document.documentElement);
  await app.start();
  return { fake, app };
}

/** Presses Undo in the newest notice. */
export function undo(app: App): void {
  app.notices.list.at(-1)!.undo!();
}
