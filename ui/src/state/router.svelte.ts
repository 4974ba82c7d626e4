// Which page is in front, and the way back.
import type { AlbumRow } from "../ipc/backend";

export type Page =
  { name: "songs" | "albums" | "radio" | "queue" | "settings" } | { name: "album"; album: AlbumRow };

export class Router {
  page = $state.raw<Page>({ name: "songs" });
  #back: Page[] = [];

  go(page: Page): void {
    if (page.name !== "album" && page.name === this.page.name) return;
    this.#back = [...this.#back, this.page].slice(-20);
    this.page = page;
  }

  back(): void {
    this.page = this.#back.pop() ?? { name: "songs" };
  }
}
