// A slider's values: the newest arrives, overtaken ones do not.
import { expect, test } from "vitest";
import { latest } from "./latest";

test("sends the first and the last of a burst", async () => {
  const sent: number[] = [];
  const send = latest(async (value: number) => {
    await new Promise((done) => setTimeout(done, 1));
    sent.push(value);
  });
  void send(1);
  void send(2);
  void send(3);
  await send(4);
  expect(sent).toEqual([1, 4]);
});
