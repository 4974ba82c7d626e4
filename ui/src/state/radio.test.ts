// Stations from anything, alchemy, wishes, and ways from song to song.
// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import type { Fake } from "../ipc/fake";
import type { SeedRow } from "../ipc/backend";
import type { App } from "./app.svelte";
import { stationFrom } from "./radio.svelte";
import { songSeed, type SeedSearch } from "./seeds.svelte";
import { openApp } from "./testing";
import { stationTitle } from "../words/names";

let app: App;
let fake: Fake;

beforeEach(async () => {
  ({ app, fake } = await openApp());
});

const genre = (name: string): SeedRow => ({
  seed: { of: "genre", name },
  name,
  about: { is: "songs", count: 1 },
  cover_track: null,
});
const names = (rows: SeedRow[]) => rows.map((row) => row.name);

async function find(search: SeedSearch, text: string): Promise<SeedRow[]> {
  search.type(text);
  await vi.waitFor(() => expect(search.found.value?.text).toBe(text));
  return search.rows;
}

test("one field finds genres, artists, songs, albums and playlists", async () => {
  const kinds = new Set<string>();
  for (const text of ["jazz", app.playlists.rows[0]!.name, "the"]) {
    for (const row of await find(app.radio.search, text)) kinds.add(row.seed.of);
  }
  expect([...kinds].sort()).toEqual(["album", "artist", "genre", "playlist", "tag", "track", "words"]);
});

test("words that read as a wish are offered as one, first unless they are a name", async () => {
  const [wish] = await find(app.radio.search, "calm piano, no vocals, zorp");
  expect(wish).toMatchObject({ seed: { of: "words", text: "calm piano, no vocals, zorp" } });
  expect(app.radio.search.found.value?.wish).toMatchObject({
    wanted: [{ term: { name: "calm" } }, { term: { name: "piano" } }],
    unwanted: [{ term: { name: "vocals" }, rest: "calm piano, zorp" }],
    unknown: [{ word: "zorp" }],
  });
  const [name] = await find(app.radio.search, "Classical");
  expect(name).toMatchObject({ seed: { of: "genre", name: "Classical" } });
  expect(await find(app.radio.search, "zorp zorp")).toEqual([]);
});

test("a part of a wish is taken away where it stands, and a misspelt word put right", async () => {
  const { radio } = app;
  radio.put(genre("Jazz"), "more");
  radio.put((await find(radio.search, "calm piano, claim, no vocals"))[0]!, "more");
  const text = () => names(radio.seeds.more)[1]!;
  const wish = () => vi.waitFor(() => expect(radio.wishes[text()]).toBeDefined());
  await wish();
  const said = radio.wishes[text()]!;
  await radio.reword(radio.seeds.more[1]!, said.unwanted[0]!.rest);
  expect(names(radio.seeds.more)).toEqual(["Jazz", "calm piano, claim"]);
  await radio.reword(radio.seeds.more[1]!, "calm");
  expect(names(radio.seeds.more)).toEqual(["Jazz", "calm"]);
  await wish();
  await radio.reword(radio.seeds.more[1]!, radio.wishes[text()]!.wanted[0]!.rest);
  expect(names(radio.seeds.more)).toEqual(["Jazz"]);
  radio.drop(genre("Jazz"));
});

test("emptied, the field forgets what it was about to find", async () => {
  app.radio.search.type("jazz");
  app.radio.search.type("");
  await new Promise((done) => setTimeout(done, 200));
  expect(app.radio.search.found.value).toBeNull();
});

test("a seed lies on one side at a time, and the preview keeps away from the other", async () => {
  const { radio } = app;
  radio.put(genre("Jazz"), "more");
  radio.put(genre("Classical"), "more");
  radio.put(genre("Jazz"), "less");
  expect([names(radio.seeds.more), names(radio.seeds.less)]).toEqual([["Classical"], ["Jazz"]]);
  expect(radio.request).toMatchObject({
    seeds: [{ of: "genre", name: "Classical" }],
    less: [{ of: "genre", name: "Jazz" }],
  });
  await vi.waitFor(() => expect(radio.preview.value?.length).toBeGreaterThan(3));
  expect(radio.preview.value!.every(({ track }) => track.genres.includes("Classical"))).toBe(true);
  radio.drop(genre("Classical"));
  radio.drop(genre("Jazz"));
  expect(radio.preview.value).toBeNull();
});

