// What the listener should read once: a sentence, what to do about it, a way to undo it. Shown by the window's live region.
import { asCommandError, type ErrorCodeName } from "../ipc/backend";

export type Notice = {
  id: number;
  tone: "info" | "error";
  text: string;
  advice: string;
  undo: (() => void) | null;
};

/** One that can be undone stays longer, for whoever comes with the keyboard. */
const SHOWN_MS = { info: 4500, error: 9000, undo: 12_000 };

const ADVICE: Record<ErrorCodeName, string> = {
  "not-found": "If it lies on another drive, connect that drive and rescan under Library & settings.",
  unplayable: "Segue goes on with the next song. The file is listed under Library & settings.",
  "no-device": "Connect speakers or headphones, then press Play.",
  "no-model": "Radio still works, by tags and by what you play.",
  database:
    "Nothing is saved for now. Close other copies of Segue, check free disk space, and start it again.",
  invalid: "",
  other: "",
};

export class Notices {
  list = $state.raw<Notice[]>([]);
  #next = 1;

  info(text: string, undo?: () => Promise<void>): void {
    this.#add("info", text, "", undo);
  }

  /** Says what was attempted and what can be done. */
  error(attempt: string, thrown: unknown): void {
    const { code, message } = asCommandError(thrown);
    this.#add("error", `${attempt}: ${message}`, ADVICE[code] ?? "");
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

  /** Undoes what the newest notice that can be undone offers. */
  undoNewest(): void {
    this.list.findLast((notice) => notice.undo !== null)?.undo?.();
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  #add(tone: Notice["tone"], text: string, advice: string, undo?: () => Promise<void>): void {
    const id = this.#next++;
    const undoing = () => {
      this.dismiss(id);
      void this.attempt("Could not undo that", undo!);
    };
    // The same sentence again replaces the one in sight: what it would undo is the newer thing.
    const others = this.list.filter((notice) => notice.text !== text);
    this.list = [...others, { id, tone, text, advice, undo: undo ? undoing : null }].slice(-3);
    setTimeout(() => this.dismiss(id), SHOWN_MS[undo ? "undo" : tone]);
  }
}
