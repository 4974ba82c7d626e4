// Made from src-tauri/crates/app/src/dto.rs; do not edit. `SEGUE_BLESS=1 cargo test -p segue-app` writes it anew.

export type TrackRow = { id: number, 
/**
 * Absolute path.
 */
path: string, title: string, artists: Array<string>, album: string | null, album_artist: string | null, genres: Array<string>, year: number | null, track: number | null, disc: number | null, duration_s: number, codec: string, sample_rate_hz: number | null, bitrate_kbps: number | null, 
/**
 * Beats per minute, from the tag, else heard.
 */
bpm: number | null, 
/**
 * Key, from the tag, else heard: `A minor`.
 */
key: string | null, 
/**
 * The key's place on the Camelot wheel: `8A`.
 */
camelot: string | null, 
/**
 * Integrated loudness (EBU R128).
 */
loudness_lufs: number | null, 
/**
 * What the network hears plainly in it, the surest first; `null` before it was heard.
 */
tags: Array<string> | null, true_peak_dbtp: number | null, 
/**
 * Loudness of the first 10 s after the leading silence.
 */
intro_lufs: number | null, 
/**
 * Loudness of the last 10 s before the trailing silence.
 */
outro_lufs: number | null, leading_silence_s: number | null, trailing_silence_s: number | null, plays: number, skips: number, rating: RatingName | null, added_at: string, missing: boolean, has_cover: boolean, };

export type RatingName = "like" | "dislike";

export type SongSort = "title" | "artist" | "album" | "year" | "duration" | "plays" | "added";

export type SongsQuery = { 
/**
 * Words that must all occur somewhere; empty for all songs.
 */
text: string, 
/**
 * Songs of this album only.
 */
album: number | null, sort: SongSort, descending: boolean, };

export type SongsPage = { total: number, offset: number, rows: Array<TrackRow>, };

export type WaveformRow = { peak: Array<number>, rms: Array<number>, };

export type AlbumSort = "title" | "artist" | "year" | "added";

export type AlbumRow = { id: number, title: string, 
/**
 * Album artist; `null` where the tracks' artists differ and none is named.
 */
artist: string | null, year: number | null, tracks: number, duration_s: number, 
/**
 * The track whose cover stands for the album.
 */
cover_track: number | null, };

export type AlbumsPage = { total: number, offset: number, rows: Array<AlbumRow>, };

export type ReasonRow = { 
/**
 * `sound`, `genre`, `tag`, `artist`, `taste`, `familiar`, `new`, `era` …
 */
kind: string, text: string, 
/**
 * The term itself, in the score's own unit.
 */
weight: number, };

export type PickRow = { track: TrackRow, score: number, reasons: Array<ReasonRow>, };

export type QueueRow = { 
/**
 * Names this place, not the track.
 */
entry: number, track: TrackRow, 
/**
 * `radio`, `album`, `search`, `queue` …: see `PlaySource`.
 */
source: string, 
/**
 * Why a radio put it here; empty otherwise.
 */
reasons: Array<ReasonRow>, };

export type QueuePage = { total: number, offset: number, 
/**
 * Index of what plays or would play, in playing order.
 */
current: number | null, rows: Array<QueueRow>, };

export type PlayerStatus = "stopped" | "playing" | "paused";

export type RepeatMode = "off" | "all" | "one";

export type Station = { seeds: Array<TrackRow>, 
/**
 * 0 familiar .. 1 new.
 */
discovery: number, };

export type PlayerState = { status: PlayerStatus, current: QueueRow | null, position_s: number, duration_s: number, 
/**
 * 0..1, as the slider shows it.
 */
volume: number, repeat: RepeatMode, shuffle: boolean, station: Station | null, 
/**
 * Changes whenever the queue does.
 */
queue_revision: number, 
/**
 * Why there is no sound, if there is none.
 */
output_error: string | null, };

export type PlayerCommand = { "do": "play" } | { "do": "pause" } | { "do": "toggle" } | { "do": "next" } | { "do": "previous" } | { "do": "seek", position_s: number, } | { "do": "volume", volume: number, } | { "do": "repeat", mode: RepeatMode, } | { "do": "shuffle", on: boolean, } | { "do": "jump", entry: number, } | { "do": "remove", entry: number, } | { "do": "move", entry: number, index: number, } | { "do": "clear" };

export type EnqueueAt = "next" | "last";

export type JobKind = "scan" | "analysis";

export type JobStage = "listening" | "measuring";

export type JobAction = "pause" | "resume" | "cancel";

export type JobStatus = "idle" | "running" | "paused" | "failed";

export type JobProgress = { job: JobKind, status: JobStatus, 
/**
 * Of an analysis under way; the numbers below are this stage's.
 */
stage: JobStage | null, done: number, 
/**
 * 0 while not known yet.
 */
total: number, failures: number, 
/**
 * What is being worked on.
 */
current: string | null, 
/**
 * Seconds left, once they can be told.
 */
left_s: number | null, 
/**
 * Why it failed.
 */
message: string | null, };

export type FailureRow = { path: string, reason: string, };

export type FeedbackKind = "not-now" | "never" | "wrong-after";

export type FeedbackRow = { id: number, 
/**
 * ISO 8601, UTC.
 */
at: string, kind: FeedbackKind, 
/**
 * The song it was said of; `null` if it has left the library, or if an artist was meant.
 */
track: TrackRow | null, 
/**
 * The artist it was said of.
 */
artist: string | null, 
/**
 * Of *wrong after*: the song before.
 */
earlier: TrackRow | null, };

export type RootRow = { path: string, 
/**
 * False while the folder is not there: its tracks are kept.
 */
online: boolean, tracks: number, };

export type LibraryStatus = { version: string, roots: Array<RootRow>, tracks: number, albums: number, 
/**
 * Tracks whose sound is known to the current model.
 */
analyzed: number, failures: number, 
/**
 * The user's music folder, to offer on the first run.
 */
suggested_folder: string | null, 
/**
 * The demo library that came with Segue.
 */
demo_folder: string | null, 
/**
 * The audio network's id; `null` when there is none, and `model_error` says why.
 */
model: string | null, model_error: string | null, 
/**
 * After a switch the model whose fingerprints serve until the current one has heard the library; else `null`.
 */
serving: string | null, 
/**
 * Songs that the current model must hear until then.
 */
to_hear: number, provider: string | null, jobs: Array<JobProgress>, 
/**
 * Changes whenever songs, albums or folders do.
 */
revision: number, };

export type CommandError = { code: ErrorCodeName, message: string, };

export type ErrorCodeName = "not-found" | "unplayable" | "no-device" | "no-model" | "database" | "invalid" | "other";

export type AppEvent = { "event": "player", state: PlayerState, } | { "event": "position", entry: number, position_s: number, } | { "event": "library", revision: number, } | { "event": "job", progress: JobProgress, } | { "event": "notice", message: string, };
