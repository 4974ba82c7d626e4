// The stores together, before the fake twin: what a listener does, and what the window then knows.
// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import { makeFake, type Fake } from "../ipc/fake";
import { App } from "./app.svelte";
import { stationFrom, spread } from "./radio.svelte";
import { songSeed } from "./seeds.svelte";

let fake: Fake;
let app: App;
let now_ms = 0;
const memory = new Map<string, string>();
const storage = {
  getItem: (key: string) => memory.get(key) ?? null,
  setItem: (key: string, value: string) => void memory.set(key, value),
};

async function open(options: Parameters<typeof makeFake>[0]) {
  fake = makeFake(options);
  app = new App(fake, storage, document.documentElement, () => now_ms);
  return app.start();
}

beforeEach(async () => {
  now_ms = 0;
  memory.clear();
  await open({ tracks: 600 });
});

test("plays a list from a place, and time passes between two events", async () => {
  await app.songs.cache.need(0, 10);
  await app.actions.playSongs(app.songs.query, 4);
  expect(app.player.track?.id).toBe(app.songs.cache.at(4)?.id);
  expect(app.player.state.current?.source).toBe("queue");
  now_ms = 1500;
  app.player.tick();
  expect(app.player.position_s).toBeCloseTo(1.5);
  await app.player.seek(9_999);
  expect(app.player.position_s).toBe(app.player.state.duration_s);
  await app.player.toggle();
  now_ms = 9000;
  app.player.tick();
  expect(app.player.playing).toBe(false);
});

test("clearing, removing, moving and replacing the queue are undone one by one", async () => {
  await app.songs.cache.need(0, 10);
  const queue = async () => (await fake.queue(0, 1000)).rows.map((row) => row.entry);
  const undone = () => app.player.state.undo;
  await app.actions.playSongs(app.songs.query, 4);
  const first = await queue();
  const playing = app.player.state.current!.entry;
  fake.pass(12);
  await app.actions.playSongs({ ...app.songs.query, text: "jazz" }, 0);
  expect(undone()).toMatchObject({ kind: "replaced", songs: first.length });
  const second = await queue();
  await fake.command({ do: "remove", entry: second[0]! });
  expect(app.player.state.current?.entry).toBe(second[1]);
  await fake.command({ do: "move", entry: second[2]!, index: 0 });
  await fake.command({ do: "clear" });
  expect(await queue()).toEqual([]);
  expect(app.player.state).toMatchObject({ status: "stopped", current: null });

  await fake.command({ do: "undo" });
  expect((await queue())[0]).toBe(second[2]);
  expect(app.player.state.status).toBe("playing");
  await fake.command({ do: "undo" });
  await fake.command({ do: "undo" });
  expect(await queue()).toEqual(second);
  expect(app.player.state.current?.entry).toBe(second[0]);
  await fake.command({ do: "undo" });
  expect(await queue()).toEqual(first);
  expect(app.player.state).toMatchObject({ current: { entry: playing }, position_s: 12, status: "playing" });
  await fake.command({ do: "redo" });
  expect(await queue()).toEqual(second);
});

test("a late position of another song is not believed", async () => {
  await app.actions.playSongs(app.songs.query, 0);
  fake.tell({ event: "position", entry: 999_999, position_s: 77 });
  expect(app.player.position_s).toBe(0);
});

test("chooses ranges across rows that are not in memory", async () => {
  await app.songs.cache.need(0, 10);
  await app.songs.click(2, { ctrl: false, shift: false });
  app.songs.move("End", true, 10);
  await vi.waitFor(() => expect(app.songs.selection.ids.size).toBe(598));
  await app.songs.click(5, { ctrl: false, shift: true });
  expect(app.songs.chosen().map((row) => row.id)).toEqual([2, 3, 4, 5].map((i) => app.songs.cache.at(i)!.id));
});

