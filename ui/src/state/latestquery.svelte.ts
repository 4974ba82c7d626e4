// The answer to the newest of several questions: overtaken ones are dropped, a refusal is told and keeps what was known.
import { untrack } from "svelte";

export class LatestQuery<T> {
  /** `null` until the first answer. */
  value = $state.raw<T | null>(null);
  asking = $state.raw(false);
  /** The newest question was refused. */
  failed = $state.raw(false);
  /** Changes whenever the answer may have become untrue; whoever shows it asks again then. */
  generation = $state.raw(0);
  #newest = 0;

  constructor(private fail: (error: unknown) => void) {}

  async ask(question: () => Promise<T>): Promise<void> {
    const asked = ++this.#newest;
    this.asking = true;
    try {
      const value = await question();
      if (asked !== this.#newest) return;
      this.value = value;
      this.failed = false;
    } catch (error) {
      if (asked !== this.#newest) return;
      this.failed = true;
      this.fail(error);
    } finally {
      if (asked === this.#newest) this.asking = false;
    }
  }

  /** What was known may not hold any more. */
  stale(): void {
    untrack(() => this.generation++);
  }

  /** Nothing is asked any more, and nothing known. */
  clear(): void {
    this.#newest++;
    this.value = null;
    this.asking = this.failed = false;
  }
}
