// Songs that a search finds, in an order: all of them where it is empty, or those of one album.
import {
  asRefusal,
  type Backend,
  type QueryFault,
  type SongSort,
  type SongsQuery,
  type TrackRow,
} from "../ipc/backend";
import type { Notices } from "./notices.svelte";
import type { Rows } from "./pages.svelte";
import { RowList } from "./rows.svelte";
import { t } from "../words";

export class SongList extends RowList<TrackRow> {
  query = $state.raw<SongsQuery>({ text: "", album: null, sort: "artist", descending: false });
  /** What of the text means nothing. */
  fault = $state.raw<QueryFault | null>(null);
  /** What was looked for instead of a misspelt text. */
  corrected = $state.raw<string | null>(null);
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

  /** What the songs shown are found by. */
  get found(): SongsQuery {
    return this.corrected === null ? this.query : { ...this.query, text: this.corrected };
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

  protected async fetch(offset: number, limit: number): Promise<Rows<TrackRow>> {
    const asked = this.query;
    try {
      const page = await this.backend.songs(asked, offset, limit);
      if (asked === this.query) [this.fault, this.corrected] = [null, page.corrected];
      return page;
    } catch (error) {
      const refusal = asRefusal(error);
      if (!("problem" in refusal) || refusal.problem.is !== "bad-query") throw error;
      // Somebody is typing: the place is shown, and nobody is interrupted.
      if (asked === this.query) [this.fault, this.corrected] = [refusal.problem.fault, null];
      return { total: 0, rows: [] };
    }
  }

  #ask(query: SongsQuery): void {
    this.query = query;
    this.restart();
  }
}
