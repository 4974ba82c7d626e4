// One list of songs as the window shows it: the rows in sight, what is chosen, how far it is scrolled. Where its rows
// come from and what they are, its kinds say: a search (`songs`), a playlist.
import type { TrackRow } from "../ipc/backend";
import type { Notices } from "./notices.svelte";
import { PageCache, type Rows } from "./pages.svelte";
import { extended, nothing, range, single, step, toggled, type Selection } from "./selection";
import { t } from "../words";

/** A choice of more rows than this would have to be looked up for too long. */
const CHOSEN_MAX = 5000;
/** Rows looked up at once for a choice that reaches beyond those in memory. */
const LOOKED_UP = 500;

export abstract class RowList<Row> {
  /** Of keys; see `keyOf`. */
  selection = $state.raw<Selection>(nothing);
  /** Kept here so that the list is found where it was left. */
  scrollTop = $state.raw(0);
  /** Changes when other rows are asked for: the list is shown from its beginning. */
  question = $state.raw(0);
  readonly cache: PageCache<Row>;
  /** The songs of chosen rows, which may not be in memory. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- `selection` says when it changed
  #songs = new Map<number, number>();

  constructor(
    protected notices: Notices,
    attempt: string,
  ) {
    this.cache = new PageCache(
      (offset, limit) => this.fetch(offset, limit),
      (error) => notices.error(attempt, error),
    );
  }

  protected abstract fetch(offset: number, limit: number): Promise<Rows<Row>>;
  /** What a row is known by while the list changes around it. */
  abstract keyOf(row: Row): number;
  abstract trackOf(row: Row): TrackRow;

  trackAt(index: number): TrackRow | undefined {
    const row = this.cache.at(index);
    return row && this.trackOf(row);
  }

  isChosen(index: number): boolean {
    const row = this.cache.at(index);
    return row !== undefined && this.selection.ids.has(this.keyOf(row));
  }

  async click(index: number, how: { ctrl: boolean; shift: boolean }): Promise<void> {
    const row = this.cache.at(index);
    if (!row) return;
    if (how.shift) await this.#extend(index);
    else if (how.ctrl) this.selection = toggled(this.selection, index, this.#key(row));
    else this.selection = single(index, this.#key(row));
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
  chosen(): Row[] {
    const found = [...this.cache.known()].filter(([, row]) => this.selection.ids.has(this.keyOf(row)));
    return found.sort(([a], [b]) => a - b).map(([, row]) => row);
  }

  /** Keys of the chosen rows: those in memory in their order, then the rest. */
  chosenKeys(): number[] {
    const known = this.chosen().map((row) => this.keyOf(row));
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- it lives as long as this call
    const seen = new Set(known);
    return [...known, ...[...this.selection.ids].filter((key) => !seen.has(key))];
  }

  /** Ids of the chosen songs, in the order of `chosenKeys`; songs that are not in the library have none. */
  chosenIds(): number[] {
    return this.chosenKeys().flatMap((key) => this.#songs.get(key) || []);
  }

  /** Other rows are asked for from now on. */
  protected restart(): void {
    this.selection = nothing;
    this.scrollTop = 0;
    this.question++;
    this.cache.reset();
  }

  #key(row: Row): number {
    const key = this.keyOf(row);
    this.#songs.set(key, this.trackOf(row).id);
    return key;
  }

  async #land(index: number): Promise<void> {
    this.selection = { ...this.selection, cursor: index };
    await this.cache.need(index, index + 1);
    const row = this.cache.at(index);
    if (row && this.selection.cursor === index) this.selection = single(index, this.#key(row));
  }

  async #extend(index: number): Promise<void> {
    const before = this.selection;
    const question = this.question;
    const [first, last] = range(before, index);
    if (last - first >= CHOSEN_MAX) {
      this.notices.info(t("songs.chosenMost", { count: CHOSEN_MAX }));
      return;
    }
    this.selection = { ...before, cursor: index };
    const keys: number[] = [];
    for (let at = first; at <= last; at++) {
      const row = this.cache.at(at);
      if (row) {
        keys.push(this.#key(row));
        continue;
      }
      try {
        const answer = await this.fetch(at, Math.min(LOOKED_UP, last - at + 1));
        if (answer.rows.length === 0) break;
        keys.push(...answer.rows.map((found) => this.#key(found)));
        at += answer.rows.length - 1;
      } catch (error) {
        this.notices.error(t("failed.select"), error);
        return;
      }
    }
    if (this.question === question && this.selection.cursor === index)
      this.selection = extended(before, index, keys);
  }
}
