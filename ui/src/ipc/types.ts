// Made from src-tauri/crates/app/src/wire; do not edit. `SEGUE_BLESS=1 cargo test -p segue-app` writes it anew.

export type TrackRow = { id: number, 
/**
 * Absolute path.
 */
path: string, 
/**
 * The path as a `file:` URL, there only where it is not Unicode and `path` has lost something of it.
 */
path_url?: string, title: string, artists: Array<string>, album: string | null, album_artist: string | null, genres: Array<string>, year: number | null, track: number | null, disc: number | null, duration_s: number, codec: string, sample_rate_hz: number | null, bitrate_kbps: number | null, 
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
outro_lufs: number | null, leading_silence_s: number | null, trailing_silence_s: number | null, plays: number, skips: number, rating: RatingName | null, added_at: string, 
/**
 * Its file is not there now: deleted, or on a folder that is offline. Lists hold only the latter.
 */
missing: boolean, has_cover: boolean, };

export type RatingName = "like" | "dislike";

export type SongSort = "title" | "artist" | "album" | "year" | "duration" | "plays" | "added" | "rating" | "played" | "bpm" | "random" | "relevance";

export type SongsLimit = { "by": "songs", most: number, } | { "by": "seconds", most: number, } | { "by": "megabytes", most: number, };

export type SongsQuery = { 
/**
 * What is asked for, in the query language; empty for all songs.
 */
text: string, 
/**
 * Songs of this album only.
 */
album: number | null, sort: SongSort, descending: boolean, };

export type SongsPage = { total: number, offset: number, 
/**
 * What was asked for instead, where nothing was found and a word is nearly one of the library.
 */
corrected: string | null, rows: Array<TrackRow>, };

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

export type ReasonKind = "sound" | "rhythm" | "harmony" | "genre" | "tag" | "artist" | "album" | "era" | "wish" | "away" | "taste" | "mood" | "hour" | "familiar" | "missed" | "then" | "new" | "recent" | "opinion" | "turned" | "explore" | "bridge" | "variety";

export type Because = { "is": "sounds-like", title: string, tags: Array<string>, } | { "is": "among-nearest", title: string, } | { "is": "groove-like", title: string, bpm: number | null, tags: Array<string>, } | { "is": "key-near", title: string, key: string, same: boolean, } | { "is": "favourite" } | { "is": "seed" } | { "is": "clearly-asked" } | { "is": "near-favourites" } | { "is": "near-both" } | { "is": "near-seeds" } | { "is": "near-asked" } | { "is": "same-genre", genres: Array<string>, } | { "is": "shares-tags", tags: Array<string>, title: string, } | { "is": "same-artist", artists: Array<string>, } | { "is": "same-time", decade: number, } | { "is": "same-album" } | { "is": "asked", terms: Array<WishTerm>, } | { "is": "asked-to-leave-out", term: WishTerm, } | { "is": "less-of-this" } | { "is": "near-unwanted", title: string, } | { "is": "turned", up: boolean, name: TermName, } | { "is": "of-artists", habit: Habit, artists: Array<string>, } | { "is": "of-genres", habit: Habit, genres: Array<string>, } | { "is": "of-tags", habit: Habit, tags: Array<string>, } | { "is": "of-album", habit: Habit, title: string, } | { "is": "shares-tags-with-finished", tags: Array<string>, title: string, times: number, } | { "is": "sounds-like-finished", title: string, times: number, } | { "is": "sounds-like-taste" } | { "is": "sounds-like-left" } | { "is": "seems-liked" } | { "is": "heard", times: number, } | { "is": "left-or-heard-enough" } | { "is": "well-known" } | { "is": "fits-session" } | { "is": "like-just-left" } | { "is": "fits-hour" } | { "is": "other-hour" } | { "is": "new-to-you" } | { "is": "hardly-heard", times: number, } | { "is": "played-lately" } | { "is": "liked" } | { "is": "disliked" } | { "is": "worth-trying" } | { "is": "another-time" } | { "is": "missed", times: number, year: number, month: number, } | { "is": "within-month", times: number, } | { "is": "in-year", times: number, year: number, } | { "is": "on-day", year: number, month: number, day: number, } | { "is": "path-start" } | { "is": "path-end" } | { "is": "steps-from", steps: number, title: string, } | { "is": "steps-to", steps: number, title: string, } | { "is": "bridge", before: string, after: string, } | { "is": "close-to-earlier", title: string, } | { "is": "told", text: string, };

export type Habit = "finishes" | "leaves" | "seems-to-finish" | "seems-to-leave";

export type TermName = { "is": "artist", 
/**
 * As it is shown.
 */
name: string, } | { "is": "genre", 
/**
 * As it is shown.
 */
name: string, } | { "is": "tag", 
/**
 * As it is shown.
 */
name: string, } | { "is": "album", 
/**
 * Its title.
 */
title: string, 
/**
 * The first artist of its songs, where one is known.
 */
artist: string | null, } | { "is": "era", 
/**
 * Its first year.
 */
decade: number, } | { "is": "sound", 
/**
 * The song's title.
 */
title: string, } | { "is": "sound-of-gone" } | { "is": "kind", 
/**
 * Which.
 */
kind: ReasonKind, } | { "is": "other-kind", 
/**
 * The name under which it lies in the log.
 */
name: string, };

