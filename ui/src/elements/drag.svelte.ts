// Dragging a row of a list of equal rows to another place by its grip. The list hears where it was dropped.

export class RowDrag<Row> {
  held = $state.raw<{ row: Row; from: number; to: number; y: number } | null>(null);

  constructor(
    private rowHeight: number,
    private count: () => number,
    private drop: (row: Row, index: number) => void,
  ) {}

  /** The pointer took a row by its grip. */
  grip = (event: PointerEvent, row: Row, index: number): void => {
    event.preventDefault();
    event.stopPropagation();
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.held = { row, from: index, to: index, y: event.clientY };
  };

  move = (event: PointerEvent): void => {
    if (!this.held) return;
    const to = this.held.from + Math.round((event.clientY - this.held.y) / this.rowHeight);
    this.held = { ...this.held, to: Math.min(this.count() - 1, Math.max(0, to)) };
  };

  end = (): void => {
    if (this.held && this.held.to !== this.held.from) this.drop(this.held.row, this.held.to);
    this.held = null;
  };

  isHeld(index: number): boolean {
    return this.held?.from === index;
  }

  /** On which side of the row at `index` a dropped one would land; `null` for all rows but one. */
  side(index: number): "above" | "below" | null {
    const { held } = this;
    if (held?.to !== index || held.to === held.from) return null;
    return held.to < held.from ? "above" : "below";
  }
}
