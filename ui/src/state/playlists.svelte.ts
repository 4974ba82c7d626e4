// The playlists by name, what can be done with a whole one, and the one that is being named or is about to be kept.
import type { Backend, MixRow, PlaylistRow, PlaylistSource, StationRequest } from "../ipc/backend";
import { LatestQuery } from "./latestquery.svelte";
import { MIX_SONGS } from "./mixes.svelte";
import type { Notices } from "./notices.svelte";
import type { Router } from "./router.svelte";
import { t } from "../words";
import { mixTitle } from "../words/names";
import { count } from "../words/numbers";

/** A name that is asked for: of a playlist to come, or of one there is. */
export type Naming =
  { of: "new"; name: string; source: PlaylistSource } | { of: "old"; name: string; playlist: PlaylistRow };

/** What can be made anew each day. A search, a mix and a station change; chosen songs, a way and a queue do not. */
export function canLive(source: PlaylistSource): boolean {
  return source.of === "search" || source.of === "mix" || source.of === "station";
}

export class Playlists {
  list: LatestQuery<PlaylistRow[]>;
  naming = $state.raw<Naming | null>(null);

  constructor(
    private backend: Backend,
    private notices: Notices,
    private router: Router,
  ) {
    this.list = new LatestQuery((error) => notices.error(t("failed.readPlaylists"), error));
  }

  get rows(): PlaylistRow[] {
    return this.list.value ?? [];
  }

  ask(): Promise<void> {
    return this.list.ask(() => this.backend.playlists());
  }

  row(id: number): PlaylistRow | null {
    return this.rows.find((playlist) => playlist.id === id) ?? null;
  }

  open(id: number): void {
    this.router.go({ name: "playlist", id });
  }

  /** Asks for a name, then keeps `source` under it. */
  keep(name: string, source: PlaylistSource): void {
    this.naming = { of: "new", name, source };
  }

  keepMix({ id, title }: MixRow): void {
    this.keep(mixTitle(title), { of: "mix", id, count: MIX_SONGS });
  }

  keepStation(name: string, request: StationRequest): void {
    this.keep(name, { of: "station", request, count: MIX_SONGS });
  }

  askNewName(playlist: PlaylistRow): void {
    this.naming = { of: "old", name: playlist.name, playlist };
  }

  /** The name was given. */
  async named(name: string, living: boolean): Promise<void> {
    const { naming } = this;
    const trimmed = name.trim();
    this.naming = null;
    if (naming === null || trimmed === "") return;
    if (naming.of === "new") await this.#create(trimmed, naming.source, living);
    else if (trimmed !== naming.playlist.name)
      await this.notices.attempt(t("failed.rename"), async () => {
        const { id, name: before } = naming.playlist;
        await this.backend.renamePlaylist(id, trimmed);
        this.notices.info(t("done.playlistRenamed", { before, name: trimmed }), () =>
          this.backend.renamePlaylist(id, before),
        );
      });
  }

  add(playlist: PlaylistRow, tracks: number[]): Promise<boolean> {
    return this.notices.attempt(t("failed.addTo", { name: playlist.name }), async () => {
      const edit = await this.backend.addToPlaylist(playlist.id, tracks);
      this.notices.info(t("done.playlistAdded", { count: tracks.length, name: playlist.name }), () =>
        this.backend.undoPlaylistEdit(edit),
      );
    });
  }

  delete({ id, name }: PlaylistRow): Promise<boolean> {
    return this.notices.attempt(t("failed.delete", { name }), async () => {
      await this.backend.deletePlaylist(id);
      this.router.forget({ name: "playlist", id });
      this.notices.info(t("done.playlistDeleted", { name }), () => this.backend.undeletePlaylist(id));
    });
  }

  refresh({ id, name }: PlaylistRow): Promise<boolean> {
    return this.notices.attempt(t("failed.update", { name }), async () => {
      const edit = await this.backend.refreshPlaylist(id);
      this.notices.info(t("done.playlistUpdated", { name }), () => this.backend.undoPlaylistEdit(edit));
    });
  }

  import(): Promise<boolean> {
    return this.notices.attempt(t("failed.readPlaylist"), async () => {
      const playlist = await this.backend.importPlaylist(t("playlists.importTitle"));
      if (playlist === null) return;
      const { name, tracks, missing } = playlist;
      const said = { name, count: tracks };
      this.notices.info(
        missing > 0
          ? t("done.playlistImportedLacking", { ...said, missing: count(missing) })
          : t("done.playlistImported", said),
      );
      this.open(playlist.id);
    });
  }

  export(playlist: PlaylistRow): Promise<boolean> {
    return this.notices.attempt(t("failed.write", { name: playlist.name }), async () => {
      const path = await this.backend.exportPlaylist(playlist.id, t("playlists.exportTitle"));
      if (path !== null) this.notices.info(t("done.saved", { path }));
    });
  }

  play({ id, name }: PlaylistRow, index = 0): Promise<boolean> {
    return this.notices.attempt(t("failed.playNamed", { name }), () => this.backend.playPlaylist(id, index));
  }

  /** In no order, starting with any. */
  shuffle({ id, name, tracks }: PlaylistRow, chance = Math.random()): Promise<boolean> {
    return this.notices.attempt(t("failed.shuffleNamed", { name }), async () => {
      await this.backend.playPlaylist(id, Math.floor(chance * tracks));
      // After it: a list that is played anew stands in its own order.
      await this.backend.command({ do: "shuffle", on: true });
    });
  }

  async #create(name: string, source: PlaylistSource, living: boolean): Promise<void> {
    await this.notices.attempt(t("failed.write", { name }), async () => {
      const playlist = await this.backend.createPlaylist(name, source, living);
      const { tracks } = playlist;
      const songs =
        tracks > 0
          ? t("done.playlistSaved", { name, count: tracks })
          : t("done.playlistSavedEmpty", { name });
      this.notices.info(living ? t("done.playlistSavedDaily", { name }) : songs);
    });
  }
}