export type WishTerm = { "is": "tag", name: string, } | { "is": "genre", name: string, } | { "is": "artist", name: string, } | { "is": "tempo", name: string, } | { "is": "era", years: YearRange, } | { "is": "bpm", range: BpmRange, } | { "is": "key", name: string, } | { "is": "mode", mode: Mode, } | { "is": "scene", name: string, } | { "is": "title", name: string, } | { "is": "like", name: string, } | { "is": "than", word: string, name: string, };

export type Period = { "is": "year", year: number, } | { "is": "decade", decade: number, } | { "is": "early", decade: number, } | { "is": "mid", decade: number, } | { "is": "late", decade: number, };

export type YearRange = { "is": "in", period: Period, } | { "is": "before", period: Period, } | { "is": "until", period: Period, } | { "is": "after", period: Period, } | { "is": "since", period: Period, } | { "is": "around", period: Period, } | { "is": "between", first: Period, last: Period, };

export type BpmRange = { "is": "around", bpm: number, } | { "is": "at-least", bpm: number, } | { "is": "at-most", bpm: number, } | { "is": "between", from: number, to: number, };

export type Mode = "major" | "minor";

export type WishPart = { term: WishTerm, rest: string, };

export type UnknownWord = { word: string, near: Array<string>, };

export type Facet = "sound" | "rhythm" | "harmony";

export type ReasonRow = { kind: ReasonKind, 
/**
 * What it says. Older playlists and queues kept the sentence itself, as `text`.
 */
because: Because, 
/**
 * The term itself, in the score's own unit.
 */
weight: number, 
/**
 * Names what the reason rests on, to be turned down with; `null` where there is nothing to turn.
 */
term: string | null, };

export type PickRow = { track: TrackRow, score: number, reasons: Array<ReasonRow>, };

export type PickRef = { 
/**
 * The track.
 */
id: number, reasons: Array<ReasonRow>, };

export type QueueRow = { 
/**
 * Names this place, not the track.
 */
entry: number, track: TrackRow, source: QueueSource, 
/**
 * Why Segue put it here; empty otherwise.
 */
reasons: Array<ReasonRow>, };

export type QueueSource = "radio" | "mix" | "album" | "search" | "shuffle" | "playlist" | "queue" | "import" | "dj";

export type QueuePage = { total: number, offset: number, 
/**
 * Index of what plays or would play, in playing order.
 */
current: number | null, rows: Array<QueueRow>, };

export type PlayerStatus = "stopped" | "playing" | "paused";

export type RepeatMode = "off" | "all" | "one";

export type SeedRef = { "of": "track", id: number, } | { "of": "album", id: number, } | { "of": "artist", name: string, } | { "of": "genre", name: string, } | { "of": "tag", name: string, } | { "of": "playlist", id: number, } | { "of": "words", text: string, };

export type StationRequest = { seeds: Array<SeedRef>, 
/**
 * What the station keeps away from.
 */
less: Array<SeedRef>, 
/**
 * 0 familiar .. 1 new; `null` for the middle.
 */
discovery: number | null, 
/**
 * By which side of music it shall be nearer to its seeds than by the others.
 */
more: Facet | null, };

export type SeedRow = { seed: SeedRef, name: string, 
/**
 * Beside its name. Older stations kept the words, as `detail`.
 */
about: SeedDetail, 
/**
 * The track whose cover stands for it.
 */
cover_track: number | null, };

export type WishRow = { wanted: Array<WishPart>, unwanted: Array<WishPart>, 
/**
 * Words that mean nothing to Segue.
 */
unknown: Array<UnknownWord>, };

export type SeedDetail = { "is": "by", artists: Array<string>, } | { "is": "songs", count: number, } | { "is": "understood", wanted: Array<WishTerm>, unwanted: Array<WishTerm>, 
/**
 * What was not. Older stations did not keep it.
 */
unknown: Array<UnknownWord>, } | { "is": "told", text: string, };

export type SeedName = { "is": "song", title: string, } | { "is": "album", title: string, } | { "is": "artist", name: string, } | { "is": "genre", name: string, } | { "is": "tag", name: string, } | { "is": "playlist", name: string, } | { "is": "words", text: string, };

export type StationTitle = { "is": "liked", less: Array<SeedName>, } | { "is": "around", seeds: Array<SeedName>, less: Array<SeedName>, } | { "is": "gone", less: Array<SeedName>, } | { "is": "told", text: string, };

export type Station = { 
/**
 * What it grew from. Older stations kept the words, as `name`.
 */
title: StationTitle, seeds: Array<SeedRow>, less: Array<SeedRow>, 
/**
 * 0 familiar .. 1 new.
 */
discovery: number, 
/**
 * By which side of music it is nearer to its seeds than by the others.
 */
more: Facet | null, };

