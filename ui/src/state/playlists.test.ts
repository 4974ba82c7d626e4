// Playlists: kept, changed, deleted and brought back; their songs moved and taken out.
// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import type { Fake } from "../ipc/fake";
import type { App } from "./app.svelte";
import { canLive } from "./playlists.svelte";
import { openApp, undo } from "./testing";

let app: App;
let fake: Fake;

beforeEach(async () => {
  ({ app, fake } = await openApp());
});

const names = () => app.playlists.rows.map(({ name }) => name);
const named = (name: string) => app.playlists.rows.find((row) => row.name === name)!;
const notice = () => app.notices.list.at(-1)!.text;

test("songs are kept under a name, and more added", async () => {
  app.playlists.keep("", { of: "tracks", ids: [1, 2] });
  await app.playlists.named("  Mine ", false);
  await vi.waitFor(() => expect(named("Mine")).toMatchObject({ tracks: 2, living: false }));
  expect(app.playlists.naming).toBeNull();
  await app.playlists.add(named("Mine"), [3, 4, 5]);
  expect(notice()).toBe("3 songs added to “Mine”");
  await vi.waitFor(() => expect(named("Mine").tracks).toBe(5));
});

test("no name keeps nothing", async () => {
  const before = names();
  app.playlists.keep("", { of: "queue" });
  await app.playlists.named("   ", false);
  expect([app.playlists.naming, names()]).toEqual([null, before]);
});

test.each([
  [{ of: "search", query: { text: "x", album: null, sort: "title", descending: false }, limit: null }, true],
  [{ of: "mix", id: "discover", count: 5 }, true],
  [{ of: "station", request: { seeds: [], less: [], discovery: null }, count: 5 }, true],
  [{ of: "path", from: 1, to: 2, count: 5 }, false],
  [{ of: "tracks", ids: [1] }, false],
  [{ of: "queue" }, false],
] as const)("%j can be made anew each day: %s", (source, expected) => {
  expect(canLive(source as Parameters<typeof canLive>[0])).toBe(expected);
});

test("a mix is kept living, and made anew now", async () => {
  app.playlists.keepMix({
    id: "discover",
    kind: "discover",
    title: { is: "discover" },
    content: { is: "unheard" },
    cover_tracks: [],
  });
  expect(app.playlists.naming).toMatchObject({ of: "new", name: "Discover" });
  await app.playlists.named("Fresh", true);
  await vi.waitFor(() => expect(named("Fresh")).toMatchObject({ living: true }));
  const list = app.playlistSongs(named("Fresh").id);
  await list.cache.need(0, 10);
  const before = list.cache.at(0)!.entry;
  await app.playlists.refresh(named("Fresh"));
  await list.cache.need(0, 10);
  expect(list.cache.at(0)!.entry).not.toBe(before);
  expect(list.picked).toBe(true);
});

test("a new name reaches the sidebar; the same name asks nothing of the program", async () => {
  const [playlist] = app.playlists.rows;
  app.playlists.askNewName(playlist!);
  await app.playlists.named(playlist!.name, false);
  expect(fake.calls).not.toContain("rename_playlist");
  app.playlists.askNewName(playlist!);
  await app.playlists.named("Other", false);
  await vi.waitFor(() => expect(app.playlists.row(playlist!.id)?.name).toBe("Other"));
});

test("a deleted playlist leaves its page, and Undo brings it back where it was", async () => {
  const before = names();
  const [playlist] = app.playlists.rows;
  app.playlists.open(playlist!.id);
  await app.playlists.delete(playlist!);
  await vi.waitFor(() => expect(names()).toEqual(before.slice(1)));
  expect(app.router.page.name).toBe("songs");
  expect(notice()).toBe(`“${playlist!.name}” deleted`);
  undo(app);
  await vi.waitFor(() => expect(names()).toEqual(before));
});

