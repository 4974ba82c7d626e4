// Which key gives orders here, and what keys are called: Ctrl, or Cmd on a Mac. The one place that asks what machine it is.
import { t } from "../words";

export type Modifiers = { ctrlKey: boolean; altKey: boolean; metaKey: boolean };
type Machine = { platform?: string; userAgentData?: { platform?: string } };

export function isMac({ platform, userAgentData }: Machine): boolean {
  return (userAgentData?.platform ?? platform ?? "").toLowerCase().startsWith("mac");
}

/** Where no page is, as in a test without one, there is no machine to ask. */
export const MAC = typeof navigator !== "undefined" && isMac(navigator);

/** Whether the key that gives orders is held. The other one is left to the system. */
export function commands(event: Pick<Modifiers, "ctrlKey" | "metaKey">, mac = MAC): boolean {
  return mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
}

/** Whether a key was pressed for itself; Shift may be held. */
export function isPlain(event: Modifiers): boolean {
  return !event.ctrlKey && !event.altKey && !event.metaKey;
}

const ON_MAC: Record<string, string> = { Ctrl: "⌘", Alt: "⌥", Shift: "⇧", Enter: "↩", Del: "⌫", Delete: "⌫" };

/** What stands on keys that have a name; a key that is a letter or an arrow stands for itself. */
const NAMES: Record<string, string> = {
  Ctrl: t("keys.Ctrl"),
  Alt: t("keys.Alt"),
  Shift: t("keys.Shift"),
  Space: t("keys.Space"),
  Enter: t("keys.Enter"),
  Home: t("keys.Home"),
  End: t("keys.End"),
  PgUp: t("keys.PgUp"),
  PgDn: t("keys.PgDn"),
  Del: t("keys.Del"),
  Delete: t("keys.Delete"),
  Click: t("keys.Click"),
};

/** Keys by the names that stand on them: `Ctrl Shift Z`, `⌘ ⇧ Z`. */
export function keyNames(keys: string, mac = MAC): string {
  return keys.replace(/[A-Z][A-Za-z]+/g, (name) => (mac ? ON_MAC[name] : undefined) ?? NAMES[name] ?? name);
}