export type Mood = "calm" | "happy" | "energetic" | "melancholy" | "dark" | "dreamy" | "party" | "focus";

export type MixKind = { "is": "for-you" } | { "is": "discover" } | { "is": "rediscover" } | { "is": "on-repeat" } | { "is": "deep-cuts" } | { "is": "daily", number: number, } | { "is": "mood", mood: Mood, } | { "is": "decade", decade: number, } | { "is": "time-travel", year: number, } | { "is": "on-this-day" } | { "is": "random-album" };

export type MixContent = { "is": "liked" } | { "is": "first-look" } | { "is": "unheard" } | { "is": "deep-cuts" } | { "is": "long-unheard" } | { "is": "on-repeat" } | { "is": "alike", tags: Array<string>, artists: Array<string>, } | { "is": "mood", mood: Mood, } | { "is": "decade", songs: number, decade: number, } | { "is": "played-in", year: number, } | { "is": "on-this-day" } | { "is": "album", title: string, artist: string | null, };

export type MixRow = { 
/**
 * `for-you`, `daily:2`, `decade:1990` …
 */
id: string, 
/**
 * `for-you`, `daily`, `decade` …
 */
kind: string, 
/**
 * What it is called after.
 */
title: MixKind, 
/**
 * What it is made of.
 */
content: MixContent, 
/**
 * Up to four tracks whose covers stand for it.
 */
cover_tracks: Array<number>, };

export type MixFound = { mix: MixRow, tracks: Array<PickRow>, };

export type PlaylistSource = { "of": "tracks", ids: Array<number>, } | { "of": "search", query: SongsQuery, 
/**
 * The first of them alone.
 */
limit: SongsLimit | null, } | { "of": "mix", id: string, count: number, } | { "of": "station", request: StationRequest, count: number, } | { "of": "path", from: number, to: number, count: number, } | { "of": "queue" };

export type PlaylistOrigin = { "is": "search", text: string, 
/**
 * The album's title.
 */
album: string | null, sort: SongSort, descending: boolean, limit: SongsLimit | null, } | { "is": "chosen" } | { "is": "mix", mix: MixKind, } | { "is": "station", title: StationTitle, } | { "is": "path" };

export type PlaylistRow = { id: number, name: string, 
/**
 * Made anew each day from its source, instead of staying as it is.
 */
living: boolean, 
/**
 * What a living one is made from; `null` where that cannot be told any more.
 */
origin: PlaylistOrigin | null, tracks: number, 
/**
 * Of these, songs that are not here now: out of the library, or their files away. Their places are kept.
 */
missing: number, duration_s: number, cover_tracks: Array<number>, changed_at: string, };

export type PlaylistEntryRow = { 
/**
 * Names this place, not the track.
 */
entry: number, 
/**
 * Of a song that is not in the library: what was known of it, with `id` 0.
 */
track: TrackRow, reasons: Array<ReasonRow>, };

export type PlaylistPage = { playlist: PlaylistRow, offset: number, rows: Array<PlaylistEntryRow>, };

export type DjMode = "nearest" | "same-artist" | "bridge";

export type QueueEditKind = "replaced" | "cleared" | "removed" | "moved" | "added" | "shuffled";

export type QueueEdit = { 
/**
 * Grows with each edit while the program runs: a number not seen before is a new edit.
 */
number: number, kind: QueueEditKind, 
/**
 * How many songs it replaced, took out, moved, added or shuffled.
 */
songs: number, };

export type GainSource = "off" | "track" | "album" | "fallback";

export type Gain = { 
/**
 * In decibels.
 */
db: number, 
/**
 * What it was made of.
 */
source: GainSource, 
/**
 * Whether it is less than what was wanted, so that no peak goes above [`CEILING_DBTP`].
 */
held_back: boolean, };

export type SourceFormat = { 
/**
 * `flac`, `mp3` …
 */
codec: string, 
/**
 * Samples per second.
 */
sample_rate_hz: number, 
/**
 * Bits per sample, where the codec knows such a thing.
 */
bits: number | null, 
/**
 * Samples per frame.
 */
channels: number, 
/**
 * Whether the samples are those that were encoded.
 */
lossless: boolean, };

export type OutputFormat = { 
/**
 * What the system calls it.
 */
name: string | null, 
/**
 * Samples per second.
 */
sample_rate_hz: number, 
/**
 * Bits per sample; none: floating point, which holds 24.
 */
bits: number | null, 
/**
 * Whether the system mixes other sounds in, or may change what it is given.
 */
shared: boolean, };

export type SignalStep = { "step": "downmix", 
/**
 * So many.
 */
channels: number, } | { "step": "gain", 
/**
 * By so much.
 */
gain: Gain, } | { "step": "resample", 
/**
 * The file's.
 */
from_hz: number, 
/**
 * The output's.
 */
to_hz: number, } | { "step": "crossfade" } | { "step": "volume", 
/**
 * In decibels; none: silence.
 */
db: number | null, } | { "step": "equalizer", 
/**
 * So many bands that lift or lower.
 */
bands: number, 
/**
 * Decibels for all frequencies.
 */
preamp_db: number, } | { "step": "limiter" } | { "step": "dither", 
/**
 * To so many bits.
 */
bits: number, };

