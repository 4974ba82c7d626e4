// The one door from the window to everything behind it. Every answer is a promise; every refusal is a
// `CommandError`. Two things stand behind this interface: `tauri.ts` (the program) and `fake.ts` (a browser, tests).
import type {
  AlbumRow,
  AlbumSort,
  AlbumsPage,
  AppEvent,
  CommandError,
  EnqueueAt,
  Crossfade,
  EqualizerChange,
  EqualizerSetting,
  FailureRow,
  FeedbackKind,
  FeedbackRow,
  JobAction,
  JobKind,
  LibraryStatus,
  LoudnessSettings,
  MixFound,
  MixRow,
  OutputPage,
  OutputSettings,
  PickRef,
  PickRow,
  PlayerCommand,
  PlayerState,
  PlaylistPage,
  PlaylistRow,
  PlaylistSource,
  QueuePage,
  RatingName,
  SeedRef,
  SeedRow,
  SongsPage,
  SongsQuery,
  SoundPage,
  StationRequest,
  TastePage,
  TrackRow,
  WaveformRow,
  WishRow,
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
  /** Asks with the system's own dialog, headed by `title`; `null` when the listener thought better of it. */
  chooseFolder(title: string): Promise<string | null>;
  addFolder(path: string): Promise<void>;
  removeFolder(path: string): Promise<void>;
  rescan(): Promise<void>;
  /** Forgets songs whose files were deleted (`LibraryStatus.missing`); plays, opinions and playlists stay. How many. */
  forgetMissing(): Promise<number>;
  /** Has the fine model listen from now on, or not (`LibraryStatus.closely`). */
  setClosely(on: boolean): Promise<void>;
  failures(): Promise<FailureRow[]>;
  songs(query: SongsQuery, offset: number, limit: number): Promise<SongsPage>;
  albums(query: AlbumsQuery, offset: number, limit: number): Promise<AlbumsPage>;
  /** The album a song stands on. */
  albumOf(id: number): Promise<AlbumRow | null>;
  /** The waveform of a song; `null` until it was measured. */
  waveform(id: number): Promise<WaveformRow | null>;
  /** Plays the whole list of `query`, starting at `index`. */
  playSongs(query: SongsQuery, index: number, source: PlayFrom): Promise<void>;
  playTracks(ids: number[], source: PlayFrom): Promise<void>;
  enqueue(ids: number[], at: EnqueueAt): Promise<void>;
  /** What a station would play; plays nothing. */
  radio(request: StationRequest, count: number): Promise<PickRow[]>;
  startRadio(request: StationRequest): Promise<void>;
  /** Seeds as they are shown, in the order asked for. */
  seeds(seeds: SeedRef[]): Promise<SeedRow[]>;
  /** Artists, genres and heard tags (and playlists) whose names hold `text`, the likeliest first; common ones for "". */
  findSeeds(text: string, limit: number): Promise<SeedRow[]>;
  /** How a wish in words is understood. */
  understand(text: string): Promise<WishRow>;
  tune(discovery: number): Promise<void>;
  /** Ends the station and leaves its queue. */
  stopRadio(): Promise<void>;
  /** The mixes that can be had now, in the order to show them. */
  mixes(): Promise<MixRow[]>;
  mix(id: string, count: number): Promise<MixFound>;
  playMix(id: string, count: number): Promise<void>;
  /** A way from one song to another, both included. */
  path(from: number, to: number, count: number): Promise<PickRow[]>;
  playPath(from: number, to: number, count: number): Promise<void>;
  /** Plays picks as they are shown, from the one at `index` on; `source` is what they were made from. */
  playPicks(source: PlaylistSource, picks: PickRef[], index: number): Promise<void>;
  playlists(): Promise<PlaylistRow[]>;
  playlist(id: number, offset: number, limit: number): Promise<PlaylistPage>;
  /** Makes a playlist; a living one is made anew each day from its source (searches, mixes, stations). */
  createPlaylist(name: string, source: PlaylistSource, living: boolean): Promise<PlaylistRow>;
  renamePlaylist(id: number, name: string): Promise<void>;
  deletePlaylist(id: number): Promise<void>;
  /** Brings back the playlist deleted last. */
  undeletePlaylist(id: number): Promise<void>;
  /** Answers, as the next three do, with the number of the edit, to be taken back with `undoPlaylistEdit`. */
  addToPlaylist(id: number, tracks: number[]): Promise<number>;
  removeFromPlaylist(id: number, entries: number[]): Promise<number>;
  moveInPlaylist(id: number, entry: number, index: number): Promise<number>;
  /** Makes a living playlist anew, now. */
  refreshPlaylist(id: number): Promise<number>;
  /** Takes an edit of a playlist's places back; refused if they were changed again since. */
  undoPlaylistEdit(edit: number): Promise<void>;
  /** Asks with the system's own dialog, headed by `title`, which file to read; `null` when the listener thought better of it. */
  importPlaylist(title: string): Promise<PlaylistRow | null>;
  /** Asks where to, with a dialog headed by `title`; `null` when the listener thought better of it, else the path. */
  exportPlaylist(id: number, title: string): Promise<string | null>;
  playPlaylist(id: number, index: number): Promise<void>;
  player(): Promise<PlayerState>;
  command(command: PlayerCommand): Promise<void>;
  queue(offset: number, limit: number): Promise<QueuePage>;
  /** How things sound. */
  sound(): Promise<SoundPage>;
  /** Answers with what is kept. */
  setLoudness(settings: LoudnessSettings): Promise<LoudnessSettings>;
  /** Answers with what is kept. */
  setCrossfade(crossfade: Crossfade): Promise<Crossfade>;
  /** The sound cards, and the choice among them. */
  outputs(): Promise<OutputPage>;
  setOutput(settings: OutputSettings): Promise<OutputPage>;
  /** Changes the equaliser of the output in use, and answers with what is kept. */
  setEqualizer(change: EqualizerChange): Promise<EqualizerSetting>;
  /** Asks with a dialog headed by `title` for a file of Equalizer APO; `null` when the listener thought better of it. */
  importEqualizer(title: string): Promise<EqualizerSetting | null>;
  rate(id: number, rating: RatingName | null): Promise<void>;
  /** Says *not now* or *never* of a song, or of all by its artist. */
  say(kind: FeedbackKind, id: number, artist: boolean): Promise<FeedbackRow>;
  /** Says that `later` is wrong right after `earlier`. */
  sayWrongAfter(earlier: number, later: number): Promise<FeedbackRow>;
  /** What was said and holds, the latest first. */
  feedback(): Promise<FeedbackRow[]>;
  /** Takes back what was said: the latest, or that of a number. */
  undoFeedback(id: number | null): Promise<void>;
  /** Turns what a reason or a leaning rests on up or down (`term` of `ReasonRow`, `LeaningRow`, `InterestRow`). */
  turn(term: string, up: boolean): Promise<FeedbackRow>;
  taste(): Promise<TastePage>;
  /** Forgets what was learned since an instant (ISO 8601), or all of it. The plays stay. */
  forget(since: string | null): Promise<void>;
  /** Learns again what was forgotten. */
  remember(forgotten: number): Promise<void>;
  /** Asks where to, and writes what was learned as JSON; `null` when the listener thought better of it. */
  exportTaste(title: string): Promise<string | null>;
  /** A dozen songs as unlike as the library has, to begin with; answered with `rate`. */
  firstChoice(): Promise<TrackRow[]>;
  /** The first choice was made, or is not wanted. */
  endFirstChoice(): Promise<void>;
  job(job: JobKind, action: JobAction): Promise<void>;
  coverUrl(track: number, size: CoverSize): string;
  /** Calls `hear` for every event until the returned function is called. */
  listen(hear: (event: AppEvent) => void): Promise<() => void>;
}

/** What the program refused; or what broke in the window itself, which has no words of its own. */
export type Refusal = CommandError | { code: "other"; detail: string };

/** Whatever was thrown, as a refusal. */
export function asRefusal(thrown: unknown): Refusal {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "problem" in thrown) {
    return thrown as CommandError;
  }
  return { code: "other", detail: thrown instanceof Error ? thrown.message : String(thrown) };
}
