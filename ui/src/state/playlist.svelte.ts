// The songs of one playlist in its order, and what one does with its places.
import type { Backend, PlaylistEntryRow } from "../ipc/backend";
import type { Notices } from "./notices.svelte";
import { RowList } from "./rows.svelte";
import { t } from "../words";

export class PlaylistSongs extends RowList<PlaylistEntryRow> {
  constructor(
    private backend: Backend,
    notices: Notices,
    readonly id: number,
  ) {
    super(notices, "Could not read the playlist");
  }

  keyOf(row: PlaylistEntryRow): number {
    return row.entry;
  }

  trackOf(row: PlaylistEntryRow): PlaylistEntryRow["track"] {
    return row.track;
  }

  /** Whether Segue picked any of the rows in memory. */
  get picked(): boolean {
    return [...this.cache.known()].some(([, row]) => row.reasons.length > 0);
  }

  remove(entries: number[]): Promise<boolean> {
    return this.notices.attempt("Could not remove from the playlist", async () => {
      const edit = await this.backend.removeFromPlaylist(this.id, entries);
      this.notices.info(`${t("counts.songs", { count: entries.length })} removed from the playlist`, () =>
        this.backend.undoPlaylistEdit(edit),
      );
    });
  }

  moveTo(row: PlaylistEntryRow, index: number): Promise<boolean> {
    return this.notices.attempt("Could not move the song", async () => {
      const edit = await this.backend.moveInPlaylist(this.id, row.entry, index);
      this.notices.step(() => this.backend.undoPlaylistEdit(edit));
    });
  }

  protected async fetch(offset: number, limit: number) {
    const { playlist, rows } = await this.backend.playlist(this.id, offset, limit);
    return { total: playlist.tracks, rows };
  }
}
