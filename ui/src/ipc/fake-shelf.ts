// The fake twin's library behind its calls: folders, long work on them, songs and albums in order.
import type { Backend, JobKind, JobProgress, LibraryStatus, RootRow, SongsQuery, TrackRow } from "./backend";
import { cut, find, findAlbums, outline } from "./fake-answers";
import { fakeCover } from "./fake-covers";
import type { FakeLibrary } from "./fake-library";
import { refusal, type World } from "./fake-world";

type Calls = Pick<
  Backend,
  | "status"
  | "chooseFolder"
  | "addFolder"
  | "removeFolder"
  | "rescan"
  | "forgetMissing"
  | "failures"
  | "songs"
  | "albums"
  | "albumOf"
  | "waveform"
  | "playSongs"
  | "playTracks"
  | "enqueue"
  | "rate"
  | "job"
  | "coverUrl"
>;

export class FakeShelf {
  /** What was read so far. */
  shown: FakeLibrary;
  #roots: RootRow[];
  #revision = 1;
  #analyzed: number;
  #missing: number;
  #jobs: Record<JobKind, JobProgress>;
  #sorted: { key: string; rows: TrackRow[] } | null = null;

  constructor(
    private whole: FakeLibrary,
    private empty: boolean,
  ) {
    const size = whole.tracks.length;
    this.shown = empty ? { tracks: [], albums: [], albumOf: new Map() } : whole;
    this.#roots = empty
      ? []
      : [
          { path: "/home/mila/Music", online: true, tracks: Math.floor(size * 0.9) },
          { path: "/media/mila/Archive", online: false, tracks: Math.ceil(size * 0.1) },
        ];
    this.#analyzed = empty ? 0 : Math.floor(size * 0.74);
    this.#missing = empty ? 0 : 3;
    this.#jobs = {
      scan: progress("scan", "idle", 0, 0),
      analysis: progress("analysis", empty ? "idle" : "running", this.#analyzed, empty ? 0 : size),
    };
  }