export type SignalPath = { 
/**
 * What the file holds.
 */
source: SourceFormat, 
/**
 * What is done to it.
 */
steps: Array<SignalStep>, 
/**
 * What the output gets.
 */
output: OutputFormat, 
/**
 * Whether the output gets every bit of the file and no other.
 */
bit_perfect: boolean, };

export type StopAfter = "song" | "album";

export type LoopStretch = { from_s: number, to_s: number, };

export type PlayerState = { status: PlayerStatus, current: QueueRow | null, position_s: number, duration_s: number, 
/**
 * 0..1, as the slider shows it.
 */
volume: number, 
/**
 * What the song's samples are multiplied by, so that it is as loud as the others.
 */
gain: Gain, 
/**
 * The way of the sound; `null` while nothing sounds.
 */
signal: SignalPath | null, repeat: RepeatMode, shuffle: boolean, 
/**
 * After what it stops; `null`: it plays on.
 */
stop_after: StopAfter | null, 
/**
 * Seconds until it pauses by itself; `null`: it does not.
 */
sleeps_in_s: number | null, 
/**
 * What is played round and round of the song; `null`: all of it, once.
 */
stretch: LoopStretch | null, station: Station | null, dj: DjMode | null, 
/**
 * A guest session: what is played teaches nothing.
 */
guest: boolean, 
/**
 * Changes whenever the queue does.
 */
queue_revision: number, 
/**
 * What `undo` would take back; `null` if there is nothing.
 */
undo: QueueEdit | null, 
/**
 * What `redo` would do again.
 */
redo: QueueEdit | null, 
/**
 * Why there is no sound, if there is none.
 */
output_error: OutputFault | null, 
/**
 * How often, since the start, sound was not ready in time.
 */
underruns: number, };

export type PlayerCommand = { "do": "play" } | { "do": "pause" } | { "do": "toggle" } | { "do": "next" } | { "do": "previous" } | { "do": "seek", position_s: number, } | { "do": "volume", volume: number, } | { "do": "repeat", mode: RepeatMode, } | { "do": "shuffle", on: boolean, } | { "do": "stop-after", what: StopAfter | null, } | { "do": "sleep", minutes: number | null, } | { "do": "loop", stretch: LoopStretch | null, } | { "do": "jump", entry: number, } | { "do": "remove", entry: number, } | { "do": "move", entry: number, index: number, } | { "do": "clear" } | { "do": "undo" } | { "do": "redo" } | { "do": "dj", mode: DjMode | null, } | { "do": "guest", on: boolean, };

export type EnqueueAt = "next" | "last";

export type LoudnessMode = "off" | "track" | "album" | "auto";

export type LoudnessSettings = { 
/**
 * Whose loudness decides.
 */
mode: LoudnessMode, 
/**
 * Decibels on top, for tracks whose loudness is known.
 */
preamp_db: number, 
/**
 * The gain of tracks whose loudness is not known.
 */
fallback_db: number, };

export type Crossfade = { "mode": "off" } | { "mode": "fixed", 
/**
 * In seconds.
 */
seconds: number, } | { "mode": "auto" };

export type BandShape = "peaking" | "low-shelf" | "high-shelf";

export type EqualizerBand = { 
/**
 * What it does.
 */
shape: BandShape, 
/**
 * Where: the middle of its slope, for shelves.
 */
hz: number, 
/**
 * By how much.
 */
gain_db: number, 
/**
 * How narrow, or, for shelves, how steep.
 */
q: number, };

export type Equalizer = { 
/**
 * Decibels for all frequencies.
 */
preamp_db: number, 
/**
 * At most [`BANDS_MAX`](Self::BANDS_MAX).
 */
bands: Array<EqualizerBand>, };

export type EqualizerPreset = "flat" | "acoustic" | "bass-boost" | "bass-cut" | "classical" | "dance" | "electronic" | "hip-hop" | "jazz" | "latin" | "loudness" | "pop" | "rock" | "small-speakers" | "spoken-word" | "treble-boost" | "treble-cut" | "vocal";

export type EqualizerSetting = { 
/**
 * Off, its curve is kept.
 */
on: boolean, 
/**
 * What it was chosen as; `null` for a curve of the listener's.
 */
preset: EqualizerPreset | null, equalizer: Equalizer, };

export type EqualizerChange = { "set": "off" } | { "set": "on" } | { "set": "preset", preset: EqualizerPreset, } | { "set": "curve", equalizer: Equalizer, };

export type SoundPage = { loudness: LoudnessSettings, crossfade: Crossfade, 
/**
 * What the system calls the output that the equaliser is of; `null`: all that have none of their own.
 */
output: string | null, equalizer: EqualizerSetting, };

export type ChosenDevice = { 
/**
 * The system's name of it, the same when it is plugged in again.
 */
id: string, 
/**
 * What people call it, to be told where it is not there.
 */
name: string, };

