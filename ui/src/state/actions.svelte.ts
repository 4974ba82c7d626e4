// What one can do with songs anywhere in the window: play, queue, radio, opinion, album. Their menus are in `menus`.
import type {
  Facet,
  Backend,
  EnqueueAt,
  FeedbackKind,
  PlayFrom,
  SeedRef,
  SongsQuery,
  TrackRow,
} from "../ipc/backend";
import type { AlbumList } from "./albums.svelte";
import type { Notices } from "./notices.svelte";
import { stationFrom, spread, type Radio } from "./radio.svelte";
import type { Router } from "./router.svelte";
import { t } from "../words";

/** An album's songs in their order. */
export function songsOf(album: number): SongsQuery {
  return { text: "", album, sort: "album", descending: false };
}

export class Actions {
  constructor(
    private backend: Backend,
    private notices: Notices,
    private radio: Radio,
    private albums: AlbumList,
    private router: Router,
  ) {}

  /** The whole list of `query` from `index` on. */
  playSongs(query: SongsQuery, index: number): Promise<boolean> {
    const source: PlayFrom = query.album !== null ? "album" : query.text !== "" ? "search" : "queue";
    return this.notices.attempt(t("failed.play"), () => this.backend.playSongs(query, index, source));
  }

  /** The whole list of `query` in no order, starting with any of its `total`. */
  shuffle(query: SongsQuery, total: number, chance = Math.random()): Promise<boolean> {
    return this.notices.attempt(t("failed.shuffle"), async () => {
      if (total === 0) return;
      await this.backend.playSongs(query, Math.floor(chance * total), "shuffle");
    });
  }

  playTracks(ids: number[]): Promise<boolean> {
    return this.notices.attempt(t("failed.play"), () => this.backend.playTracks(ids, "queue"));
  }

  enqueue(ids: number[], at: EnqueueAt): Promise<boolean> {
    return this.notices.attempt(t("failed.enqueue"), async () => {
      await this.backend.enqueue(ids, at);
      const count = ids.length;
      this.notices.info(at === "next" ? t("done.nextUp", { count }) : t("done.queued", { count }));
    });
  }

  /** *Not now* and *never again*: no station, mix or shuffle picks the song. */
  say(kind: FeedbackKind, track: TrackRow): Promise<boolean> {
    return this.notices.attempt(t("failed.save"), async () => {
      const said = await this.backend.say(kind, track.id, false);
      this.notices.info(
        kind === "never" ? t("done.never", { title: track.title }) : t("done.notNow", { title: track.title }),
        () => this.backend.undoFeedback(said.id),
      );
    });
  }

  wrongAfter(earlier: TrackRow, later: TrackRow): Promise<boolean> {
    return this.notices.attempt(t("failed.save"), async () => {
      const said = await this.backend.sayWrongAfter(earlier.id, later.id);
      this.notices.info(t("done.wrongAfter", { earlier: earlier.title, later: later.title }), () =>
        this.backend.undoFeedback(said.id),
      );
    });
  }

  /** Takes the latest of these back. */
  takeBack(): Promise<boolean> {
    return this.notices.attempt(t("failed.undo"), async () => {
      await this.backend.undoFeedback(null);
      this.notices.info(t("done.undone"));
    });
  }

  /** A station from these songs, nearer to them by one side of music, if any; the page in front stays. */
  startRadio(ids: number[], more: Facet | null = null): Promise<boolean> {
    const seeds = spread(ids).map((id): SeedRef => ({ of: "track", id }));
    return this.radio.start(stationFrom(seeds, more));
  }

  radioFrom(seed: SeedRef): Promise<boolean> {
    return this.radio.start(stationFrom([seed]));
  }

  /** A station from the album that a song stands on. */
  radioFromAlbumOf(track: TrackRow): Promise<boolean> {
    return this.notices.attempt(t("failed.findAlbum"), async () => {
      const album = await this.albums.of(track);
      if (album) await this.radioFrom({ of: "album", id: album.id });
      else this.notices.info(t("done.noAlbum", { title: track.title }));
    });
  }

  goToAlbum(track: TrackRow): Promise<boolean> {
    return this.notices.attempt(t("failed.findAlbum"), async () => {
      const album = await this.albums.of(track);
      if (album) this.router.go({ name: "album", album });
      else this.notices.info(t("done.noAlbum", { title: track.title }));
    });
  }

  /** Hands the ids of an album's songs on. */
  withAlbum(album: number, use: (ids: number[]) => unknown): Promise<boolean> {
    return this.notices.attempt(t("failed.readAlbum"), async () => {
      const { rows } = await this.backend.songs(songsOf(album), 0, 1000);
      await use(rows.map((song) => song.id));
    });
  }
}
