// Edits of the queue as steps that can be taken back: which the listener is told of, and which only Ctrl Z knows.
import type { PlayerState, QueueEdit } from "../ipc/backend";
import type { Notices } from "./notices.svelte";
import type { Player } from "./player.svelte";
import { t } from "../words";

export class QueueEdits {
  /** Steps that Ctrl Z can still take back, by the program's numbers. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on the page is drawn from it
  #open = new Set<number>();
  #newest = 0;
  /** The queue was put together by hand since it was last replaced or cleared. */
  #handmade = false;
  /** There was a queue when it was last looked at: what is added to none was not put together by hand. */
  #had = false;

  constructor(
    private notices: Notices,
    private player: Player,
  ) {}

  /** The player changed: notes an edit that was not there before. */
  heard({ undo, current }: PlayerState): void {
    const had = this.#had;
    this.#had = current !== null;
    if (undo === null || this.#open.has(undo.number)) return;
    const words = undo.number > this.#newest ? this.#words(undo) : null;
    this.#open.add(undo.number);
    this.#newest = Math.max(this.#newest, undo.number);
    const back = async () => {
      this.#open.delete(undo.number);
      await this.player.do({ do: "undo" });
    };
    if (words === null) this.notices.step(back);
    else this.notices.info(words, back);
    if (undo.kind === "replaced" || undo.kind === "cleared") this.#handmade = false;
    else if (undo.kind !== "shuffled" && had) this.#handmade = true;
  }

  /** What took songs away is said. A list played in place of another is what one does all day: that is said only where it
   * took what was put together by hand. What was added says so itself. */
  #words({ kind, songs }: QueueEdit): string | null {
    switch (kind) {
      case "cleared":
        return t("done.queueCleared", { count: songs });
      case "removed":
        return t("done.queueRemoved", { count: songs });
      case "replaced":
        return this.#handmade ? t("done.queueReplaced", { count: songs }) : null;
      case "added":
      case "moved":
      case "shuffled":
        return null;
    }
  }
}