export type WhenLost = "pause" | "default";

export type OutputSettings = { 
/**
 * The card; none is the system's default, whichever that is.
 */
device: ChosenDevice | null, 
/**
 * What becomes of the sound when its card is gone.
 */
when_lost: WhenLost, 
/**
 * Whether the card is opened anew, at the file's rate, where files of unlike rates follow each other.
 */
match_rate: boolean, };

export type OutputDeviceRow = { 
/**
 * The system's name of it.
 */
id: string, name: string, 
/**
 * Where the system plays if nobody chooses.
 */
is_default: boolean, 
/**
 * Whether the listener chose it.
 */
chosen: boolean, };

export type OutputPage = { devices: Array<OutputDeviceRow>, settings: OutputSettings, 
/**
 * The card that plays now; `null` where none is open.
 */
in_use: string | null, 
/**
 * Frames per second that it is given.
 */
rate_hz: number | null, };

export type JobKind = "scan" | "analysis" | "closely";

export type JobStage = "listening" | "measuring" | "closely";

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
problem: Problem | null, };

export type CloselyWaits = "battery" | "busy";

export type CloselyStatus = { 
/**
 * Whether it is to listen.
 */
on: boolean, 
/**
 * Its id.
 */
model: string, 
/**
 * Whether radio, likeness and heard tags go by its vectors.
 */
serving: boolean, 
/**
 * Recordings that it heard.
 */
heard: number, 
/**
 * Recordings at hand that the quick one has heard, and it has neither heard nor refused.
 */
to_hear: number, 
/**
 * Seconds of listening left, by what the others took; `null` before the first.
 */
left_s: number | null, 
/**
 * Why it does not listen now, though it should.
 */
waits: CloselyWaits | null, 
/**
 * Why it cannot listen.
 */
problem: Problem | null, };

export type FailureRow = { path: string, why: FileFault, };

export type FeedbackKind = "not-now" | "never" | "wrong-after" | "less" | "more";

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
earlier: TrackRow | null, 
/**
 * Of *less* and *more*: what was turned, and the name to turn it by.
 */
turned: TermName | null, term: string | null, };

export type LeaningRow = { name: string, 
/**
 * Log odds of being listened to, against the average recording.
 */
weight: number, 
/**
 * Standard deviation of `weight`, all else being as it is: the least that it can be.
 */
deviation: number, 
/**
 * Times listened to.
 */
plays: number, 
/**
 * Names it, to be turned with.
 */
term: string, 
/**
 * How often it was turned up less how often down.
 */
turned: number, };

export type InterestName = { "is": "tags", names: Array<string>, } | { "is": "artists", names: Array<string>, } | { "is": "song", title: string, };

export type InterestRow = { 
/**
 * From 1; the daily mix of this number is made from it.
 */
number: number, title: InterestName, 
/**
 * Share of what is liked, in 0..1.
 */
share: number, tags: Array<string>, artists: Array<string>, 
/**
 * Songs that stand for it, the best liked first.
 */
examples: Array<TrackRow>, 
/**
 * Share of its plays by hour on the listener's clock, `[24]`.
 */
hours: Array<number>, term: string, turned: number, };

export type TastePart = "sound" | "corners" | "hours" | "followed";

export type TastePartRow = { part: TastePart, kept: boolean, 
/**
 * Nats per held-out play that it wins; negative where it loses. `null` without enough plays to tell.
 */
gain: number | null, };

export type ForetoldRow = { plays: number, 
/**
 * Area under the ROC curve; 0.5 is chance.
 */
auc: number, 
/**
 * Mean logarithmic loss in nats, and that of foretelling without taste.
 */
log_loss: number, log_loss_baseline: number, 
/**
 * Mean distance between foretold and found shares.
 */
calibration_error: number, };

export type ForgottenRow = { id: number, 
/**
 * When it was said.
 */
at: string, 
/**
 * `null` for everything before `at`.
 */
since: string | null, 
/**
 * Plays that lie in it.
 */
plays: number, };

export type TastePage = { 
/**
 * Plays in the log.
 */
plays: number, 
/**
 * Those of them that taught: of music that is here, by no guest, not forgotten.
 */
taught: number, first_play: string | null, version: string, 
/**
 * How much of itself the taste brings into a ranking, in 0..1.
 */
voice: number, foretold: ForetoldRow | null, parts: Array<TastePartRow>, interests: Array<InterestRow>, liked_artists: Array<LeaningRow>, disliked_artists: Array<LeaningRow>, liked_genres: Array<LeaningRow>, disliked_genres: Array<LeaningRow>, liked_tags: Array<LeaningRow>, disliked_tags: Array<LeaningRow>, liked_albums: Array<LeaningRow>, 
/**
 * Share of all listening by hour on the listener's clock, `[24]`.
 */
hours: Array<number>, 
/**
 * What was turned by hand and holds, the latest first.
 */
turned: Array<FeedbackRow>, forgotten: Array<ForgottenRow>, 
/**
 * Plays of guest sessions, which taught nothing.
 */
guest_plays: number, };

