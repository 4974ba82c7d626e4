// The newest question's answer counts, and only that.
import { expect, test } from "vitest";
import { LatestQuery } from "./latestquery.svelte";

/** A question that is answered when told. */
function question<T>() {
  let answer!: (value: T) => void;
  let refuse!: (error: unknown) => void;
  const promise = new Promise<T>((done, failed) => ((answer = done), (refuse = failed)));
  return { ask: () => promise, answer, refuse };
}

test("an overtaken answer changes nothing", async () => {
  const asked = new LatestQuery<string>(() => {});
  const [first, second] = [question<string>(), question<string>()];
  const done = [asked.ask(first.ask), asked.ask(second.ask)];
  second.answer("new");
  first.answer("old");
  await Promise.all(done);
  expect([asked.value, asked.asking]).toEqual(["new", false]);
});

test("a refusal is told and keeps what was known; an overtaken one is not told", async () => {
  const told: unknown[] = [];
  const asked = new LatestQuery<string>((error) => told.push(error));
  await asked.ask(async () => "known");
  const no = new Error("no");
  await asked.ask(() => Promise.reject(no));
  expect([asked.value, asked.failed, told]).toEqual(["known", true, [no]]);
  const late = question<string>();
  const done = asked.ask(late.ask);
  await asked.ask(async () => "newer");
  late.refuse("late");
  await done;
  expect([asked.value, asked.failed, told]).toEqual(["newer", false, [no]]);
});

test("once cleared, an answer under way is not wanted any more", async () => {
  const asked = new LatestQuery<string>(() => {});
  const one = question<string>();
  const done = asked.ask(one.ask);
  asked.clear();
  one.answer("too late");
  await done;
  expect([asked.value, asked.asking]).toEqual([null, false]);
});
