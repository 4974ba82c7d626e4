// From an hour of the day to the piece of a clock's ring that draws it. Pure.

const INNER = 20;
const OUTER = 49;
/** Degrees between two pieces. */
const GAP = 2.4;

/** The piece of `hour` (0..23, midnight at the top, clockwise), reaching out by `share` of the ring's width. */
export function ringPath(hour: number, share: number): string {
  const [from, to] = [hour * 15 + GAP / 2, (hour + 1) * 15 - GAP / 2];
  const radius = INNER + (OUTER - INNER) * Math.max(0.04, Math.min(1, share));
  const at = (r: number, degrees: number) => {
    const turn = (degrees * Math.PI) / 180;
    return `${(r * Math.sin(turn)).toFixed(2)} ${(-r * Math.cos(turn)).toFixed(2)}`;
  };
  return (
    `M${at(INNER, from)}L${at(radius, from)}A${radius.toFixed(2)} ${radius.toFixed(2)} 0 0 1 ${at(radius, to)}` +
    `L${at(INNER, to)}A${INNER} ${INNER} 0 0 0 ${at(INNER, from)}Z`
  );
}