export type RootRow = { path: string, 
/**
 * False while the folder is not there: its tracks are kept.
 */
online: boolean, tracks: number, };

export type LibraryStatus = { version: string, roots: Array<RootRow>, tracks: number, 
/**
 * Songs whose files were deleted: in no list, and kept until they are forgotten (`forget_missing`).
 */
missing: number, albums: number, 
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
model: string | null, model_error: Problem | null, 
/**
 * After a switch the model whose fingerprints serve until the current one has heard the library; else `null`.
 */
serving: string | null, 
/**
 * Songs that the current model must hear until then.
 */
to_hear: number, 
/**
 * Where its network runs, once it was opened.
 */
provider: ProviderName | null, 
/**
 * The fine model; `null` where none came with Segue.
 */
closely: CloselyStatus | null, jobs: Array<JobProgress>, 
/**
 * Whether to offer the first choice among a dozen songs: enough was heard, nothing was played, nothing was chosen.
 */
first_choice: boolean, 
/**
 * Changes whenever songs, albums or folders do.
 */
revision: number, };

export type ProviderName = "auto" | "cpu" | "cuda" | "directml" | "coreml";

export type CommandError = { code: ErrorCodeName, problem: Problem, };

export type ErrorCodeName = "not-found" | "unplayable" | "no-device" | "no-model" | "database" | "invalid" | "other";

export type Problem = { "is": "library", error: LibraryError, } | { "is": "analysis", error: AnalysisError, } | { "is": "output", error: OutputFault, } | { "is": "unplayable", path: string, why: FileFault, } | { "is": "nothing-sounded", wav: string | null, first: FailureRow | null, } | { "is": "not-installed", what: string, looked: Array<string>, } | { "is": "bad-query", text: string, fault: QueryFault, } | { "is": "no-such-track", track: string, } | { "is": "no-such-playlist", playlist: string, } | { "is": "file", attempt: FileAttempt, path: string, detail: string, } | { "is": "exchange", action: string, path: string, reason: string, } | { "is": "no-thread", detail: string, } | { "is": "player-ended" } | { "is": "no-home-folder" } | { "is": "not-serialized", detail: string, } | { "is": "no-program", detail: string, } | { "is": "database-not-whole", detail: string, } | { "is": "window-plays-no-file" } | { "is": "no-such-root", path: string, } | { "is": "no-such-play-source", source_name: string, } | { "is": "too-late-to-undo" } | { "is": "not-played-as-shown" } | { "is": "not-an-instant", text: string, detail: string, } | { "is": "no-artist", path: string, } | { "is": "feedback-not-of-a-song" } | { "is": "same-recording" } | { "is": "no-such-feedback", id: number, } | { "is": "nothing-analyzed" } | { "is": "not-analyzed", path: string, } | { "is": "mix-too-small", mix: string, } | { "is": "no-such-mix", mix: string, } | { "is": "discovery-range" } | { "is": "no-such-album", title: string, } | { "is": "no-such-seed", kind: SeedKind, name: string, } | { "is": "no-known-words", text: string, } | { "is": "empty-station" } | { "is": "nothing-to-play" } | { "is": "songs-gone" } | { "is": "shipped-model-name", model: string, } | { "is": "model-name-taken", model: string, } | { "is": "model-shipped", model: string, } | { "is": "no-fine-model" } | { "is": "model-current", model: string, } | { "is": "model-serving", model: string, } | { "is": "no-such-model", model: string, } | { "is": "no-such-output", name: string, } | { "is": "trial-refused", said: string, } | { "is": "trial-failed" } | { "is": "trial-crashed", status: string, said: string | null, } | { "is": "trial-timeout", limit_s: number, } | { "is": "source-never-changes" } | { "is": "no-deleted-playlist", playlist: string, } | { "is": "playlist-changed-since" } | { "is": "playlist-fixed", playlist: string, } | { "is": "playlist-renewed", playlist: string, } | { "is": "album-gone" } | { "is": "no-queue" } | { "is": "no-playlist-name" } | { "is": "ambiguous-playlist", name: string, ids: Array<number>, } | { "is": "playlist-source-unreadable", playlist: string, detail: string, } | { "is": "play-length", listened_s: number, } | { "is": "future-play" } | { "is": "plays-not-written", detail: string, } | { "is": "plays-format", format: string, } | { "is": "negative-stretch" } | { "is": "too-few-plays", least: number, } | { "is": "not-a-term", term: string, } | { "is": "not-a-decade", year: number, } | { "is": "no-such-reason-kind", kind: string, } | { "is": "term-not-in-library", term: string, } | { "is": "forget-future" } | { "is": "learned-again" } | { "is": "no-such-forgotten", id: number, };

export type FileAttempt = "read-folder" | "make-folder" | "find" | "write" | "remove" | "start" | "keep-model";

export type SeedKind = "album" | "artist" | "genre" | "tag";

