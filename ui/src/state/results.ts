// The list in front, as the search field knows it: something that can take the focus.

export class Results {
  #focus: (() => void) | null = null;

  /** A list comes in front; the returned function takes it away again. */
  offer(focus: () => void): () => void {
    this.#focus = focus;
    return () => {
      if (this.#focus === focus) this.#focus = null;
    };
  }

  /** Goes to what was found, if a list shows it. */
  enter(): void {
    this.#focus?.();
  }
}
