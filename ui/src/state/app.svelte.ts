// Everything the window knows, wired once: the stores, and the events that keep them true.
import { createContext } from "svelte";
import type { AppEvent, Backend, TrackRow } from "../ipc/backend";
import { Actions } from "./actions.svelte";
import { AlbumList } from "./albums.svelte";
import { Library } from "./library.svelte";
import { OpenMenu } from "./menu.svelte";
import { Notices } from "./notices.svelte";
import { Player } from "./player.svelte";
import { Queue } from "./queue.svelte";
import { Radio } from "./radio.svelte";
import { Router } from "./router.svelte";
import { SongList } from "./songs.svelte";
import { ThemeChoice } from "./theme.svelte";

const TYPING_MS = 80;
const TICK_MS = 250;

export class App {
  notices = new Notices();
  router = new Router();
  menu = new OpenMenu();
  theme: ThemeChoice;
  library: Library;
  player: Player;
  songs: SongList;
  albums: AlbumList;
  queue: Queue;
  radio: Radio;
  actions: Actions;
  /** As typed; the lists follow a moment later. */
  searchText = $state("");
  queueOpen = $state(false);
  helpOpen = $state(false);
  /** The list of the album last in front. */
  #album: { id: number; list: SongList } | null = null;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly backend: Backend,
    storage: Pick<Storage, "getItem" | "setItem">,
    root: HTMLElement,
    now_ms: () => number = () => performance.now(),
  ) {
    this.theme = new ThemeChoice(storage, root);
    this.library = new Library(backend, this.notices, () => this.#libraryChanged());
    this.player = new Player(backend, this.notices, now_ms);
    this.songs = new SongList(backend, this.notices);
    this.albums = new AlbumList(backend, this.notices);
    this.queue = new Queue(backend, this.notices, this.player);
    this.radio = new Radio(backend, this.notices, this.player);
    const { notices, library, player, radio, albums, router } = this;
    this.actions = new Actions(backend, notices, library, player, radio, albums, router);
  }

  /** Listens, then asks for what there is. The returned function ends it. */
  async start(): Promise<() => void> {
    const deaf = await this.backend.listen((event) => this.hear(event));
    const ticking = setInterval(() => this.player.tick(), TICK_MS);
    await Promise.all([this.library.refresh(), this.player.start()]);
    this.#queueFollows();
    return () => {
      deaf();
      clearInterval(ticking);
    };
  }

  hear(event: AppEvent): void {
    switch (event.event) {
      case "player":
        this.player.hear(event);
        this.#queueFollows();
        break;
      case "position":
        this.player.hear(event);
        break;
      case "library":
        this.library.heard();
        this.player.heardLibrary();
        break;
      case "job":
        this.library.heardJob(event.progress);
        break;
      case "notice":
        this.notices.info(event.message);
    }
  }

  /** Searches as one types, in the albums when they are in front, else in the songs. */
  search(text: string): void {
    this.searchText = text;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#search(), text === "" ? 0 : TYPING_MS);
  }

  /** The songs that a search finds, at once and whatever page is in front. */
  searchSongs(text: string): void {
    this.router.go({ name: "songs" });
    this.searchText = text;
    clearTimeout(this.#typing);
    this.#search();
  }

  /** The songs of an album by disc and number; the same list for as long as no other album is asked for. */
  albumSongs(id: number): SongList {
    if (this.#album?.id !== id) {
      this.#album = { id, list: new SongList(this.backend, this.notices, { album: id, sort: "album" }) };
    }
    return this.#album.list;
  }

  /** Play or pause; with nothing to play, the songs from where the cursor is. */
  async toggle(): Promise<void> {
    if (this.player.state.current !== null) return this.player.toggle();
    try {
      const { total } = await this.backend.queue(0, 1);
      if (total > 0) await this.player.toggle();
      else await this.actions.playSongs(this.songs.query, Math.max(0, this.songs.selection.cursor));
    } catch (error) {
      this.notices.error("Could not play", error);
    }
  }

  coverOf(track: TrackRow | null | undefined, size: 64 | 256 | 512): string | null {
    return track?.has_cover ? this.backend.coverUrl(track.id, size) : null;
  }

  #search(): void {
    const text = this.searchText.trim();
    if (text !== "" && this.router.page.name !== "albums") this.router.go({ name: "songs" });
    this.songs.search(text);
    this.albums.search(text);
  }

  #queueFollows(): void {
    this.queue.heard(this.player.state.queue_revision, this.player.state.current?.entry ?? null);
  }

  #libraryChanged(): void {
    this.songs.cache.refresh();
    this.albums.cache.refresh();
    this.#album?.list.cache.refresh();
  }
}

export const [useApp, provideApp] = createContext<App>();