export type FileFault = { "is": "not-found" } | { "is": "folder" } | { "is": "unreadable", 
/**
 * What the system said.
 */
detail: string, } | { "is": "empty" } | { "is": "no-audio" } | { "is": "no-sound-track" } | { "is": "video" } | { "is": "cut-off" } | { "is": "no-packet-table" } | { "is": "truncated" } | { "is": "not-playable", 
/**
 * The format.
 */
format: UnplayableFormat, } | { "is": "unknown-format" } | { "is": "implausible", 
/**
 * Channels stated.
 */
channels: number, 
/**
 * Rate stated.
 */
rate_hz: number, } | { "is": "not-resampled", 
/**
 * The rate that was wanted.
 */
to_hz: number, 
/**
 * What the resampler said.
 */
detail: string, } | { "is": "unsupported", 
/**
 * What the reader said.
 */
detail: string, } | { "is": "damaged", 
/**
 * What was found.
 */
damage: Damage, } | { "is": "panicked", 
/**
 * The panic's message.
 */
detail: string, } | { "is": "hidden", 
/**
 * Whether it is a folder with music in it.
 */
folder: boolean, } | { "is": "name-not-unicode" } | { "is": "tags-lost", 
/**
 * Which ones; not all of very many.
 */
lost: Array<LostTag>, } | { "is": "he-aac", 
/**
 * The core's rate.
 */
core_hz: number, } | { "is": "sheet", 
/**
 * What does not.
 */
why: SheetFault, } | { "is": "silent" } | { "is": "network", 
/**
 * What ONNX Runtime said.
 */
detail: string, } | { "is": "loudness", 
/**
 * What the meter said.
 */
detail: string, } | { "is": "no-vector", 
/**
 * Why it is none.
 */
detail: string, } | { "is": "told", 
/**
 * Its sentence.
 */
text: string, };

export type UnplayableFormat = { "is": "named", 
/**
 * Its name.
 */
name: string, } | { "is": "in-container", 
/**
 * The format.
 */
name: string, 
/**
 * The container.
 */
container: string, } | { "is": "channels", 
/**
 * The format.
 */
name: string, 
/**
 * How many.
 */
channels: number, } | { "is": "subtype", 
/**
 * The format.
 */
name: string, 
/**
 * The type, as the format numbers or names it.
 */
subtype: string, };

export type Damage = { "is": "ends-early" } | { "is": "nothing-decodes", 
/**
 * How many were tried.
 */
packets: number, } | { "is": "bad-packets", 
/**
 * How many.
 */
packets: number, } | { "is": "sound-track-lost" } | { "is": "more-packets-than-bytes" } | { "is": "no-more-packets" } | { "is": "circles" } | { "is": "said", 
/**
 * The reader's words.
 */
detail: string, };

export type LostTag = { 
/**
 * What the format calls it; `None` where that cannot be read either.
 */
name: string | null, 
/**
 * Why, where that is known.
 */
why: TagFault | null, };

export type SheetFault = { "is": "file-missing", 
/**
 * The name, as it is written in the sheet.
 */
name: string, } | { "is": "disc-image", 
/**
 * The name, as it is written in the sheet.
 */
name: string, } | { "is": "beyond-end", 
/**
 * The track's number.
 */
number: number, };

export type TagFault = "encrypted" | "too-short" | "too-long" | "compressed" | "encoding" | "no-picture" | "length";

export type OutputFault = { "is": "no-device" } | { "is": "not-there", 
/**
 * What people call it.
 */
device: string, } | { "is": "not-opened", 
/**
 * What the system said.
 */
detail: string, } | { "is": "lost", 
/**
 * What the system said.
 */
detail: string, } | { "is": "stalled" } | { "is": "file", 
/**
 * The file.
 */
path: string, 
/**
 * What the system said.
 */
detail: string, } | { "is": "no-thread", 
/**
 * What the system said.
 */
detail: string, } | { "is": "panicked" };

export type QueryFault = { 
/**
 * The first character of what is wrong.
 */
from: number, 
/**
 * The character behind it.
 */
to: number, 
/**
 * What it is.
 */
kind: QueryFaultKind, };

export type QueryFaultKind = { "is": "unknown-field", name: string, meant: string, } | { "is": "not-a-number", field: string, text: string, } | { "is": "not-a-date", field: string, text: string, } | { "is": "not-a-key", text: string, } | { "is": "unknown-flag", field: string, text: string, known: Array<string>, } | { "is": "empty-range", text: string, } | { "is": "unopened" } | { "is": "too-much" };

export type LibraryError = { "is": "folder", 
/**
 * The folder as it was given.
 */
path: string, 
/**
 * Why not.
 */
why: FolderFault, } | { "is": "data-dir", 
/**
 * What was attempted.
 */
action: LibraryAction, 
/**
 * The folder or the file in it.
 */
path: string, 
/**
 * Why not.
 */
why: DataDirFault, } | { "is": "newer", 
/**
 * The database.
 */
path: string, 
/**
 * Its version.
 */
found: number, 
/**
 * The newest version known here.
 */
known: number, } | { "is": "damaged", 
/**
 * The database.
 */
path: string, 
/**
 * What SQLite said; `None` where the file is none of SQLite's.
 */
detail: string | null, } | { "is": "database", 
/**
 * What was attempted.
 */
action: LibraryAction, 
/**
 * What SQLite said.
 */
detail: string, } | { "is": "value", 
/**
 * Which value.
 */
what: string, 
/**
 * Why not.
 */
detail: string, } | { "is": "watch", 
/**
 * The folder.
 */
path: string, 
/**
 * What the system said.
 */
detail: string, };

