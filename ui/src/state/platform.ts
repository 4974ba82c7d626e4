// Which key gives orders here, and what keys are called: Ctrl, or Cmd on a Mac. The one place that asks what machine it is.

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

/** Keys by the names that stand on them: `Ctrl Shift Z`, `⌘ ⇧ Z`. */
export function keyNames(keys: string, mac = MAC): string {
  return mac ? keys.replace(/[A-Z][a-z]+/g, (name) => ON_MAC[name] ?? name) : keys;
}
