// The queue in playing order, a page at a time, and the orders that change it.
import type { Backend, QueueRow } from "../ipc/backend";
import type { QueueSource } from "../ipc/types";
import type { Notices } from "./notices.svelte";
import { PageCache } from "./pages.svelte";
import type { Player } from "./player.svelte";
import { t } from "../words";

const SOURCES: Record<QueueSource, string> = {
  radio: t("queue.sources.radio"),
  dj: t("queue.sources.dj"),
  album: t("queue.sources.album"),
  search: t("queue.sources.search"),
  shuffle: t("queue.sources.shuffle"),
  queue: t("queue.sources.queue"),
  mix: t("queue.sources.mix"),
  playlist: t("queue.sources.playlist"),
  import: t("queue.sources.import"),
};

/** Where a row of the queue came from, in a word. */
export function sourceName(source: QueueSource): string {
  return SOURCES[source];
}

export class Queue {
  /** Index of what plays or would play. */
  current = $state.raw<number | null>(null);
  cache: PageCache<QueueRow>;
  #revision = 0;

  constructor(
    backend: Backend,
    notices: Notices,
    private player: Player,
  ) {
    this.cache = new PageCache(
      async (offset, limit) => {
        const page = await backend.queue(offset, limit);
        this.current = page.current;
        return page;
      },
      (error) => notices.error(t("failed.readQueue"), error),
    );
  }

  /** The player changed: ask again if the queue, or the place in it, did. */
  heard(revision: number, entry: number | null): void {
    const moved = this.current !== null && this.cache.at(this.current)?.entry !== entry;
    if (revision === this.#revision && !moved) return;
    this.#revision = revision;
    this.cache.refresh();
  }

  /** The next `count` rows after the current one, as far as they are known. */
  upcoming(count: number): QueueRow[] {
    const from = (this.current ?? -1) + 1;
    const rows = Array.from({ length: count }, (_, i) => this.cache.at(from + i));
    return rows.filter((row) => row !== undefined);
  }

  jump = (row: QueueRow) => this.player.do({ do: "jump", entry: row.entry });
  remove = (row: QueueRow) => this.player.do({ do: "remove", entry: row.entry });
  clear = () => this.player.do({ do: "clear" });

  move(row: QueueRow, index: number): Promise<void> {
    const last = (this.cache.total ?? 1) - 1;
    return this.player.do({ do: "move", entry: row.entry, index: Math.min(last, Math.max(0, index)) });
  }
}
