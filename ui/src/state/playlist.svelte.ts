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
    super(notices, t("failed.readPlaylist"));
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
    return this.notices.attempt(t("failed.removeFromPlaylist"), async () => {
      const edit = await this.backend.removeFromPlaylist(this.id, entries);
      this.notices.info(t("done.playlistRemoved", { count: entries.length }), () =>
        this.backend.undoPlaylistEdit(edit),
      );
    });
  }

  moveTo(row: PlaylistEntryRow, index: number): Promise<boolean> {
    return this.notices.attempt(t("failed.moveSong"), async () => {
      const edit = await this.backend.moveInPlaylist(this.id, row.entry, index);
      this.notices.step(() => this.backend.undoPlaylistEdit(edit));
    });
  }

  protected async fetch(offset: number, limit: number) {
    const { playlist, rows } = await this.backend.playlist(this.id, offset, limit);
    return { total: playlist.tracks, rows };
  }
}
