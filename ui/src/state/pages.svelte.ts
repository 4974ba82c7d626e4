// Rows of a list that is too long to hold: pages asked for as they come into view, the least recently seen let go.
// An answer counts only if it belongs to the present generation; what was asked for before a reset is dropped.
import { untrack } from "svelte";

export type Rows<T> = { total: number; rows: T[] };
export type Fetch<T> = (offset: number, limit: number) => Promise<Rows<T>>;

export class PageCache<T> {
  /** `null` until the first answer. */
  total = $state.raw<number | null>(null);
  /** Changes whenever what was asked for must be asked for again. */
  generation = $state.raw(0);
  /** Changes whenever rows arrived. */
  #version = $state.raw(0);
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- `#version` says when it changed, once for a whole page
  #pages = new Map<number, { generation: number; rows: T[] }>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on the page is drawn from it
  #asked = new Map<number, number>();
  /** True from a reset until its first answer: old rows are shown, but none of them counts. */
  #replaced = false;

  constructor(
    private fetch: Fetch<T>,
    private fail: (error: unknown) => void = () => {},
    readonly pageSize = 100,
    private pagesKept = 40,
  ) {}

  /** The row at `index`, as far as it is known. */
  at(index: number): T | undefined {
    void this.#version;
    return this.#pages.get(Math.floor(index / this.pageSize))?.rows[index % this.pageSize];
  }

  /** All known rows with their indices. */
  *known(): Generator<[number, T]> {
    void this.#version;
    for (const [page, { rows }] of this.#pages) {
      for (const [i, row] of rows.entries()) yield [page * this.pageSize + i, row];
    }
  }

  /** Another list: old rows stay in sight until the first of the new ones arrive. */
  reset(fetch?: Fetch<T>): void {
    if (fetch) this.fetch = fetch;
    this.#replaced = true;
    this.#asked.clear();
    untrack(() => this.generation++);
  }

  /** The same list, changed behind our back: rows stay, and are asked for again when in view. */
  refresh(): void {
    this.#asked.clear();
    untrack(() => this.generation++);
  }

  /** Asks for what is missing in rows `from..to`. Resolves when nothing asked for here is under way. */
  async need(from: number, to: number): Promise<void> {
    const total = untrack(() => this.total);
    const last = this.#replaced || total === null ? Math.max(to, 1) : Math.min(to, Math.max(total, 1));
    const under_way: Promise<void>[] = [];
    for (let page = Math.floor(Math.max(0, from) / this.pageSize); page * this.pageSize < last; page++) {
      const held = this.#pages.get(page);
      const current = untrack(() => this.generation);
      if (held && !this.#replaced) {
        this.#pages.delete(page);
        this.#pages.set(page, held);
        if (held.generation === current) continue;
      }
      if (this.#asked.get(page) === current) continue;
      under_way.push(this.#ask(page, current));
    }
    await Promise.all(under_way);
  }

  async #ask(page: number, generation: number): Promise<void> {
    this.#asked.set(page, generation);
    try {
      const answer = await this.fetch(page * this.pageSize, this.pageSize);
      if (generation !== untrack(() => this.generation)) return;
      if (this.#replaced) this.#pages.clear();
      this.#replaced = false;
      this.#pages.delete(page);
      this.#pages.set(page, { generation, rows: answer.rows });
      while (this.#pages.size > this.pagesKept) this.#pages.delete(this.#pages.keys().next().value!);
      this.total = answer.total;
      this.#version++;
    } catch (error) {
      if (generation === untrack(() => this.generation)) this.fail(error);
    } finally {
      if (this.#asked.get(page) === generation) this.#asked.delete(page);
    }
  }
}
