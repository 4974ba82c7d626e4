// The one menu that can be open: where, and with what in it.
import type { MenuItem } from "../elements/menu";

export class OpenMenu {
  at = $state.raw<{ x: number; y: number; items: MenuItem[] } | null>(null);
  #returnTo: HTMLElement | null = null;

  open(x: number, y: number, items: MenuItem[]): void {
    this.#returnTo = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    this.at = { x, y, items };
  }

  /** Where the pointer asked for it. */
  atPointer(event: MouseEvent, items: MenuItem[]): void {
    event.preventDefault();
    this.open(event.clientX, event.clientY, items);
  }

  /** Under the button that was pressed. */
  below(event: MouseEvent, items: MenuItem[]): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.open(box.left, box.bottom + 4, items);
  }

  close(): void {
    this.at = null;
    this.#returnTo?.focus();
    this.#returnTo = null;
  }
}
