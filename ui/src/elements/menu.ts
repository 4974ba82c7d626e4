// What stands in a menu.
import type { IconName } from "./icons";

export type MenuItem =
  | { label: string; icon?: IconName; keys?: string; disabled?: boolean; checked?: boolean; act: () => void }
  | "line";
