// What one can do with songs anywhere in the window: play, queue, radio, opinion, album; and their menu.
import type { Backend, EnqueueAt, FeedbackKind, PlayFrom, SongsQuery, TrackRow } from "../ipc/backend";
import type { MenuItem } from "../elements/menu";
import type { AlbumList } from "./albums.svelte";
import { plural } from "./format";
import type { Library } from "./library.svelte";
import type { Notices } from "./notices.svelte";
import type { Player } from "./player.svelte";
import type { Radio } from "./radio.svelte";
import type { Router } from "./router.svelte";

export class Actions {
  constructor(
    private backend: Backend,
    private notices: Notices,
    private library: Library,
    private player: Player,
    private radio: Radio,
    private albums: AlbumList,
    private router: Router,
  ) {}

  /** The whole list of `query` from `index` on. */
  playSongs(query: SongsQuery, index: number): Promise<void> {
    const source: PlayFrom = query.album !== null ? "album" : query.text !== "" ? "search" : "queue";
    return this.#try("Could not play", () => this.backend.playSongs(query, index, source));
  }

  /** The whole list of `query` in no order, starting with any of its `total`. */
  shuffle(query: SongsQuery, total: number, chance = Math.random()): Promise<void> {
    return this.#try("Could not shuffle", async () => {
      if (total === 0) return;
      if (!this.player.state.shuffle) await this.backend.command({ do: "shuffle", on: true });
      await this.backend.playSongs(query, Math.floor(chance * total), "shuffle");
    });
  }

  playTracks(ids: number[]): Promise<void> {
    return this.#try("Could not play", () => this.backend.playTracks(ids, "queue"));
  }

  enqueue(ids: number[], at: EnqueueAt): Promise<void> {
    return this.#try("Could not add to the queue", async () => {
      await this.backend.enqueue(ids, at);
      this.notices.info(
        at === "next"
          ? `${plural(ids.length, "song")} next`
          : `${plural(ids.length, "song")} added to the queue`,
      );
    });
  }

  /** *Not now* and *never again*: no station, mix or shuffle picks the song. */
  say(kind: FeedbackKind, track: TrackRow): Promise<void> {
    return this.#try("Could not save that", async () => {
      await this.backend.say(kind, track.id, false);
      this.notices.info(
        kind === "never"
          ? `Segue will not pick “${track.title}” again.`
          : `Segue will not pick “${track.title}” for now.`,
      );
    });
  }

  wrongAfter(earlier: TrackRow, later: TrackRow): Promise<void> {
    return this.#try("Could not save that", async () => {
      await this.backend.sayWrongAfter(earlier.id, later.id);
      this.notices.info(`“${later.title}” will not follow “${earlier.title}”.`);
    });
  }

  /** Takes the latest of these back. */
  takeBack(): Promise<void> {
    return this.#try("Could not take that back", async () => {
      await this.backend.undoFeedback(null);
      this.notices.info("Taken back");
    });
  }

  /** What one can say of a song that Segue picked, `earlier` being what stands before it. */
  sayings(track: TrackRow, earlier: TrackRow | null): MenuItem[] {
    return [
      "line",
      { label: "Not now", icon: "clock", act: () => void this.say("not-now", track) },
      { label: "Never again", icon: "ban", act: () => void this.say("never", track) },
      {
        label: "Wrong after the song before",
        icon: "close",
        disabled: earlier === null,
        act: () => void (earlier && this.wrongAfter(earlier, track)),
      },
      { label: "Take the last of these back", icon: "back", act: () => void this.takeBack() },
    ];
  }

  /** A station from these songs; the page in front stays. */
  async startRadio(ids: number[]): Promise<void> {
    await this.radio.start(ids);
  }

  async goToAlbum(track: TrackRow): Promise<void> {
    await this.#try("Could not find the album", async () => {
      const album = await this.albums.of(track);
      if (album) this.router.go({ name: "album", album });
      else this.notices.info(`“${track.title}” names no album.`);
    });
  }

  /** The menu of some songs; `ids` may hold more than `tracks`, whose rows are in memory. */
  menu(tracks: TrackRow[], ids: number[], play: () => void): MenuItem[] {
    const [first] = tracks;
    if (!first) return [];
    const one = ids.length === 1;
    const all = (rating: "like" | "dislike") =>
      tracks.every((track) => this.library.ratingOf(track) === rating);
    return [
      { label: "Play", icon: "play", keys: "Enter", act: play },
      { label: "Play next", icon: "next-up", act: () => void this.enqueue(ids, "next") },
      { label: "Add to queue", icon: "queue", keys: "Q", act: () => void this.enqueue(ids, "last") },
      "line",
      {
        label: one ? "Radio from this song" : `Radio from these ${ids.length} songs`,
        icon: "radio",
        keys: "R",
        act: () => void this.startRadio(ids),
      },
      "line",
      {
        label: "Go to album",
        icon: "album",
        disabled: !one || first.album === null,
        act: () => void this.goToAlbum(first),
      },
      {
        label: "Like",
        icon: "heart",
        keys: "L",
        checked: all("like"),
        act: () => void this.library.rate(tracks, "like"),
      },
      {
        label: "Not for me",
        icon: "ban",
        checked: all("dislike"),
        act: () => void this.library.rate(tracks, "dislike"),
      },
    ];
  }

  async #try(attempt: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.notices.error(attempt, error);
    }
  }
}