test("a choice survives a changed library", async () => {
  await app.songs.cache.need(0, 10);
  await app.songs.click(3, { ctrl: false, shift: false });
  const chosen = app.songs.chosenIds();
  const before = app.songs.cache.generation;
  await app.library.addFolder("/home/mila/More");
  expect(app.songs.cache.generation).toBeGreaterThan(before);
  expect(app.songs.chosenIds()).toEqual(chosen);
});

test("searches songs from any page, and albums in place", async () => {
  app.router.go({ name: "radio" });
  app.search("  Jazz ");
  await vi.waitFor(() => expect(app.songs.query.text).toBe("Jazz"));
  expect(app.router.page.name).toBe("songs");
  app.router.go({ name: "albums" });
  app.search("Live");
  await vi.waitFor(() => expect(app.albums.query.text).toBe("Live"));
  expect(app.router.page.name).toBe("albums");
});

test("sorts up, then down; plays start with the most", async () => {
  app.songs.sort("title");
  app.songs.sort("title");
  expect(app.songs.query).toMatchObject({ sort: "title", descending: true });
  app.songs.sort("plays");
  expect(app.songs.query).toMatchObject({ sort: "plays", descending: true });
});

test("a radio plays its seed, never runs dry, says why, and is tuned", async () => {
  await app.radio.start(stationFrom([{ of: "track", id: 7 }]));
  expect(app.player.track?.id).toBe(7);
  expect(app.radio.station?.title).toMatchObject({ seeds: [{ title: app.player.track?.title }] });
  await app.queue.cache.need(0, 20);
  const first = app.queue.upcoming(5);
  expect(first).toHaveLength(5);
  expect(first.every((row) => row.source === "radio" && row.reasons.length > 0)).toBe(true);
  await app.radio.tune(1);
  await app.queue.cache.need(0, 20);
  expect(app.radio.station?.discovery).toBe(1);
  expect(app.queue.upcoming(1)[0]?.entry).not.toBe(first[0]!.entry);
  await app.radio.stop();
  expect(app.radio.station).toBeNull();
  expect(app.player.playing).toBe(true);
});

test.each([
  [[4], [4]],
  [
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    [1, 3, 5, 7, 9],
  ],
])("a station grows from a few of many: %j", (ids, expected) => {
  expect(spread(ids)).toEqual(expected);
});

test("auditions a station before it starts", async () => {
  await app.radio.think();
  expect(app.radio.ideas.length).toBeGreaterThan(3);
  const seed = songSeed(app.radio.ideas[0]!);
  app.radio.put(seed, "more");
  await vi.waitFor(() => expect(app.radio.preview.value?.length).toBeGreaterThan(3));
  app.radio.drop(seed);
  expect(app.radio.preview.value).toBeNull();
});

test("moves and removes places of the queue", async () => {
  await app.actions.playTracks([1, 2, 3]);
  await app.queue.cache.need(0, 10);
  await app.queue.move(app.queue.cache.at(2)!, 1);
  await app.queue.cache.need(0, 10);
  const order = () => [0, 1, 2].map((i) => app.queue.cache.at(i)?.track.id);
  expect(order()).toEqual([1, 3, 2]);
  await app.queue.remove(app.queue.cache.at(1)!);
  await app.queue.cache.need(0, 10);
  expect(order()).toEqual([1, 2, undefined]);
});

test("likes, and takes it back", async () => {
  await app.songs.cache.need(0, 10);
  const track = [...app.songs.cache.known()].map(([, row]) => row).find((row) => row.rating === null)!;
  await app.library.rate([track], "like");
  expect(app.library.ratingOf(track)).toBe("like");
  await app.library.rate([track], "like");
  expect(app.library.ratingOf(track)).toBeNull();
});

test("finds the album of a song", async () => {
  await app.songs.cache.need(0, 1);
  const track = app.songs.cache.at(0)!;
  await app.actions.goToAlbum(track);
  expect(app.router.page).toMatchObject({ name: "album", album: { title: track.album } });
});

