// A way from one song to another, before it is played: its ends, its length, and the songs it would lead through.
import type { Backend, PickRow, PlaylistSource, SeedRow } from "../ipc/backend";
import { LatestQuery } from "./latestquery.svelte";
import { pickRef } from "./format";
import type { Notices } from "./notices.svelte";
import { SeedSearch } from "./seeds.svelte";
import { t } from "../words";

export type End = "from" | "to";
export const LENGTHS = [6, 10, 15, 25];

export class Path {
  ends = $state.raw<Record<End, SeedRow | null>>({ from: null, to: null });
  count = $state(10);
  preview: LatestQuery<PickRow[]>;
  searches: Record<End, SeedSearch>;

  constructor(
    private backend: Backend,
    private notices: Notices,
  ) {
    this.preview = new LatestQuery((error) => notices.error(t("failed.findPath"), error));
    const search = () => new SeedSearch(backend, notices, "songs");
    this.searches = { from: search(), to: search() };
  }

  /** As it can be kept; `null` while an end is missing. */
  get source(): (PlaylistSource & { of: "path" }) | null {
    const [from, to] = [idOf(this.ends.from), idOf(this.ends.to)];
    return from === null || to === null ? null : { of: "path", from, to, count: this.count };
  }

  choose(end: End, row: SeedRow | null): void {
    this.ends = { ...this.ends, [end]: row };
    void this.#look();
  }

  turnAround(): void {
    this.ends = { from: this.ends.to, to: this.ends.from };
    void this.#look();
  }

  setCount(count: number): void {
    this.count = count;
    void this.#look();
  }

  /** Plays the way as it stands there, from the song at `index` on. */
  async playFrom(index: number): Promise<void> {
    const { source } = this;
    const picks = this.preview.value ?? [];
    if (source)
      await this.notices.attempt(t("failed.playPath"), () =>
        this.backend.playPicks(source, picks.map(pickRef), index),
      );
  }

  async play(): Promise<void> {
    const { source } = this;
    if (source)
      await this.notices.attempt(t("failed.playPath"), () =>
        this.backend.playPath(source.from, source.to, source.count),
      );
  }

  async #look(): Promise<void> {
    const { source } = this;
    if (source === null) return this.preview.clear();
    await this.preview.ask(() => this.backend.path(source.from, source.to, source.count));
  }
}

function idOf(row: SeedRow | null): number | null {
  return row?.seed.of === "track" ? row.seed.id : null;
}
