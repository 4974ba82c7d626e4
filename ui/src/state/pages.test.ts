// Pages come as they are needed, and late answers change nothing.
import { expect, test } from "vitest";
import { PageCache, type Rows } from "./pages.svelte";

type Asked = { offset: number; answer: (rows: Rows<string>) => void; refuse: (error: unknown) => void };

/** A source of 1000 rows that answers when told. */
function source(name: string, asked: Asked[], total = 1000) {
  return (offset: number, limit: number) =>
    new Promise<Rows<string>>((answer, refuse) => {
      const rows = Array.from({ length: Math.min(limit, total - offset) }, (_, i) => `${name}${offset + i}`);
      asked.push({ offset, answer: () => answer({ total, rows }), refuse });
    });
}

async function settle(asked: Asked[]): Promise<void> {
  for (const { answer } of asked.splice(0)) answer({ total: 0, rows: [] });
  await new Promise((done) => setTimeout(done));
}

test("asks for each page in sight once", async () => {
  const asked: Asked[] = [];
  const cache = new PageCache(source("a", asked), undefined, 10);
  void cache.need(0, 5);
  void cache.need(3, 8);
  expect(asked.map(({ offset }) => offset)).toEqual([0]);
  await settle(asked);
  void cache.need(5, 25);
  expect(asked.map(({ offset }) => offset)).toEqual([10, 20]);
  await settle(asked);
  expect([cache.total, cache.at(0), cache.at(24), cache.at(30)]).toEqual([1000, "a0", "a24", undefined]);
});

test("keeps old rows in sight until the first of a new list arrive", async () => {
  const asked: Asked[] = [];
  const cache = new PageCache(source("a", asked), undefined, 10);
  void cache.need(0, 5);
  await settle(asked);
  cache.reset(source("b", asked, 3));
  void cache.need(0, 5);
  expect([cache.total, cache.at(0)]).toEqual([1000, "a0"]);
  await settle(asked);
  expect([cache.total, cache.at(0), cache.at(5)]).toEqual([3, "b0", undefined]);
});

test("drops the answer to a question that was overtaken", async () => {
  const asked: Asked[] = [];
  const cache = new PageCache(source("r", asked), undefined, 10);
  void cache.need(0, 5);
  const [late] = asked.splice(0);
  cache.reset(source("ra", asked, 7));
  void cache.need(0, 5);
  await settle(asked);
  late!.answer({ total: 0, rows: [] });
  await settle(asked);
  expect([cache.total, cache.at(0)]).toEqual([7, "ra0"]);
});

test("a changed list keeps its rows and asks again for those in sight", async () => {
  const asked: Asked[] = [];
  const cache = new PageCache(source("a", asked), undefined, 10);
  void cache.need(0, 20);
  await settle(asked);
  cache.refresh();
  expect(cache.at(15)).toBe("a15");
  void cache.need(10, 15);
  expect(asked.map(({ offset }) => offset)).toEqual([10]);
});

test("forgets the pages seen longest ago", async () => {
  const asked: Asked[] = [];
  const cache = new PageCache(source("a", asked), undefined, 10, 2);
  for (const from of [0, 10, 0, 20]) {
    void cache.need(from, from + 1);
    await settle(asked);
  }
  expect([cache.at(0), cache.at(10), cache.at(20)]).toEqual(["a0", undefined, "a20"]);
});

test("tells of a refusal, but not of an overtaken one, and asks again afterwards", async () => {
  const asked: Asked[] = [];
  const told: unknown[] = [];
  const cache = new PageCache(source("a", asked), (error) => told.push(error), 10);
  void cache.need(0, 1);
  asked.splice(0)[0]!.refuse("first");
  await settle(asked);
  void cache.need(0, 1);
  const [second] = asked.splice(0);
  cache.refresh();
  second!.refuse("second");
  await settle(asked);
  expect(told).toEqual(["first"]);
});
