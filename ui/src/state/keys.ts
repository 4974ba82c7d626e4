// What keys mean, apart from where they are pressed. Pure; the shortcut sheet reads the same list.
import { t } from "../words";
import { commands, isPlain, MAC, type Modifiers } from "./platform";

export type Key = Modifiers & { key: string; shiftKey: boolean };

export type GlobalAction =
  | "toggle"
  | "search"
  | "seek-back"
  | "seek-on"
  | "previous"
  | "next"
  | "help"
  | "undo"
  | "redo"
  | "back"
  | "forth"
  | "next-pane"
  | "previous-pane"
  | "songs"
  | "albums"
  | "mixes"
  | "radio"
  | "taste"
  | "queue"
  | "settings"
  | "escape";

export type RowAction = "play" | "radio" | "like" | "enqueue" | "menu" | "all" | "remove";

/** In the order of the sidebar. */
const PAGES: Record<string, GlobalAction> = {
  "1": "songs",
  "2": "albums",
  "3": "mixes",
  "4": "radio",
  "5": "taste",
  "6": "queue",
  "7": "settings",
};

/** What the focused thing wants for itself: a text field all plain keys, a button reached by keys its Space. */
export type Focus = "text" | "button" | null;

/** A key anywhere in the window. */
export function globalAction(event: Key, focus: Focus, mac = MAC): GlobalAction | null {
  const typing = focus === "text";
  if (commands(event, mac) && !event.altKey) {
    if (event.key.toLowerCase() === "f") return "search";
    if (typing) return null;
    if (event.key.toLowerCase() === "z") return event.shiftKey ? "redo" : "undo";
    if (event.key === "ArrowLeft") return "previous";
    if (event.key === "ArrowRight") return "next";
    return PAGES[event.key] ?? null;
  }
  // Ctrl on a Mac, and the system's key elsewhere, are the system's.
  if (event.ctrlKey || event.metaKey) return null;
  if (event.key === "Escape") return "escape";
  if (event.key === "F6") return event.shiftKey ? "previous-pane" : "next-pane";
  // On a Mac, these go from word to word in a text.
  if (typing && mac && event.altKey) return null;
  if (event.altKey && event.key === "ArrowLeft") return "back";
  if (event.altKey && event.key === "ArrowRight") return "forth";
  if (typing || event.altKey) return null;
  if (event.shiftKey && event.key === "ArrowLeft") return "seek-back";
  if (event.shiftKey && event.key === "ArrowRight") return "seek-on";
  if (event.key === " ") return focus === null ? "toggle" : null;
  return event.key === "?" ? "help" : null;
}

/** A key in a list of songs. */
export function rowAction(event: Key, mac = MAC): RowAction | null {
  if (event.key === "F10" && event.shiftKey) return "menu";
  if (event.key === "ContextMenu") return "menu";
  if (commands(event, mac) && event.key.toLowerCase() === "a") return "all";
  if (!isPlain(event)) return null;
  const plain: Record<string, RowAction> = {
    Enter: "play",
    Delete: "remove",
    // The key that a Mac calls delete.
    ...(mac && { Backspace: "remove" }),
    r: "radio",
    l: "like",
    q: "enqueue",
  };
  return plain[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
}

/** For the shortcut sheet, which names the keys as they are called here. */
export const SHORTCUTS: [keys: string, meaning: string][] = [
  ["Space", t("shortcuts.toggle")],
  ["Ctrl ← / →", t("shortcuts.previousNext")],
  ["Shift ← / →", t("shortcuts.seek")],
  ["Alt ← / →", t("shortcuts.history")],
  ["Ctrl F", t("shortcuts.search")],
  ["Ctrl 1 – 7", t("shortcuts.pages")],
  ["F6", t("shortcuts.panes")],
  ["↑ ↓ Home End PgUp PgDn", t("shortcuts.move")],
  ["Shift, Ctrl + Click", t("shortcuts.select")],
  ["Enter", t("shortcuts.play")],
  ["R", t("shortcuts.radio")],
  ["L", t("shortcuts.like")],
  ["Q", t("shortcuts.enqueue")],
  ["Delete", t("shortcuts.remove")],
  ["Alt ↑ / ↓", t("shortcuts.reorder")],
  ["Ctrl Z", t("shortcuts.undo")],
  ["Ctrl Shift Z", t("shortcuts.redo")],
  ["Shift F10", t("shortcuts.menu")],
  ["?", t("shortcuts.help")],
];
