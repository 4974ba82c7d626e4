// One list of songs as the window shows it: its query, the rows in sight, what is chosen, how far it is scrolled.
import type { Backend, SongSort, SongsQuery, TrackRow } from "../ipc/backend";
import type { Notices } from "./notices.svelte";
import { PageCache } from "./pages.svelte";
import { extended, nothing, range, single, step, toggled, type Selection } from "./selection";

/** A choice of more rows than this would have to be looked up for too long. */
const CHOSEN_MAX = 5000;

export class SongList {
  query = $state.raw<SongsQuery>({ text: "", album: null, sort: "artist", descending: false });
  selection = $state.raw<Selection>(nothing);
  cache: PageCache<TrackRow>;
  /** Kept here so that the list is found where it was left. */
  scrollTop = $state.raw(0);

  constructor(
    private backend: Backend,
    private notices: Notices,
    query: Partial<SongsQuery> = {},
  ) {
    this.query = { ...this.query, ...query };
    this.cache = new PageCache(this.#fetch(), (error) => notices.error("Could not read the songs", error));
  }

  search(text: string): void {
    if (text !== this.query.text) this.#ask({ ...this.query, text });
  }

  /** By `column`; the other way round when it already is. */
  sort(column: SongSort): void {
    const same = this.query.sort === column;
    const descending = same ? !this.query.descending : column === "plays" || column === "added";
    this.#ask({ ...this.query, sort: column, descending });
  }

  async click(index: number, how: { ctrl: boolean; shift: boolean }): Promise<void> {
    const row = this.cache.at(index);
    if (!row) return;
    if (how.shift) await this.#extend(index);
    else if (how.ctrl) this.selection = toggled(this.selection, index, row.id);
    else this.selection = single(index, row.id);
  }

  /** Moves the cursor; `null` when the key means nothing here. */
  move(key: string, shift: boolean, page: number): number | null {
    const target = step(this.selection.cursor, key, this.cache.total ?? 0, page);
    if (target === null) return null;
    if (shift) void this.#extend(target);
    else void this.#land(target);
    return target;
  }

  async chooseAll(): Promise<void> {
    const total = this.cache.total ?? 0;
    if (total === 0) return;
    this.selection = { ...this.selection, anchor: 0 };
    await this.#extend(total - 1);
  }

  /** The chosen rows, in the order of the list as far as it is known. */
  chosen(): TrackRow[] {
    const found = [...this.cache.known()].filter(([, row]) => this.selection.ids.has(row.id));
    return found.sort(([a], [b]) => a - b).map(([, row]) => row);
  }

  /** Ids of the chosen rows: those in memory in their order, then the rest. */
  chosenIds(): number[] {
    const known = this.chosen().map((row) => row.id);
    const seen = new Set(known);
    return [...known, ...[...this.selection.ids].filter((id) => !seen.has(id))];
  }

  #ask(query: SongsQuery): void {
    this.query = query;
    this.selection = nothing;
    this.scrollTop = 0;
    this.cache.reset(this.#fetch());
  }

  #fetch() {
    const query = this.query;
    return (offset: number, limit: number) => this.backend.songs(query, offset, limit);
  }

  async #land(index: number): Promise<void> {
    this.selection = { ...this.selection, cursor: index };
    await this.cache.need(index, index + 1);
    const row = this.cache.at(index);
    if (row && this.selection.cursor === index) this.selection = single(index, row.id);
  }

  async #extend(index: number): Promise<void> {
    const before = this.selection;
    const [first, last] = range(before, index);
    if (last - first >= CHOSEN_MAX) {
      this.notices.info(`At most ${CHOSEN_MAX.toLocaleString("en")} songs can be chosen at once.`);
      return;
    }
    this.selection = { ...before, cursor: index };
    const ids: number[] = [];
    const query = this.query;
    for (let at = first; at <= last; at++) {
      const row = this.cache.at(at);
      if (row) {
        ids.push(row.id);
        continue;
      }
      try {
        const answer = await this.backend.songs(query, at, Math.min(500, last - at + 1));
        if (answer.rows.length === 0) break;
        ids.push(...answer.rows.map((found) => found.id));
        at += answer.rows.length - 1;
      } catch (error) {
        this.notices.error("Could not choose these songs", error);
        return;
      }
    }
    if (this.query === query && this.selection.cursor === index)
      this.selection = extended(before, index, ids);
  }
}