export type FolderFault = { "is": "unreadable", 
/**
 * What the system said.
 */
detail: string, } | { "is": "not-a-folder" } | { "is": "name-not-unicode" } | { "is": "hidden", 
/**
 * The folder of the library.
 */
root: string, };

export type DataDirFault = { "is": "unwritable", 
/**
 * What the system said.
 */
detail: string, } | { "is": "disk-full", 
/**
 * What SQLite said.
 */
detail: string, } | { "is": "read-only", 
/**
 * What SQLite said.
 */
detail: string, } | { "is": "no-new-files", 
/**
 * What SQLite said.
 */
detail: string, } | { "is": "disk-failed", 
/**
 * What SQLite said.
 */
detail: string, } | { "is": "write-protected" } | { "is": "taken-away" } | { "is": "opened-read-only", 
/**
 * Why it could not be opened for writing.
 */
cause: LibraryError, };

export type LibraryAction = "open-database" | "check-database" | "read-revision" | "add-folders" | "remove-folder" | "read-folders" | "save-scan" | "read-failures" | "read-tracks" | "forget-missing" | "read-albums" | "find-cover" | "recognize-song" | "read-plays" | "save-plays" | "match-plays" | "read-counts" | "save-counts" | "read-ratings" | "save-rating" | "read-feedback" | "save-feedback" | "undo-feedback" | "read-forgotten" | "forget-learned" | "learn-again" | "read-analyses" | "save-analyses" | "forget-analyses" | "read-measures" | "save-measures" | "forget-measures" | "read-playlists" | "save-playlist" | "change-playlist" | "delete-playlist" | "restore-playlist" | "match-playlists" | "read-queue" | "save-queue" | "read-settings" | "save-settings";

export type AnalysisError = { "is": "runtime-missing", 
/**
 * Where it was looked for.
 */
path: string, } | { "is": "runtime-refused", 
/**
 * The library.
 */
path: string, 
/**
 * What is wrong with it.
 */
why: RuntimeFault, } | { "is": "runtime-uploads", 
/**
 * The file that carries it.
 */
path: string, 
/**
 * What gave it away.
 */
mark: string, } | { "is": "model-missing", 
/**
 * The file.
 */
path: string, 
/**
 * What the system said.
 */
detail: string, } | { "is": "model-write", 
/**
 * The file.
 */
path: string, 
/**
 * What the system said.
 */
detail: string, } | { "is": "model-refused", 
/**
 * The file.
 */
path: string, 
/**
 * What is wrong with it.
 */
why: ModelFault, } | { "is": "provider", 
/**
 * Its name.
 */
provider: string, 
/**
 * What ONNX Runtime said.
 */
detail: string, };

export type RuntimeFault = { "is": "another-loaded", 
/**
 * The other.
 */
path: string, } | { "is": "unknown" } | { "is": "unreadable", 
/**
 * What the system said.
 */
detail: string, } | { "is": "said", 
/**
 * Its words.
 */
detail: string, };

export type ModelFault = { "is": "no-hash", 
/**
 * The file.
 */
name: string, } | { "is": "other-hash", 
/**
 * Its own.
 */
found: string, 
/**
 * The manifest's.
 */
expected: string, } | { "is": "not-in-manifest", 
/**
 * Its key in the manifest.
 */
key: string, } | { "is": "not-text" } | { "is": "other-weights", 
/**
 * The file that it wants.
 */
wanted: string, 
/**
 * The file that the manifest names.
 */
named: string | null, } | { "is": "too-large", 
/**
 * What is read.
 */
max_bytes: number, } | { "is": "not-probabilities" } | { "is": "said", 
/**
 * The reader's words.
 */
detail: string, };

export type Notice = { "is": "polling" } | { "is": "changes-not-taken-up", problem: Problem, } | { "is": "play-not-logged", problem: Problem, } | { "is": "queue-not-kept", problem: Problem, } | { "is": "file-incomplete", name: string, why: FileFault, } | { "is": "file-passed-over", name: string, why: FileFault, } | { "is": "radio-ends", problem: Problem, } | { "is": "dj-stops", problem: Problem, } | { "is": "folder-not-added", problem: Problem, } | { "is": "still-starting" };

export type AppEvent = { "event": "player", state: PlayerState, } | { "event": "position", entry: number, position_s: number, } | { "event": "library", revision: number, } | { "event": "playlists" } | { "event": "taste" } | { "event": "job", progress: JobProgress, } | { "event": "notice", notice: Notice, };
