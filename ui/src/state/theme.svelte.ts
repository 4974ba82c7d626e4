// Light, dark, or as the system has it. Remembered on this machine; `data-theme` on the root element carries it.

export type Theme = "system" | "light" | "dark";

const KEY = "segue.theme";

export class ThemeChoice {
  chosen = $state<Theme>("system");

  constructor(
    private storage: Pick<Storage, "getItem" | "setItem">,
    private root: HTMLElement,
  ) {
    const kept = storage.getItem(KEY);
    this.choose(kept === "light" || kept === "dark" ? kept : "system");
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    this.storage.setItem(KEY, theme);
    if (theme === "system") delete this.root.dataset.theme;
    else this.root.dataset.theme = theme;
  }
}
