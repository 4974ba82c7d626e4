// Songs that a search finds, in an order: all of them where it is empty, or those of one album.
import type { Backend, SongSort, SongsQuery, TrackRow } from "../ipc/backend";
import type { Notices } from "./notices.svelte";
import { RowList } from "./rows.svelte";
import { t } from "../words";

export class SongList extends RowList<TrackRow> {
  query = $state.raw<SongsQuery>({ text: "", album: null, sort: "artist", descending: false });
  /** How the songs stand while nothing is searched for. */
  #order: Pick<SongsQuery, "sort" | "descending">;

  constructor(
    private backend: Backend,
    notices: Notices,
    query: Partial<SongsQuery> = {},
  ) {
    super(notices, t("failed.readSongs"));
    this.query = { ...this.query, ...query };
    this.#order = { sort: this.query.sort, descending: this.query.descending };
  }

  /** What a search finds stands with the best first, until a column is asked to sort it. */
  search(text: string): void {
    if (text === this.query.text) return;
    if (text === "") this.#ask({ ...this.query, text, ...this.#order });
    else if (this.query.text === "") this.#ask({ ...this.query, text, sort: "relevance", descending: false });
    else this.#ask({ ...this.query, text });
  }

  /** By `column`; the other way round when it already is. */
  sort = (column: SongSort): void => {
    const same = this.query.sort === column;
    const descending = same ? !this.query.descending : column === "plays" || column === "added";
    this.#order = { sort: column, descending };
    this.#ask({ ...this.query, sort: column, descending });
  };

  keyOf(track: TrackRow): number {
    return track.id;
  }

  trackOf(track: TrackRow): TrackRow {
    return track;
  }

  protected fetch(offset: number, limit: number) {
    return this.backend.songs(this.query, offset, limit);
  }

  #ask(query: SongsQuery): void {
    this.query = query;
    this.restart();
  }
}
