// The arithmetic of a list that draws only what is in sight. Pure.

/** WebKit clamps elements at about 33.5 million pixels; beyond this a list is compressed. */
export const HEIGHT_MAX = 30_000_000;

export type Extent = {
  count: number;
  rowHeight: number;
  /** Height of what stands above the rows and scrolls with them. */
  lead: number;
  /** Height of the window onto the list. */
  viewport: number;
};

export type Slice = {
  /** First row to draw. */
  from: number;
  /** One past the last row to draw. */
  to: number;
  /** Where the first drawn row stands, in pixels below the top of the rows. */
  top: number;
};

/** Pixels that the rows take on the page. */
export function height({ count, rowHeight }: Extent): number {
  return Math.min(count * rowHeight, HEIGHT_MAX);
}

/** What to draw at `scrollTop`, with `overscan` rows to spare on either side. */
export function slice(extent: Extent, scrollTop: number, overscan = 6): Slice {
  const { count, rowHeight, lead, viewport } = extent;
  if (count === 0 || viewport <= 0) return { from: 0, to: 0, top: 0 };
  const physical = Math.max(0, scrollTop - lead);
  const logical = physical * ratio(extent);
  const first = Math.floor(logical / rowHeight);
  const from = clamp(first - overscan, 0, count);
  const to = clamp(Math.ceil((logical + viewport) / rowHeight) + overscan, from, count);
  return { from, to, top: physical + (from * rowHeight - logical) };
}

/** Where to scroll so that row `index` is whole in sight, below `header` pixels of sticky header. */
export function scrollToShow(extent: Extent, scrollTop: number, index: number, header = 0): number {
  const { rowHeight, lead, viewport } = extent;
  const scale = ratio(extent);
  const above = lead + (index * rowHeight) / scale;
  if (above < scrollTop) return index === 0 ? 0 : above;
  const below = lead + (index * rowHeight + rowHeight + header - viewport) / scale;
  return below > scrollTop ? below : scrollTop;
}

/** How many tiles of at least `least` pixels stand side by side, and how wide each is then. */
export function tiles(width: number, least: number, gap: number): { columns: number; tile: number } {
  const columns = Math.max(1, Math.floor((width + gap) / (least + gap)));
  return { columns, tile: Math.max(0, (width - gap * (columns - 1)) / columns) };
}

/** Logical pixels under each pixel of the page: 1 unless the list is compressed. */
function ratio(extent: Extent): number {
  const { count, rowHeight, viewport } = extent;
  const whole = count * rowHeight;
  return whole <= HEIGHT_MAX ? 1 : (whole - viewport) / (HEIGHT_MAX - viewport);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
