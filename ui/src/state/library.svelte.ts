// The library as a whole: its folders, its numbers, and the long work on it. Rows of songs are elsewhere.
import { SvelteMap } from "svelte/reactivity";
import type { Backend, FailureRow, JobAction, JobKind, JobProgress, LibraryStatus } from "../ipc/backend";
import type { RatingName, TrackRow } from "../ipc/backend";
import type { Notices } from "./notices.svelte";
import { t } from "../words";

/** Between two looks at a library that keeps changing, so that a scan does not keep the window busy … */
const REFRESH_MS = 400;
/** … and, once there are songs to look at, does not keep moving them under the listener's hand. */
const SCANNING_MS = 3000;
const FEW = 500;

/** What is said of an order to long work that was refused. */
const FAILED = {
  scan: { pause: "failed.pauseScan", resume: "failed.resumeScan", cancel: "failed.cancelScan" },
  analysis: {
    pause: "failed.pauseAnalysis",
    resume: "failed.resumeAnalysis",
    cancel: "failed.cancelAnalysis",
  },
  closely: {
    pause: "failed.pauseClosely",
    resume: "failed.resumeClosely",
    cancel: "failed.cancelClosely",
  },
} as const satisfies Record<JobKind, Record<JobAction, string>>;

export class Library {
  /** `null` until the first answer. */
  status = $state.raw<LibraryStatus | null>(null);
  failures = $state.raw<FailureRow[]>([]);
  busy = $state(false);
  /** The last look at the library went wrong. */
  failed = $state(false);
  /** Opinions given in this window: lists that are not read anew keep rows from before. */
  #ratings = new SvelteMap<number, RatingName | null>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private backend: Backend,
    private notices: Notices,
    private changed: () => void,
  ) {}

  get empty(): boolean {
    return this.status !== null && this.status.roots.length === 0;
  }

  get jobs(): JobProgress[] {
    return (this.status?.jobs ?? []).filter((job) => job.status !== "idle");
  }

  get scanning(): boolean {
    return this.jobs.some((job) => job.job === "scan" && job.status === "running");
  }

  async refresh(): Promise<void> {
    try {
      const status = await this.backend.status();
      if (status.failures > 0) this.failures = await this.backend.failures();
      else this.failures = [];
      const before = this.status?.revision;
      this.status = status;
      this.failed = false;
      if (before !== undefined && before !== status.revision) this.changed();
    } catch (error) {
      this.failed = true;
      this.notices.error(t("failed.readLibrary"), error);
    }
  }

  /** The library says it changed: look again soon, once for many such words. */
  heard(): void {
    if (this.#timer !== undefined) return;
    const calm = this.scanning && (this.status?.tracks ?? 0) > FEW;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.refresh();
      },
      calm ? SCANNING_MS : REFRESH_MS,
    );
  }

  heardJob(progress: JobProgress): void {
    if (!this.status) return;
    const others = this.status.jobs.filter((job) => job.job !== progress.job);
    this.status = { ...this.status, jobs: [...others, progress].sort((a, b) => b.job.localeCompare(a.job)) };
    if (progress.status === "idle" || progress.status === "failed") this.heard();
  }

  ratingOf(track: TrackRow): RatingName | null {
    const given = this.#ratings.get(track.id);
    return given === undefined ? track.rating : given;
  }

  /** Gives an opinion, or takes the same one back. */
  rate(tracks: TrackRow[], rating: RatingName): Promise<void> {
    const same = tracks.every((track) => this.ratingOf(track) === rating);
    return this.setRating(tracks, same ? null : rating);
  }

  async setRating(tracks: TrackRow[], rating: RatingName | null): Promise<void> {
    for (const track of tracks) {
      const before = this.ratingOf(track);
      this.#ratings.set(track.id, rating);
      try {
        await this.backend.rate(track.id, rating);
      } catch (error) {
        this.#ratings.set(track.id, before);
        this.notices.error(t("failed.rate", { title: track.title }), error);
        return;
      }
    }
  }

  async addFolder(path: string): Promise<boolean> {
    const trimmed = path.trim();
    if (trimmed === "") return false;
    return this.#do(t("failed.addFolder", { path: trimmed }), () => this.backend.addFolder(trimmed));
  }

  async chooseFolder(): Promise<boolean> {
    let path: string | null = null;
    await this.#do(t("failed.askFolder"), async () => {
      path = await this.backend.chooseFolder(t("firstRun.title"));
    });
    return path === null ? false : this.addFolder(path);
  }

  removeFolder(path: string): Promise<boolean> {
    return this.#do(t("failed.removeFolder", { path }), () => this.backend.removeFolder(path));
  }

  rescan(): Promise<boolean> {
    return this.#do(t("failed.rescan"), () => this.backend.rescan());
  }

  /** Forgets songs whose files were deleted; how many is said. */
  forgetMissing(): Promise<boolean> {
    return this.#do(t("failed.forgetDeleted"), async () => {
      const songs = await this.backend.forgetMissing();
      this.notices.info(t("done.deletedForgotten", { count: songs }));
    });
  }

  setClosely(on: boolean): Promise<boolean> {
    return this.#do(t(on ? "failed.closelyOn" : "failed.closelyOff"), () => this.backend.setClosely(on));
  }

  control(job: JobKind, action: JobAction): Promise<boolean> {
    return this.#do(t(FAILED[job][action]), () => this.backend.job(job, action));
  }

  async #do(attempt: string, work: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    try {
      await work();
      await this.refresh();
      return true;
    } catch (error) {
      this.notices.error(attempt, error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
