// What the listener should read once: a sentence, and what to do about it. Shown by the window's live region.
import { asCommandError, type ErrorCodeName } from "../ipc/backend";

export type Notice = { id: number; tone: "info" | "error"; text: string; advice: string };

const SHOWN_MS = { info: 4500, error: 9000 };

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

  info(text: string): void {
    this.#add("info", text, "");
  }

  /** Says what was attempted and what can be done. */
  error(attempt: string, thrown: unknown): void {
    const { code, message } = asCommandError(thrown);
    this.#add("error", `${attempt}: ${message}`, ADVICE[code] ?? "");
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  #add(tone: Notice["tone"], text: string, advice: string): void {
    if (this.list.some((notice) => notice.text === text)) return;
    const notice = { id: this.#next++, tone, text, advice };
    this.list = [...this.list, notice].slice(-3);
    setTimeout(() => this.dismiss(notice.id), SHOWN_MS[tone]);
  }
}
