// Everything the window knows, wired once: the stores, and the events that keep them true.
import { createContext } from "svelte";
import type { AppEvent, Backend, TrackRow } from "../ipc/backend";
import { Actions } from "./actions.svelte";
import { AlbumList } from "./albums.svelte";
import { QueueEdits } from "./edits.svelte";
import { FirstChoice } from "./firstchoice.svelte";
import { Library } from "./library.svelte";
import { OpenMenu } from "./menu.svelte";
import { Menus } from "./menus";
import { Mixes } from "./mixes.svelte";
import { Notices } from "./notices.svelte";
import { Path } from "./path.svelte";
import { Output } from "./output.svelte";
import { Player } from "./player.svelte";
import { PlaylistSongs } from "./playlist.svelte";
import { Playlists } from "./playlists.svelte";
import { Queue } from "./queue.svelte";
import { Radio } from "./radio.svelte";
import { Results } from "./results";
import { Router } from "./router.svelte";
import { SongList } from "./songs.svelte";
import { Sound } from "./sound.svelte";
import { Taste } from "./taste.svelte";
import { ThemeChoice } from "./theme.svelte";
import { t } from "../words";
import { noticeText } from "../words/problems";

const TYPING_MS = 80;
const TICK_MS = 250;

export class App {
  notices = new Notices();
  router = new Router();
  menu = new OpenMenu();
  results = new Results();
  theme: ThemeChoice;
  library: Library;
  output: Output;
  player: Player;
  songs: SongList;
  sound: Sound;
  albums: AlbumList;
  queue: Queue;
  edits: QueueEdits;
  radio: Radio;
  path: Path;
  mixes: Mixes;
  playlists: Playlists;
  taste: Taste;
  firstChoice: FirstChoice;
  actions: Actions;
  menus: Menus;
  /** As typed; the lists follow a moment later. */
  searchText = $state("");
  queueOpen = $state(false);
  helpOpen = $state(false);
  /** The lists of the album and of the playlist last in front. */
  #album: { id: number; list: SongList } | null = null;
  #playlist: PlaylistSongs | null = null;
  #page: Document;
  #typing: ReturnType<typeof setTimeout> | undefined;
  /** A search took the listener from another page to the songs. */
  #searching = false;

  constructor(
    readonly backend: Backend,
    storage: Pick<Storage, "getItem" | "setItem">,
    root: HTMLElement,
    now_ms: () => number = () => performance.now(),
  ) {
    this.#page = root.ownerDocument;
    this.theme = new ThemeChoice(storage, root);
    this.library = new Library(backend, this.notices, () => this.#libraryChanged());
    this.output = new Output(backend, this.notices);
    this.player = new Player(backend, this.notices, now_ms);
    this.songs = new SongList(backend, this.notices);
    this.sound = new Sound(backend, this.notices);
    this.albums = new AlbumList(backend, this.notices);
    this.queue = new Queue(backend, this.notices, this.player);
    this.edits = new QueueEdits(this.notices, this.player);
    this.radio = new Radio(backend, this.notices, this.player);
    this.path = new Path(backend, this.notices);
    this.mixes = new Mixes(backend, this.notices);
    this.playlists = new Playlists(backend, this.notices, this.router);
    this.taste = new Taste(backend, this.notices);
    this.firstChoice = new FirstChoice(backend, this.notices, this.library);
    const { notices, library, player, radio, albums, router, playlists, mixes, taste } = this;
    this.actions = new Actions(backend, notices, radio, albums, router);
    this.menus = new Menus(this.actions, library, player, playlists, mixes, taste);
  }

  /** Listens, then asks for what there is. The returned function ends it. */
  async start(): Promise<() => void> {
    const deaf = await this.backend.listen((event) => this.hear(event));
    // Nobody sees the time pass in a window that is hidden; it is right again with the first look.
    const ticking = setInterval(() => this.#page.hidden || this.player.tick(), TICK_MS);
    await Promise.all([this.library.refresh(), this.player.start(), this.playlists.ask()]);
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
      case "playlists":
        // The sidebar always shows them.
        void this.playlists.ask();
        this.#playlist?.cache.refresh();
        break;
      case "taste":
        this.taste.page.stale();
        this.mixes.list.stale();
        break;
      case "job":
        this.library.heardJob(event.progress);
        break;
      case "notice":
        this.notices.info(noticeText(event.notice));
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
    if (this.router.page.name === "albums") this.#toSongs();
    this.searchText = text;
    clearTimeout(this.#typing);
    this.#search();
  }

  /** The page before; out of a search that began on another page, that page, and the search is over. */
  back(): void {
    if (this.#searching && this.router.page.name === "songs") this.search("");
    else this.router.back();
  }

  /** The songs of an album by disc and number; the same list for as long as no other album is asked for. */
  albumSongs(id: number): SongList {
    if (this.#album?.id !== id) {
      this.#album = { id, list: new SongList(this.backend, this.notices, { album: id, sort: "album" }) };
    }
    return this.#album.list;
  }

  /** The songs of a playlist; the same list for as long as no other is asked for. */
  playlistSongs(id: number): PlaylistSongs {
    if (this.#playlist?.id !== id) this.#playlist = new PlaylistSongs(this.backend, this.notices, id);
    return this.#playlist;
  }

  /** Play or pause; with nothing to play, the songs from where the cursor is. */
  async toggle(): Promise<void> {
    if (this.player.state.current !== null) return this.player.toggle();
    await this.notices.attempt(t("failed.play"), async () => {
      const { total } = await this.backend.queue(0, 1);
      if (total > 0) await this.player.toggle();
      else await this.actions.playSongs(this.songs.found, Math.max(0, this.songs.selection.cursor));
    });
  }

  coverOf(track: TrackRow | null | undefined, size: 64 | 256 | 512): string | null {
    return track?.has_cover ? this.backend.coverUrl(track.id, size) : null;
  }

  #search(): void {
    const text = this.searchText.trim();
    const { name } = this.router.page;
    if (text !== "" && name !== "albums" && name !== "songs") this.#toSongs();
    if (text === "") {
      const back = this.#searching && name === "songs";
      this.#searching = false;
      if (back) this.router.back();
    }
    this.songs.search(text);
    this.albums.search(text);
  }

  #toSongs(): void {
    this.#searching = true;
    this.router.go({ name: "songs" });
  }

  #queueFollows(): void {
    this.edits.heard(this.player.state);
    this.queue.heard(this.player.state.queue_revision, this.player.state.current?.entry ?? null);
  }

  #libraryChanged(): void {
    this.songs.cache.refresh();
    this.albums.cache.refresh();
    this.#album?.list.cache.refresh();
    this.#playlist?.cache.refresh();
    void this.playlists.ask();
    this.mixes.list.stale();
  }
}

export const [useApp, provideApp] = createContext<App>();