test("songs are moved and taken out; those that are missing keep their place", async () => {
  const list = app.playlistSongs(named("Sunday kitchen").id);
  await list.cache.need(0, 20);
  const order = () => Array.from({ length: 5 }, (_, i) => list.cache.at(i)?.entry);
  const [a, b, c, d, e] = order();
  await list.moveTo(list.cache.at(3)!, 0);
  await list.cache.need(0, 20);
  expect(order()).toEqual([d, a, b, c, e]);
  const total = list.cache.total!;
  await list.click(1, { ctrl: false, shift: false });
  await list.click(2, { ctrl: false, shift: true });
  await list.remove(list.chosenKeys());
  await list.cache.need(0, 20);
  expect(order().slice(0, 3)).toEqual([d, c, e]);
  expect(list.cache.total).toBe(total - 2);
  const missing = [...list.cache.known()].filter(([, row]) => row.track.id === 0);
  expect(missing).toHaveLength(2);
  expect(named("Sunday kitchen")).toMatchObject({ missing: 2, tracks: total - 2 });
});

test("a choice of places gives the songs that are there, twice where one stands twice", async () => {
  app.playlists.keep("", { of: "tracks", ids: [7, 7, 9] });
  await app.playlists.named("Twice", false);
  await vi.waitFor(() => expect(named("Twice")).toBeDefined());
  const list = app.playlistSongs(named("Twice").id);
  await list.cache.need(0, 3);
  await list.click(0, { ctrl: false, shift: false });
  expect([list.isChosen(0), list.isChosen(1)]).toEqual([true, false]);
  await list.chooseAll();
  expect(list.chosenIds()).toEqual([7, 7, 9]);
  const kitchen = app.playlistSongs(named("Sunday kitchen").id);
  await kitchen.cache.need(0, 10);
  await kitchen.click(4, { ctrl: false, shift: false });
  expect(kitchen.cache.at(4)?.track.id).toBe(0);
  expect([kitchen.chosenKeys().length, kitchen.chosenIds()]).toEqual([1, []]);
});

test("a playlist plays from a place on, and is shuffled from any", async () => {
  const playlist = named("Für Mama");
  const list = app.playlistSongs(playlist.id);
  await list.cache.need(0, 12);
  await app.playlists.play(playlist, 3);
  expect(app.player.state.current).toMatchObject({
    source: "playlist",
    track: { id: list.cache.at(3)!.track.id },
  });
  await app.playlists.shuffle(playlist, 0.99);
  expect(app.player.state.shuffle).toBe(true);
  expect(app.player.track?.id).toBe(list.cache.at(playlist.tracks - 1)!.track.id);
});

test("an imported playlist is opened, and says what is missing; an exported one, where it is", async () => {
  await app.playlists.import();
  expect(notice()).toBe("“Road trip 2019” imported: 7 songs, 1 not in your library");
  await vi.waitFor(() =>
    expect(app.router.page).toEqual({ name: "playlist", id: named("Road trip 2019").id }),
  );
  await app.playlists.export(named("Road trip 2019"));
  expect(notice()).toBe("Saved: /home/mila/Road trip 2019.m3u8");
  vi.spyOn(fake, "importPlaylist").mockResolvedValue(null);
  const page = app.router.page;
  await app.playlists.import();
  expect(app.router.page).toBe(page);
});

test("the menu of a song names the playlists that songs can be added to", async () => {
  const song = (await fake.songs({ text: "", album: null, sort: "title", descending: false }, 0, 1)).rows[0]!;
  const items = app.menus.songs([song], [song.id], () => {});
  const add = items.find((item) => item !== "line" && item.label === "Add to playlist");
  if (!add || add === "line" || !("items" in add)) throw new Error("no submenu");
  const labels = add.items.map((item) => (item === "line" ? item : item.label));
  const fixed = app.playlists.rows.filter((row) => !row.living).map((row) => row.name);
  expect(labels).toEqual(["New playlist…", "line", ...fixed]);
  expect(names()).not.toEqual(fixed);
});