  pass(seconds: number, tell: World["tell"]): void {
    const size = this.whole.tracks.length;
    const { scan, analysis } = this.#jobs;
    if (scan.status === "running") {
      scan.done = Math.min(size, scan.done + Math.ceil(seconds * 900));
      scan.current = this.whole.tracks[scan.done - 1]?.path ?? null;
      this.shown = cut(this.whole, scan.done);
      if (scan.done >= size) Object.assign(scan, { status: "idle", current: null });
      this.#roots = this.#roots.map((root, i) => (i === 0 ? { ...root, tracks: scan.done } : root));
      tell({ event: "job", progress: scan });
      tell({ event: "library", revision: ++this.#revision });
      if (scan.done >= size) Object.assign(analysis, progress("analysis", "running", 0, size));
    }
    if (analysis.status === "running") {
      this.#analyzed = analysis.done = Math.min(size, analysis.done + Math.ceil(seconds * 4));
      analysis.left_s = (size - this.#analyzed) / 4;
      if (this.#analyzed >= size) analysis.status = "idle";
      tell({ event: "job", progress: analysis });
    }
  }

  calls({ answer, tell, track, known, player }: World, firstChoice: () => boolean): Calls {
    const changed = () => tell({ event: "library", revision: ++this.#revision });
    return {
      status: () => answer("status", () => this.#status(firstChoice())),
      chooseFolder: () => answer("choose_folder", () => "/home/mila/Vinyl rips"),
      addFolder: (path) =>
        answer("add_folder", () => {
          if (!/^(\/|[A-Z]:\\)/.test(path)) throw refusal("not-found", `${path} is not a folder`);
          if (this.#roots.some((root) => root.path === path))
            throw refusal("invalid", `${path} is in the library already`);
          this.#roots = [...this.#roots, { path, online: true, tracks: 0 }];
          if (this.shown.tracks.length === 0) this.#scan();
          changed();
        }),
      removeFolder: (path) =>
        answer("remove_folder", () => {
          this.#roots = this.#roots.filter((root) => root.path !== path);
          if (this.#roots.length === 0) this.shown = cut(this.whole, 0);
          changed();
        }),
      rescan: () => answer("rescan", () => this.#scan()),
      forgetMissing: () =>
        answer("forget_missing", () => {
          const forgotten = this.#missing;
          this.#missing = 0;
          changed();
          return forgotten;
        }),
      failures: () =>
        answer("failures", () => [
          {
            path: "/home/mila/Music/Lumen Choir/Signal/07 Static.flac",
            reason: "the FLAC stream ends after 12 of 41 MB",
          },
          { path: "/home/mila/Music/new/track (3).m4a", reason: "protected by DRM" },
        ]),
      songs: (query, offset, limit) =>
        answer("songs", () => {
          const rows = this.#list(query);
          return { total: rows.length, offset, rows: rows.slice(offset, offset + limit) };
        }),
      albums: (query, offset, limit) =>
        answer("albums", () => {
          const rows = findAlbums(this.shown, query);
          return { total: rows.length, offset, rows: rows.slice(offset, offset + limit) };
        }),
      albumOf: (id) =>
        answer("album_of", () => {
          const album = this.whole.albumOf.get(id);
          return this.shown.albums.find(({ id }) => id === album?.id) ?? null;
        }),
      waveform: (id) => answer("waveform", () => (track(id)?.loudness_lufs == null ? null : outline(id))),
      playSongs: (query, index, source) =>
        answer("play_songs", () => {
          const rows = this.#list(query).map((row) => player.row(row, source));
          player.play(rows, index, null, source === "shuffle");
        }),
      playTracks: (ids, source) =>
        answer("play_tracks", () => {
          const rows = known(ids).map((row) => player.row(row, source));
          player.play(rows, 0);
        }),
      enqueue: (ids, at) =>
        answer("enqueue", () => {
          const rows = known(ids).map((row) => player.row(row, "queue"));
          player.insert(rows, at);
        }),
      rate: (id, rating) =>
        answer("rate", () => {
          const row = track(id);
          if (row) row.rating = rating;
          changed();
          tell({ event: "taste" });
        }),
      job: (job, action) =>
        answer("job", () => {
          const work = this.#jobs[job];
          work.status = action === "pause" ? "paused" : action === "resume" ? "running" : "idle";
          tell({ event: "job", progress: work });
        }),
      coverUrl: (id) => fakeCover(this.whole.albumOf.get(id)?.id ?? id),
    };
  }

  #scan(): void {
    Object.assign(this.#jobs.scan, progress("scan", "running", 0, this.whole.tracks.length));
  }

  #list(query: SongsQuery): TrackRow[] {
    const key = JSON.stringify([query, this.#revision]);
    if (this.#sorted?.key !== key) this.#sorted = { key, rows: find(this.shown, query) };
    return this.#sorted.rows;
  }

  #status(first_choice: boolean): LibraryStatus {
    return {
      version: "0.1.0",
      roots: this.#roots,
      tracks: this.shown.tracks.length,
      missing: this.#missing,
      albums: this.shown.albums.length,
      analyzed: this.#analyzed,
      failures: this.empty ? 0 : 2,
      suggested_folder: "/home/mila/Music",
      demo_folder: "/usr/share/segue/demo",
      model: "segue-audio@3f1c09ab72de",
      model_error: null,
      serving: null,
      to_hear: 0,
      provider: "CPU",
      jobs: Object.values(this.#jobs),
      first_choice,
      revision: this.#revision,
    };
  }
}

function progress(job: JobKind, status: JobProgress["status"], done: number, total: number): JobProgress {
  return {
    job,
    status,
    stage: job === "analysis" && status === "running" ? "listening" : null,
    done,
    total,
    failures: 0,
    current: null,
    left_s: total > done ? (total - done) / 4 : null,
    message: null,
  };
}
