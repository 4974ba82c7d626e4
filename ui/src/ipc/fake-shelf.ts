// The fake twin's library behind its calls: folders, long work on them, songs and albums in order.
import type {
  Backend,
  CloselyStatus,
  JobKind,
  JobProgress,
  LibraryStatus,
  RootRow,
  SongsQuery,
  TrackRow,
} from "./backend";
import { cut, find, findAlbums, meant, waveform } from "./fake-answers";
import { fakeCover } from "./fake-covers";
import type { FakeLibrary } from "./fake-library";
import { found, invalid, noFolder, noSong, some, type World } from "./fake-world";

type Calls = Pick<
  Backend,
  | "status"
  | "chooseFolder"
  | "addFolder"
  | "removeFolder"
  | "rescan"
  | "forgetMissing"
  | "setClosely"
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
  /** Where the library is still being analysed there is a fine model too. */
  #closely: CloselyStatus | null;
  #sorted: { key: string; rows: TrackRow[] } | null = null;

  constructor(
    private whole: FakeLibrary,
    empty: boolean,
  ) {
    const size = whole.tracks.length;
    this.shown = empty ? cut(whole, 0) : whole;
    this.#roots = empty ? [] : whole.roots;
    this.#analyzed = empty ? 0 : whole.analyzed;
    this.#missing = empty ? 0 : whole.gone;
    this.#jobs = {
      scan: {
        ...progress("scan", "idle", empty ? 0 : size, empty ? 0 : size),
        failures: empty ? 0 : whole.refused.length,
      },
      analysis:
        empty || !whole.listening
          ? progress("analysis", empty ? "idle" : "paused", 0, 0)
          : progress("analysis", "running", this.#analyzed, size),
      closely: progress("closely", "idle", 0, 0),
    };
    const heard = Math.floor(this.#analyzed / 3);
    this.#closely = whole.listening
      ? {
          on: true,
          model: "segue-ear-fine@77d0c4be1a92",
          serving: false,
          heard,
          to_hear: this.#analyzed - heard,
          left_s: (this.#analyzed - heard) * 2.5,
          waits: "busy",
          problem: null,
        }
      : null;
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
      if (scan.done >= size) tell({ event: "playlists" });
      if (scan.done >= size && analysis.status !== "paused")
        Object.assign(analysis, progress("analysis", "running", 0, size));
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
          if (!/^(\/|[A-Z]:\\)/.test(path)) throw noFolder(path);
          if (!this.#roots.some((root) => root.path === path))
            this.#roots = [...this.#roots, { path, online: true, tracks: 0 }];
          this.#scan();
          changed();
        }),
      removeFolder: (path) =>
        answer("remove_folder", () => {
          const left = this.#roots.filter((root) => root.path !== path);
          if (left.length === this.#roots.length) throw invalid({ is: "no-such-root", path });
          this.#roots = left;
          if (this.#roots.length === 0) this.shown = cut(this.whole, 0);
          changed();
        }),
      rescan: () => answer("rescan", () => this.#scan()),
      forgetMissing: () =>
        answer("forget_missing", () => {
          const forgotten = this.#missing;
          this.#missing = 0;
          this.#roots = this.#roots.map((root, i) =>
            i === 0 ? { ...root, tracks: root.tracks - forgotten } : root,
          );
          changed();
          tell({ event: "playlists" });
          return forgotten;
        }),
      setClosely: (on) =>
        answer("set_closely", () => {
          if (this.#closely === null) throw invalid({ is: "no-fine-model" });
          this.#closely = { ...this.#closely, on, waits: on ? "busy" : null };
          changed();
        }),
      failures: () => answer("failures", () => (this.#roots.length === 0 ? [] : this.whole.refused)),
      songs: (query, offset, limit) =>
        answer("songs", () => {
          let rows = this.#list(query);
          let corrected = rows.length === 0 && query.text.trim() !== "" ? meant(this.shown, query) : null;
          if (corrected !== null) rows = this.#list({ ...query, text: corrected });
          if (rows.length === 0) corrected = null;
          return { total: rows.length, offset, corrected, rows: rows.slice(offset, offset + limit) };
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
      waveform: (id) => answer("waveform", () => (track(id)?.loudness_lufs == null ? null : waveform(id))),
      playSongs: (query, index, source) =>
        answer("play_songs", () => {
          const rows = some(this.#list(query)).map((row) => player.row(row, source));
          player.play(rows, index, null, source === "shuffle");
        }),
      playTracks: (ids, source) =>
        answer("play_tracks", () => {
          const rows = some(known(ids)).map((row) => player.row(row, source));
          player.play(rows, 0);
        }),
      enqueue: (ids, at) =>
        answer("enqueue", () => {
          const rows = some(known(ids)).map((row) => player.row(row, "queue"));
          player.insert(rows, at);
        }),
      rate: (id, rating) =>
        answer("rate", () => {
          found(track(id), noSong(id)).rating = rating;
          changed();
          tell({ event: "taste" });
        }),
      job: (job, action) =>
        answer("job", () => {
          const work = this.#jobs[job];
          const left = work.done < work.total;
          // A scan that does not run cannot be paused.
          if (left || job !== "scan")
            work.status = action === "pause" ? "paused" : action === "resume" && left ? "running" : "idle";
          tell({ event: "job", progress: work });
        }),
      coverUrl: (id) => fakeCover(this.whole.albumOf.get(id)?.id ?? id),
    };
  }

  #scan(): void {
    const running = progress("scan", "running", 0, this.whole.tracks.length);
    Object.assign(this.#jobs.scan, running, { failures: this.whole.refused.length });
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
      analyzed: Math.min(this.#analyzed, this.shown.tracks.length),
      failures: this.#roots.length === 0 ? 0 : this.whole.refused.length,
      suggested_folder: "/home/mila/Music",
      demo_folder: "/usr/share/segue/demo",
      model: "segue-audio@3f1c09ab72de",
      model_error: null,
      serving: null,
      to_hear: 0,
      provider: "cpu",
      closely: this.#closely,
      jobs: Object.values(this.#jobs).filter(({ job }) => job !== "closely" || this.#closely?.on === true),
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
    problem: null,
  };
}
