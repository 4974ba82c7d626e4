// What stands in a menu.
import type { IconName } from "./icons";

type Named = {
  label: string;
  /** What exactly is meant, where the label says only its kind. */
  detail?: string;
  icon?: IconName;
  disabled?: boolean;
};
export type MenuChoice = Named & { keys?: string; checked?: boolean; act: () => void };
/** Opens another menu beside itself. */
export type MenuMore = Named & { items: MenuItem[] };
export type MenuItem = MenuChoice | MenuMore | "line";
