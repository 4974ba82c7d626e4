// What was learned of the listener, what was said and holds, and every way to correct or forget it.
import { SvelteMap } from "svelte/reactivity";
import type { Backend, FeedbackRow, ForgottenRow, ReasonRow, TastePage } from "../ipc/backend";
import { LatestQuery } from "./latestquery.svelte";
import type { Notices } from "./notices.svelte";
import { t } from "../words";
import { termName } from "../words/names";
import { because } from "../words/reasons";

/** Something that can be turned up and down: a leaning, an interest. */
export type Turnable = { name: string; term: string; turned: number };

export class Taste {
  page: LatestQuery<TastePage>;
  feedback: LatestQuery<FeedbackRow[]>;
  /** What was turned down in this window by a reason's button, by term. */
  #down = new SvelteMap<string, FeedbackRow>();

  constructor(
    private backend: Backend,
    private notices: Notices,
  ) {
    this.page = new LatestQuery((error) => notices.error(t("failed.readTaste"), error));
    this.feedback = new LatestQuery((error) => notices.error(t("failed.readRules"), error));
  }

  async ask(): Promise<void> {
    await Promise.all([
      this.page.ask(() => this.backend.taste()),
      this.feedback.ask(() => this.backend.feedback()),
    ]);
  }

  isDown(term: string): boolean {
    return this.#down.has(term);
  }

  /** *Less because of this*; pressed again, it is taken back. */
  async turnDown(reason: ReasonRow): Promise<void> {
    const { term } = reason;
    if (term === null) return;
    const said = this.#down.get(term);
    if (said) await this.takeBack(said);
    else
      await this.notices.attempt(t("failed.adjust"), async () => {
        const row = await this.backend.turn(term, false);
        this.#down.set(term, row);
        // Some reasons are a kind for all songs: what the program says it turned down is told, not what the row said.
        const about = row.turned ? termName(row.turned) : because(reason.because);
        this.notices.info(t("done.lessOf", { about }), () => this.#undo(row.id));
      });
  }

  turn({ name, term }: Turnable, up: boolean): Promise<boolean> {
    return this.notices.attempt(t("failed.adjust"), async () => {
      const row = await this.backend.turn(term, up);
      this.notices.info(up ? t("done.moreOfName", { name }) : t("done.lessOfName", { name }), () =>
        this.#undo(row.id),
      );
    });
  }

  /** Takes the last turn of it back; one that nobody can find any more is turned the other way. */
  unturn({ term, turned }: Turnable): Promise<boolean> {
    const kind = turned > 0 ? "more" : "less";
    const last = this.page.value?.turned.find((row) => row.kind === kind && row.term === term);
    return this.notices.attempt(t("failed.undo"), async () => {
      if (last) await this.#undo(last.id);
      else await this.backend.turn(term, turned < 0);
    });
  }

  takeBack(row: FeedbackRow): Promise<boolean> {
    return this.notices.attempt(t("failed.undo"), () => this.#undo(row.id));
  }

  /** Forgets what was learned since an instant, or all of it. */
  forget(since: Date | null): Promise<boolean> {
    return this.notices.attempt(t("failed.forget"), async () => {
      await this.backend.forget(since?.toISOString() ?? null);
      const { forgotten } = await this.backend.taste();
      const newest = forgotten.reduce<ForgottenRow | null>((a, b) => (a && a.id > b.id ? a : b), null);
      this.notices.info(
        since ? t("done.forgotten") : t("done.startedOver"),
        newest ? () => this.backend.remember(newest.id) : undefined,
      );
    });
  }

  remember(row: ForgottenRow): Promise<boolean> {
    return this.notices.attempt(t("failed.remember"), () => this.backend.remember(row.id));
  }

  async export(): Promise<void> {
    await this.notices.attempt(t("failed.writeTaste"), async () => {
      const path = await this.backend.exportTaste(t("taste.exportTaste"));
      if (path !== null) this.notices.info(t("done.saved", { path }));
    });
  }

  async #undo(id: number): Promise<void> {
    await this.backend.undoFeedback(id);
    for (const [term, row] of this.#down) if (row.id === id) this.#down.delete(term);
  }
}
