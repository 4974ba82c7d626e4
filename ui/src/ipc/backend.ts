// The one door from the window to everything behind it. Every answer is a promise; every refusal is a
// `CommandError`. Two things stand behind this interface: `tauri.ts` (the program) and `fake.ts` (a browser, tests).
import type {
  AlbumRow,
  AlbumSort,
  AlbumsPage,
  AppEvent,
  CommandError,
  EnqueueAt,
  FailureRow,
  FeedbackKind,
  FeedbackRow,
  JobAction,
  JobKind,
  LibraryStatus,
  PickRow,
  PlayerCommand,
  PlayerState,
  QueuePage,
  RatingName,
  SongsPage,
  SongsQuery,
  WaveformRow,
} from "./types";

export type * from "./types";

/** Where the listener started a list from; kept with each play. */
export type PlayFrom = "album" | "search" | "queue" | "shuffle";

/** Edge length of a cover in pixels, as the program stores them. */
export type CoverSize = 64 | 256 | 512;

/** Which albums, in which order. */
export type AlbumsQuery = { text: string; sort: AlbumSort; descending: boolean };

export interface Backend {
  status(): Promise<LibraryStatus>;
  /** Asks with the system's own dialog; `null` when the listener thought better of it. */
  chooseFolder(): Promise<string | null>;
  addFolder(path: string): Promise<void>;
  removeFolder(path: string): Promise<void>;
  rescan(): Promise<void>;
  failures(): Promise<FailureRow[]>;
  songs(query: SongsQuery, offset: number, limit: number): Promise<SongsPage>;
  albums(query: AlbumsQuery, offset: number, limit: number): Promise<AlbumsPage>;
  /** The album a song stands on. */
  albumOf(id: number): Promise<AlbumRow | null>;
  /** The outline of a song; `null` until it was measured. */
  waveform(id: number): Promise<WaveformRow | null>;
  /** Plays the whole list of `query`, starting at `index`. */
  playSongs(query: SongsQuery, index: number, source: PlayFrom): Promise<void>;
  playTracks(ids: number[], source: PlayFrom): Promise<void>;
  enqueue(ids: number[], at: EnqueueAt): Promise<void>;
  /** What a station from these seeds would play; plays nothing. `discovery` 0 familiar .. 1 new. */
  radio(ids: number[], discovery: number | null, count: number): Promise<PickRow[]>;
  startRadio(ids: number[], discovery: number | null): Promise<void>;
  tune(discovery: number): Promise<void>;
  /** Ends the station and leaves its queue. */
  stopRadio(): Promise<void>;
  player(): Promise<PlayerState>;
  command(command: PlayerCommand): Promise<void>;
  queue(offset: number, limit: number): Promise<QueuePage>;
  rate(id: number, rating: RatingName | null): Promise<void>;
  /** Says *not now* or *never* of a song, or of all by its artist. */
  say(kind: FeedbackKind, id: number, artist: boolean): Promise<FeedbackRow>;
  /** Says that `later` is wrong right after `earlier`. */
  sayWrongAfter(earlier: number, later: number): Promise<FeedbackRow>;
  /** What was said and holds, the latest first. */
  feedback(): Promise<FeedbackRow[]>;
  /** Takes back what was said: the latest, or that of a number. */
  undoFeedback(id: number | null): Promise<void>;
  job(job: JobKind, action: JobAction): Promise<void>;
  coverUrl(track: number, size: CoverSize): string;
  /** Calls `hear` for every event until the returned function is called. */
  listen(hear: (event: AppEvent) => void): Promise<() => void>;
}

/** Whatever was thrown, as a code and a sentence. */
export function asCommandError(thrown: unknown): CommandError {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    return thrown as CommandError;
  }
  return { code: "other", message: thrown instanceof Error ? thrown.message : String(thrown) };
}
