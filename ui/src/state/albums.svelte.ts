// The albums as the window shows them: their query, the rows in sight, how far they are scrolled.
import type { AlbumRow, AlbumsQuery, AlbumSort, Backend, TrackRow } from "../ipc/backend";
import type { Notices } from "./notices.svelte";
import { PageCache } from "./pages.svelte";
import { t } from "../words";

export class AlbumList {
  query = $state.raw<AlbumsQuery>({ text: "", sort: "artist", descending: false });
  cache: PageCache<AlbumRow>;
  scrollTop = 0;

  constructor(
    private backend: Backend,
    notices: Notices,
  ) {
    this.cache = new PageCache(this.#fetch(), (error) => notices.error(t("failed.readAlbums"), error));
  }

  search(text: string): void {
    if (text !== this.query.text) this.#ask({ ...this.query, text });
  }

  sort(sort: AlbumSort): void {
    if (sort !== this.query.sort)
      this.#ask({ ...this.query, sort, descending: sort === "year" || sort === "added" });
  }

  /** The album a song stands on. */
  of(track: TrackRow): Promise<AlbumRow | null> {
    return this.backend.albumOf(track.id);
  }

  #ask(query: AlbumsQuery): void {
    this.query = query;
    this.scrollTop = 0;
    this.cache.reset(this.#fetch());
  }

  #fetch() {
    const query = this.query;
    return (offset: number, limit: number) => this.backend.albums(query, offset, limit);
  }
}
