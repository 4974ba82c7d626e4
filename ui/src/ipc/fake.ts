// The fake twin: a whole program behind the window with an invented library, for browsers and tests.
import type { AppEvent, Backend, CommandError, JobKind, JobProgress, LibraryStatus } from "./backend";
import type { FeedbackRow, RootRow, SongsQuery, TrackRow } from "./backend";
import { cut, find, findAlbums, outline, picks } from "./fake-answers";
import { fakeCover } from "./fake-covers";
import { makeLibrary, type FakeLibrary } from "./fake-library";
import { FakePlayer } from "./fake-player";

export type FakeOptions = {
  tracks?: number;
  /** Starts without folders, as on the first day. */
  empty?: boolean;
  /** Lets time pass by itself; tests call `pass` instead. */
  live?: boolean;
  /** Milliseconds before an answer. */
  delay_ms?: number;
};

export type Fake = Backend & { pass(seconds: number): void; tell(event: AppEvent): void; calls: string[] };

const refuse = (code: CommandError["code"], message: string) =>
  Promise.reject({ code, message } satisfies CommandError);
const copy = <T>(value: T): T => structuredClone(value);

export function makeFake({
  tracks = 20_000,
  empty = false,
  live = false,
  delay_ms = 0,
}: FakeOptions = {}): Fake {
  const whole = makeLibrary(tracks);
  const ears = new Set<(event: AppEvent) => void>();
  const tell = (event: AppEvent) => ears.forEach((hear) => hear(copy(event)));
  const player = new FakePlayer(
    () => tell({ event: "player", state: player.state }),
    (station, heard) =>
      picks(
        whole,
        station,
        heard.length,
        20,
        heard.map((row) => row.track.id),
      ),
  );
  let shown: FakeLibrary = empty ? { tracks: [], albums: [], albumOf: new Map() } : whole;
  let roots: RootRow[] = empty
    ? []
    : [
        { path: "/home/mila/Music", online: true, tracks: Math.floor(tracks * 0.9) },
        { path: "/media/mila/Archive", online: false, tracks: Math.ceil(tracks * 0.1) },
      ];
  let revision = 1;
  let analyzed = empty ? 0 : Math.floor(tracks * 0.74);
  const jobs: Record<JobKind, JobProgress> = {
    scan: progress("scan", "idle", 0, 0),
    analysis: progress("analysis", empty ? "idle" : "running", analyzed, empty ? 0 : tracks),
  };
  const calls: string[] = [];

  function pass(seconds: number): void {
    const moved = player.pass(seconds);
    if (moved) tell({ event: "position", ...moved });
    const { scan, analysis } = jobs;
    if (scan.status === "running") {
      scan.done = Math.min(tracks, scan.done + Math.ceil(seconds * 900));
      scan.current = whole.tracks[scan.done - 1]?.path ?? null;
      shown = cut(whole, scan.done);
      if (scan.done >= tracks) Object.assign(scan, { status: "idle", current: null });
      roots = roots.map((root, i) => (i === 0 ? { ...root, tracks: scan.done } : root));
      tell({ event: "job", progress: scan });
      tell({ event: "library", revision: ++revision });
      if (scan.done >= tracks) Object.assign(analysis, progress("analysis", "running", 0, tracks));
    }
    if (analysis.status === "running") {
      analyzed = analysis.done = Math.min(tracks, analysis.done + Math.ceil(seconds * 4));
      analysis.left_s = (tracks - analyzed) / 4;
      if (analyzed >= tracks) analysis.status = "idle";
      tell({ event: "job", progress: analysis });
    }
  }
  if (live) setInterval(() => pass(1), 1000);

  let said: FeedbackRow[] = [];
  function note(row: Omit<FeedbackRow, "id" | "at">): FeedbackRow {
    const noted = { ...row, id: (said.at(-1)?.id ?? 0) + 1, at: new Date().toISOString() };
    said = [...said, noted];
    return noted;
  }

  async function answer<T>(name: string, value: () => T): Promise<T> {
    calls.push(name);
    if (delay_ms > 0) await new Promise((done) => setTimeout(done, delay_ms));
    return copy(value());
  }
  const track = (id: number) => shown.tracks[id - 1];
  const known = (ids: number[]) => ids.map(track).filter((found) => found !== undefined);
  let sorted: { key: string; rows: TrackRow[] } | null = null;
  const list = (query: SongsQuery) => {
    const key = JSON.stringify([query, revision]);
    if (sorted?.key !== key) sorted = { key, rows: find(shown, query) };
    return sorted.rows;
  };

  return {
    calls,
    pass,
    tell,
    status: () =>
      answer("status", (): LibraryStatus => ({
        version: "0.1.0",
        roots,
        tracks: shown.tracks.length,
        albums: shown.albums.length,
        analyzed,
        failures: empty ? 0 : 2,
        suggested_folder: "/home/mila/Music",
        demo_folder: "/usr/share/segue/demo",
        model: "segue-audio@3f1c09ab72de",
        model_error: null,
        serving: null,
        to_hear: 0,
        provider: "CPU",
        jobs: Object.values(jobs),
        revision,
      })),
    chooseFolder: () => answer("choose_folder", () => "/home/mila/Vinyl rips"),
    addFolder: async (path) => {
      if (!/^(\/|[A-Z]:\\)/.test(path)) return refuse("not-found", `${path} is not a folder`);
      if (roots.some((root) => root.path === path))
        return refuse("invalid", `${path} is in the library already`);
      await answer("add_folder", () => undefined);
      roots = [...roots, { path, online: true, tracks: 0 }];
      if (shown.tracks.length === 0) Object.assign(jobs.scan, progress("scan", "running", 0, tracks));
      tell({ event: "library", revision: ++revision });
    },
    removeFolder: (path) =>
      answer("remove_folder", () => {
        roots = roots.filter((root) => root.path !== path);
        if (roots.length === 0) shown = cut(whole, 0);
        tell({ event: "library", revision: ++revision });
      }),
    rescan: () =>
      answer("rescan", () => void Object.assign(jobs.scan, progress("scan", "running", 0, tracks))),
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
        const rows = list(query);
        return { total: rows.length, offset, rows: rows.slice(offset, offset + limit) };
      }),
    albums: (query, offset, limit) =>
      answer("albums", () => {
        const rows = findAlbums(shown, query);
        return { total: rows.length, offset, rows: rows.slice(offset, offset + limit) };
      }),
    albumOf: (id) =>
      answer("album_of", () => shown.albums.find((album) => album.id === whole.albumOf.get(id)?.id) ?? null),
    waveform: (id) => answer("waveform", () => (track(id)?.loudness_lufs == null ? null : outline(id))),
    playSongs: (query, index, source) =>
      answer("play_songs", () => {
        const rows = list(query).map((row) => player.row(row, source));
        player.play(rows, index);
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
    radio: (ids, discovery, count) =>
      answer("radio", () => picks(whole, { seeds: known(ids), discovery: discovery ?? 0.5 }, 0, count, ids)),
    startRadio: async (ids, discovery) => {
      const seeds = known(ids);
      if (seeds.length === 0) return refuse("not-found", "none of these songs is in the library any more");
      await answer("start_radio", () => {
        const rows = seeds.map((seed) =>
          player.row(seed, "radio", [{ kind: "seed", text: "you started here", weight: 1 }]),
        );
        player.play(rows, 0, { seeds, discovery: discovery ?? 0.5 });
      });
    },
    tune: (discovery) =>
      answer("tune", () => {
        if (player.state.station) player.tune({ ...player.state.station, discovery });
      }),
    stopRadio: () => answer("stop_radio", () => player.tune(null)),
    player: () => answer("player", () => player.state),
    command: (command) => answer(`command ${command.do}`, () => player.do(command)),
    queue: (offset, limit) => answer("queue", () => player.page(offset, limit)),
    rate: (id, rating) =>
      answer("rate", () => {
        const row = track(id);
        if (row) row.rating = rating;
      }),
    say: (kind, id, artist) =>
      answer(`say ${kind}`, () => {
        const row = track(id) ?? null;
        return note({
          kind,
          track: artist ? null : row,
          artist: artist ? (row?.artists[0] ?? null) : null,
          earlier: null,
        });
      }),
    sayWrongAfter: (earlier, later) =>
      answer("say wrong-after", () =>
        note({
          kind: "wrong-after",
          track: track(later) ?? null,
          artist: null,
          earlier: track(earlier) ?? null,
        }),
      ),
    feedback: () => answer("feedback", () => [...said].reverse()),
    undoFeedback: (id) =>
      answer("undo_feedback", () => {
        said = said.filter((row, place) => (id === null ? place !== said.length - 1 : row.id !== id));
      }),
    job: (job, action) =>
      answer("job", () => {
        jobs[job].status = action === "pause" ? "paused" : action === "resume" ? "running" : "idle";
        tell({ event: "job", progress: jobs[job] });
      }),
    coverUrl: (id) => fakeCover(whole.albumOf.get(id)?.id ?? id),
    listen: async (hear) => {
      ears.add(hear);
      return () => ears.delete(hear);
    },
  };
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
