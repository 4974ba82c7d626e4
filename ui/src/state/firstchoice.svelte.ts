// The first choice: a dozen songs as unlike as the library has, and what the new listener says of them.
import type { Backend, RatingName, TrackRow } from "../ipc/backend";
import type { Library } from "./library.svelte";
import type { Notices } from "./notices.svelte";
import { t } from "../words";

export class FirstChoice {
  /** Empty until the listener wants to choose. */
  songs = $state.raw<TrackRow[]>([]);

  constructor(
    private backend: Backend,
    private notices: Notices,
    private library: Library,
  ) {}

  get offered(): boolean {
    return this.library.status?.first_choice ?? false;
  }

  /** How many of the songs the listener has an opinion of. */
  get answered(): number {
    return this.songs.filter((song) => this.library.ratingOf(song) !== null).length;
  }

  async begin(): Promise<void> {
    await this.notices.attempt(t("failed.findFirst"), async () => {
      this.songs = await this.backend.firstChoice();
    });
  }

  say(song: TrackRow, rating: RatingName | null): Promise<void> {
    return this.library.setRating([song], rating);
  }

  /** Chosen, or not wanted. */
  async end(): Promise<void> {
    const answered = this.answered;
    const ended = await this.notices.attempt(t("failed.saveFirst"), () => this.backend.endFirstChoice());
    if (!ended) return;
    this.songs = [];
    if (answered > 0) this.notices.info(t("done.firstRated"));
    await this.library.refresh();
  }
}