test("the first folder ends the first run; a wrong path is refused with advice", async () => {
  await open({ tracks: 600, empty: true });
  expect(app.library.empty).toBe(true);
  expect(await app.library.addFolder("no/such")).toBe(false);
  expect(app.notices.list[0]).toMatchObject({
    tone: "error",
    advice: expect.stringContaining("rescan") as string,
  });
  expect(await app.library.addFolder(" /home/mila/Music ")).toBe(true);
  expect(app.library.empty).toBe(false);
  expect(app.library.scanning).toBe(true);
  await app.library.control("scan", "pause");
  expect(app.library.scanning).toBe(false);
});

test("the theme is remembered", () => {
  app.theme.choose("dark");
  expect(document.documentElement.dataset.theme).toBe("dark");
  expect(new App(fake, storage, document.documentElement).theme.chosen).toBe("dark");
  app.theme.choose("system");
  expect(document.documentElement.dataset.theme).toBeUndefined();
});

test("what took songs away says so and comes back, in the order it went", async () => {
  await app.songs.cache.need(0, 10);
  const queue = async () => (await fake.queue(0, 1000)).rows.map((row) => row.entry);
  const said = () => app.notices.list.map((notice) => notice.text);
  await app.actions.playSongs(app.songs.query, 4);
  const whole = await queue();
  expect(said()).toEqual([]);
  await fake.command({ do: "remove", entry: whole[7]! });
  await fake.command({ do: "move", entry: whole[2]!, index: 0 });
  await app.actions.playSongs({ ...app.songs.query, text: "jazz" }, 0);
  await app.queue.clear();
  expect(said().slice(0, 2)).toEqual([
    "1 song removed from the queue",
    `Your queue of ${(whole.length - 1).toLocaleString("en")} songs was replaced`,
  ]);
  expect(said()[2]).toMatch(/^Queue cleared: /);
  for (let step = 0; step < 4; step++) {
    app.notices.undoNewest();
    await vi.waitFor(() => expect(app.notices.list.every(({ tone }) => tone === "info")).toBe(true));
  }
  expect(await queue()).toEqual(whole);
  await app.player.redo();
  expect((await queue()).length).toBe(whole.length - 1);
  app.notices.undoNewest();
  await vi.waitFor(async () => expect(await queue()).toEqual(whole));
});

test("a list played in place of another is no loss, and is not spoken of", async () => {
  await app.actions.playSongs(app.songs.query, 4);
  await app.actions.playSongs({ ...app.songs.query, text: "jazz" }, 0);
  expect(app.notices.list).toEqual([]);
});

test("a notice that is read does not leave, and what it offers outlives it", async () => {
  vi.useFakeTimers();
  let undone = 0;
  app.notices.info("Gone", async () => void undone++);
  vi.advanceTimersByTime(11_000);
  app.notices.hold();
  vi.advanceTimersByTime(60_000);
  expect(app.notices.list.length).toBe(1);
  app.notices.release();
  vi.advanceTimersByTime(1_900);
  expect(app.notices.list.length).toBe(1);
  vi.advanceTimersByTime(200);
  expect(app.notices.list.length).toBe(0);
  app.notices.undoNewest();
  app.notices.undoNewest();
  await vi.advanceTimersByTimeAsync(1);
  expect(undone).toBe(1);
  vi.useRealTimers();
});

test("a search from another page ends where it began, with the best first while it lasts", async () => {
  app.songs.sort("title");
  app.router.go({ name: "taste" });
  app.searchSongs("night");
  expect(app.router.page.name).toBe("songs");
  expect(app.songs.query).toMatchObject({ text: "night", sort: "relevance", descending: false });
  app.searchSongs("nights");
  app.songs.sort("plays");
  app.searchSongs("night");
  expect(app.songs.query).toMatchObject({ text: "night", sort: "plays", descending: true });
  app.back();
  await vi.waitFor(() => expect(app.router.page.name).toBe("taste"));
  expect(app.searchText).toBe("");
  expect(app.songs.query).toMatchObject({ text: "", sort: "plays" });
  app.router.forth();
  expect(app.router.page.name).toBe("songs");
});
