// From the outline of a sound to the path that draws it, mirrored at the middle line.

/** Bytes `255 · sqrt(amplitude)` as a closed path in a box of `values.length` by 2; `loudest` fills its height. */
export function outlinePath(values: readonly number[], loudest: number): string {
  const heights = values.map((value) => Math.max(0.03, loudest > 0 ? (value / loudest) ** 2 : 0));
  const point = (bin: number, y: number) => `${bin + 0.5} ${y.toFixed(3)}`;
  const top = heights.map((height, bin) => point(bin, 1 - height));
  const bottom = heights.map((height, bin) => point(bin, 1 + height)).reverse();
  return values.length === 0 ? "" : `M${[...top, ...bottom].join("L")}Z`;
}