test("a side takes five, and says so", () => {
  for (const name of ["a", "b", "c", "d", "e", "f"]) app.radio.put(genre(name), "more");
  expect(names(app.radio.seeds.more)).toEqual(["a", "b", "c", "d", "e"]);
  expect(app.notices.list[0]?.text).toContain("up to 5");
});

test("a wish on a side is shown as it was understood", async () => {
  const text = "slow strings";
  const row: SeedRow = {
    seed: { of: "words", text },
    name: text,
    about: { is: "understood", wanted: [], unwanted: [], unknown: [] },
    cover_track: null,
  };
  app.radio.put(row, "more");
  await vi.waitFor(() =>
    expect(app.radio.wishes[text]?.wanted).toMatchObject([
      { term: { name: "slow" } },
      { term: { name: "strings" } },
    ]),
  );
});

test("what was chosen is started with the dial where it stands, and the sides are empty again", async () => {
  app.radio.put(genre("Jazz"), "more");
  app.radio.setDiscovery(0.9);
  await app.radio.startChosen();
  expect(app.radio.station).toMatchObject({
    title: { is: "around", seeds: [{ is: "genre", name: "Jazz" }] },
    discovery: 0.9,
  });
  expect([app.radio.chosen, app.radio.view]).toEqual([false, "air"]);
});

test("nothing chosen starts from what is liked; a refused station keeps the sides", async () => {
  await app.radio.startChosen();
  expect(app.radio.station?.seeds).toEqual([]);
  app.radio.put({ ...genre("Gone"), seed: { of: "album", id: 99_999 } }, "more");
  await app.radio.startChosen();
  expect(app.notices.list.at(-1)?.tone).toBe("error");
  expect(names(app.radio.seeds.more)).toEqual(["Gone"]);
});

test("the seeds of the station on air can be changed", async () => {
  await app.radio.start({
    seeds: [{ of: "genre", name: "Jazz" }],
    less: [{ of: "genre", name: "Folk" }],
    discovery: 0.2,
    more: "rhythm",
  });
  app.radio.take(app.radio.station!);
  expect([names(app.radio.seeds.more), names(app.radio.seeds.less)]).toEqual([["Jazz"], ["Folk"]]);
  expect([app.radio.discovery, app.radio.view]).toEqual([0.2, "new"]);
});

test("without a station on air, the page shows one to be made", async () => {
  expect(app.radio.view).toBe("new");
  await app.radio.start(stationFrom([{ of: "tag", name: "dreamy" }]));
  expect(app.radio.view).toBe("air");
  await app.radio.stop();
  expect(app.radio.view).toBe("new");
});

test("a menu starts radios from whatever a song bears", async () => {
  const [song] = (await fake.songs({ text: "", album: null, sort: "artist", descending: false }, 0, 1)).rows;
  await app.actions.radioFromAlbumOf(song!);
  const of = () => app.radio.station && stationTitle(app.radio.station.title);
  expect(of()).toBe(song!.album);
  const items = app.menus.songs([song!], [song!.id], () => {});
  const more = items.find((item) => item !== "line" && item.label === "Radio from");
  const artist = more && more !== "line" && "items" in more ? more.items[0] : null;
  if (artist && artist !== "line" && "act" in artist) artist.act();
  await vi.waitFor(() => expect(of()).toBe(song!.artists[0]));
});

test("a way leads from song to song, is turned around, played and kept", async () => {
  const { path } = app;
  const [a, b] = [await find(path.searches.from, "o"), await find(path.searches.to, "a")];
  expect([...a, ...b].every((row) => row.seed.of === "track")).toBe(true);
  const songs = (await fake.songs({ text: "", album: null, sort: "title", descending: false }, 0, 300)).rows;
  path.choose("from", songSeed(songs[0]!));
  expect(path.preview.value).toBeNull();
  path.choose("to", songSeed(songs[299]!));
  await vi.waitFor(() => expect(path.preview.value).toHaveLength(10));
  const ends = () => [path.preview.value![0]!.track.id, path.preview.value!.at(-1)!.track.id];
  expect(ends()).toEqual([songs[0]!.id, songs[299]!.id]);
  path.setCount(6);
  await vi.waitFor(() => expect(path.preview.value).toHaveLength(6));
  path.turnAround();
  await vi.waitFor(() => expect(ends()).toEqual([songs[299]!.id, songs[0]!.id]));
  await path.play();
  expect(app.player.track?.id).toBe(songs[299]!.id);
  expect(path.source).toEqual({ of: "path", from: songs[299]!.id, to: songs[0]!.id, count: 6 });
  path.choose("to", null);
  expect([path.source, path.preview.value]).toEqual([null, null]);
});
