// Which rows of a list are chosen, as in any desktop list: click, ctrl, shift, arrows. Pure.
// Rows are chosen by id, so a choice survives a list that changes; the cursor and the anchor are places.

export type Selection = {
  readonly ids: ReadonlySet<number>;
  /** Where a range starts. */
  readonly anchor: number;
  /** Where the keyboard is; -1 when nowhere. */
  readonly cursor: number;
};

export const nothing: Selection = { ids: new Set(), anchor: -1, cursor: -1 };

export function single(index: number, id: number): Selection {
  return { ids: new Set([id]), anchor: index, cursor: index };
}

export function toggled(before: Selection, index: number, id: number): Selection {
  const ids = new Set(before.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: index, cursor: index };
}

/** First and last place between the anchor and `index`. */
export function range(before: Selection, index: number): [first: number, last: number] {
  const anchor = before.anchor < 0 ? index : before.anchor;
  return [Math.min(anchor, index), Math.max(anchor, index)];
}

/** The range to `index`, whose ids the caller looked up. */
export function extended(before: Selection, index: number, ids: Iterable<number>): Selection {
  return { ids: new Set(ids), anchor: before.anchor < 0 ? index : before.anchor, cursor: index };
}

/** Where a key takes the cursor in a list of `count` rows, `page` of which are in sight; `null` for other keys. */
export function step(cursor: number, key: string, count: number, page: number): number | null {
  if (count === 0) return null;
  const to: Record<string, number> = {
    ArrowDown: cursor + 1,
    ArrowUp: cursor < 0 ? 0 : cursor - 1,
    PageDown: Math.max(cursor, 0) + page,
    PageUp: cursor - page,
    Home: 0,
    End: count - 1,
  };
  const target = to[key];
  return target === undefined ? null : Math.min(count - 1, Math.max(0, target));
}
