// From the waveform of a sound to the heights of its columns, as they are drawn about the middle line.

/** Never thinner than this: silence is a line. */
const THIN = 0.03;

/** Bytes `255 · sqrt(amplitude)` as `columns` heights in 0..1; `loudest` fills the height. Where a column covers
 * several values the greatest stands, where a value covers several columns they run from one to the next. */
export function waveformHeights(values: readonly number[], loudest: number, columns: number): number[] {
  const heights = values.map((value) => Math.max(THIN, loudest > 0 ? (value / loudest) ** 2 : 0));
  if (heights.length === 0) return [];
  const each = heights.length / columns;
  return Array.from({ length: columns }, (_, column) => {
    if (each >= 1) {
      const [from, to] = [Math.floor(column * each), Math.ceil((column + 1) * each)];
      return Math.max(...heights.slice(from, Math.max(to, from + 1)));
    }
    const at = Math.max(0, (column + 0.5) * each - 0.5);
    const left = Math.min(heights.length - 1, Math.floor(at));
    const right = Math.min(heights.length - 1, left + 1);
    return heights[left]! + (heights[right]! - heights[left]!) * Math.min(1, at - left);
  });
}
