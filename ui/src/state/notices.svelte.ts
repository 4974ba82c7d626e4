// What the listener should read once: a sentence, what to do about it, a way to undo it. Shown by the window's live region.
import { asRefusal, type ErrorCodeName } from "../ipc/backend";
import { t } from "../words";
import { problem } from "../words/problems";

export type Notice = {
  id: number;
  tone: "info" | "error";
  text: string;
  advice: string;
  undo: (() => void) | null;
};

/** One that can be undone stays longer, for whoever comes with the keyboard. */
const SHOWN_MS = { info: 4500, error: 9000, undo: 12_000 };
/** What was held by pointer or focus stays at least so long after them. */
const LEFT_MS = 2000;
/** So many steps can be taken back, whether their notices are in sight or not. */
const UNDOS = 50;

const ADVICE: Record<ErrorCodeName, string> = {
  "not-found": t("advice.notFound"),
  unplayable: t("advice.unplayable"),
  "no-device": t("advice.noDevice"),
  "no-model": t("advice.noModel"),
  database: t("advice.database"),
  invalid: "",
  other: "",
};

type Leaving = { id: number; left_ms: number; since_ms: number; timer: ReturnType<typeof setTimeout> | null };
type Step = { id: number; undo: () => Promise<void> };

export class Notices {
  list = $state.raw<Notice[]>([]);
  #next = 1;
  #leaving: Leaving[] = [];
  #held = false;
  /** The newest last. */
  #steps: Step[] = [];

  info(text: string, undo?: () => Promise<void>): void {
    this.#add("info", text, "", undo);
  }

  /** Says what was attempted and what can be done. */
  error(attempt: string, thrown: unknown): void {
    const refusal = asRefusal(thrown);
    const why = "problem" in refusal ? problem(refusal.problem) : refusal.detail;
    this.#add("error", t("failed.withProblem", { attempt, problem: why }), ADVICE[refusal.code] ?? "");
  }

  /** Does it, or says what was attempted in vain; whether it was done. */
  async attempt(attempt: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.error(attempt, error);
      return false;
    }
  }

  /** Notes a change that can be taken back and needs no word, such as a song moved by a place. */
  step(undo: () => Promise<void>): void {
    this.#steps = [...this.#steps, { id: this.#next++, undo }].slice(-UNDOS);
  }

  /** Takes the newest change back that can be, whether or not its notice is still in sight. */
  undoNewest(): void {
    const step = this.#steps.at(-1);
    if (step) this.#undo(step);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
    const gone = this.#leaving.find((leaving) => leaving.id === id);
    if (gone?.timer) clearTimeout(gone.timer);
    this.#leaving = this.#leaving.filter((leaving) => leaving.id !== id);
  }

  /** Pointer or focus is with the notices: none of them leaves (WCAG 2.2, 2.2.1). */
  hold(): void {
    if (this.#held) return;
    this.#held = true;
    const now_ms = performance.now();
    for (const leaving of this.#leaving) {
      if (leaving.timer) clearTimeout(leaving.timer);
      leaving.timer = null;
      leaving.left_ms -= now_ms - leaving.since_ms;
    }
  }

  /** They are alone again, and leave in their time. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    for (const leaving of this.#leaving) this.#count(leaving, Math.max(LEFT_MS, leaving.left_ms));
  }

  #undo(step: Step): void {
    this.dismiss(step.id);
    this.#steps = this.#steps.filter(({ id }) => id !== step.id);
    void this.attempt(t("failed.undo"), step.undo);
  }

  #count(leaving: Leaving, left_ms: number): void {
    leaving.left_ms = left_ms;
    leaving.since_ms = performance.now();
    leaving.timer = setTimeout(() => this.dismiss(leaving.id), left_ms);
  }

  #add(tone: Notice["tone"], text: string, advice: string, undo?: () => Promise<void>): void {
    const step = undo ? { id: this.#next++, undo } : null;
    if (step) this.#steps = [...this.#steps, step].slice(-UNDOS);
    const id = step?.id ?? this.#next++;
    // The same sentence again replaces the one in sight: what it would undo is the newer thing.
    const others = this.list.filter((notice) => notice.text !== text);
    this.list = [...others, { id, tone, text, advice, undo: step && (() => this.#undo(step)) }].slice(-3);
    const leaving: Leaving = {
      id,
      left_ms: SHOWN_MS[undo ? "undo" : tone],
      since_ms: performance.now(),
      timer: null,
    };
    this.#leaving = [
      ...this.#leaving.filter((one) => this.list.some((notice) => notice.id === one.id)),
      leaving,
    ];
    if (!this.#held) this.#count(leaving, leaving.left_ms);
  }
}
