// Which page is in front, and the way back and forth.
import type { AlbumRow } from "../ipc/backend";

export type PlainPage = "songs" | "albums" | "mixes" | "radio" | "taste" | "queue" | "settings";
export type Page =
  | { name: PlainPage }
  | { name: "album"; album: AlbumRow }
  | { name: "mix"; id: string }
  | { name: "playlist"; id: number };

export class Router {
  page = $state.raw<Page>({ name: "songs" });
  #back: Page[] = [];
  #forth: Page[] = [];

  go(page: Page): void {
    if (same(page, this.page)) return;
    this.#back = [...this.#back, this.page].slice(-20);
    this.#forth = [];
    this.page = page;
  }

  back(): void {
    const page = this.#back.pop() ?? { name: "songs" };
    if (same(page, this.page)) return;
    this.#forth.push(this.page);
    this.page = page;
  }

  /** Takes a way back again. */
  forth(): void {
    const page = this.#forth.pop();
    if (page === undefined) return;
    this.#back.push(this.page);
    this.page = page;
  }

  /** A page that is no more is left, and not come back to. */
  forget(page: Page): void {
    this.#back = this.#back.filter((one) => !same(one, page));
    if (same(page, this.page)) this.back();
    this.#forth = this.#forth.filter((one) => !same(one, page));
  }
}

function same(a: Page, b: Page): boolean {
  if (a.name === "album" && b.name === "album") return a.album.id === b.album.id;
  if ((a.name === "mix" && b.name === "mix") || (a.name === "playlist" && b.name === "playlist"))
    return a.id === b.id;
  return a.name === b.name;
}
