// Rows dragged by their grips land where the hand let go.
import { expect, test } from "vitest";
import { RowDrag } from "./drag.svelte";

const at = (clientY: number) =>
  ({
    clientY,
    pointerId: 1,
    currentTarget: { setPointerCapture() {} },
    preventDefault() {},
    stopPropagation() {},
  }) as unknown as PointerEvent;

test.each([
  [2, 85, 4, "below"],
  [2, -81, 0, "above"],
  [2, 1000, 9, "below"],
  [2, -1000, 0, "above"],
] as const)("row %i dragged by %i pixels lands at %i, marked %s that row", (from, by, to, side) => {
  const dropped: [string, number][] = [];
  const drag = new RowDrag<string>(
    40,
    () => 10,
    (row, index) => dropped.push([row, index]),
  );
  drag.grip(at(300), "row", from);
  drag.move(at(300 + by));
  expect([drag.isHeld(from), drag.side(to), drag.side(from)]).toEqual([true, side, null]);
  drag.end();
  expect([dropped, drag.isHeld(from), drag.side(to)]).toEqual([[["row", to]], false, null]);
});

test("a row let go where it was, and a pointer that holds none, move nothing", () => {
  const dropped: number[] = [];
  const drag = new RowDrag<string>(
    40,
    () => 10,
    (_, index) => dropped.push(index),
  );
  drag.move(at(500));
  drag.end();
  drag.grip(at(300), "row", 3);
  drag.move(at(315));
  drag.end();
  expect(dropped).toEqual([]);
});
