// What tests of the window share: the whole of it before the fake twin, found by role and label as a listener finds it.
import { configure, fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { expect, vi } from "vitest";
import { makeFake, type Fake, type FakeOptions } from "../ipc/fake";
import { App } from "../state/app.svelte";
import Window from "./Window.svelte";

/** jsdom lays nothing out and opens no dialogs: say how large everything is, and open them. */
export function furnishJsdom(): void {
  // A busy machine is slow, not wrong.
  configure({ asyncUtilTimeout: 5000 });
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, value: 600 });
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, value: 1000 });
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
    this.dispatchEvent(new Event("close"));
  };
}

export async function openWindow(options: FakeOptions = {}): Promise<Fake> {
  const fake = makeFake({ tracks: 900, ...options });
  localStorage.clear();
  render(Window, { app: new App(fake, localStorage, document.documentElement) });
  return fake;
}

export const button = (name: string | RegExp) => screen.getByRole("button", { name });
export const click = async (name: string | RegExp) =>
  fireEvent.click(await screen.findByRole("button", { name }));
export const list = (name: string) => screen.findByRole("list", { name });
export const player = () => within(screen.getByRole("region", { name: "Player" }));
export const rows = () => within(screen.getByRole("grid")).getAllByRole("row", { name: /, / });
export const labelOf = (element: Element) => element.getAttribute("aria-label");

export const press = (key: string, more = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });

/** Goes to a page of the sidebar, once the library is there. */
export async function goTo(page: string): Promise<void> {
  const way = within(await screen.findByRole("navigation", { name: "Segue" }));
  await fireEvent.click(await way.findByRole("button", { name: page }));
}

/** Plays a song of the first page. */
export async function playAny(index = 2): Promise<void> {
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.dblClick(rows()[index]!);
  await player().findByRole("button", { name: "Pause" });
}

/** Chooses from the open menu, and from the one beside it. */
export async function choose(...names: (string | RegExp)[]): Promise<void> {
  for (const name of names) await fireEvent.click(await screen.findByRole("menuitem", { name }));
}

/** The notice with these words, and its Undo. */
export async function undoNotice(words: string | RegExp): Promise<void> {
  const said = await screen.findByText(words);
  const notice = within(said.closest<HTMLElement>(".notice")!);
  await fireEvent.click(notice.getByRole("button", { name: "Undo" }));
}
