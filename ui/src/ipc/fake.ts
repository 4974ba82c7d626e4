// The fake twin: a whole program behind the window with an invented library and listener, for browsers and tests.
import type { AppEvent, Backend } from "./backend";
import { makeLibrary, type FakeLibrary } from "./fake-library";
import { threaded } from "./fake-between";
import { picks, type Ground } from "./fake-picks";
import { fakeOutput } from "./fake-output";
import { FakePlayer } from "./fake-player";
import { FakePlaylists } from "./fake-playlists";
import { fakeRadio } from "./fake-radio";
import { FakeShelf } from "./fake-shelf";
import { fakeSound } from "./fake-sound";
import { FakeTaste } from "./fake-taste";
import type { World } from "./fake-world";

export type FakeOptions = {
  tracks?: number;
  /** The library, if it is not to be invented. */
  library?: FakeLibrary;
  /** Starts without folders, as on the first day. */
  empty?: boolean;
  /** Folders were read, but nothing was ever played. */
  fresh?: boolean;
  /** Lets time pass by itself; tests call `pass` instead. */
  live?: boolean;
  /** Milliseconds before an answer. */
  delay_ms?: number;
};

export type Fake = Backend & { pass(seconds: number): void; tell(event: AppEvent): void; calls: string[] };

const copy = <T>(value: T): T => structuredClone(value);

export function makeFake({
  tracks = 20_000,
  empty = false,
  fresh = empty,
  live = false,
  delay_ms = 0,
  library,
}: FakeOptions = {}): Fake {
  const whole = library ?? makeLibrary(tracks, fresh);
  const ears = new Set<(event: AppEvent) => void>();
  const tell = (event: AppEvent) => ears.forEach((hear) => hear(copy(event)));
  const calls: string[] = [];
  async function answer<T>(name: string, value: () => T): Promise<T> {
    calls.push(name);
    if (delay_ms > 0) await new Promise((done) => setTimeout(done, delay_ms));
    return copy(value());
  }

  const shelf = new FakeShelf(whole, empty);
  const taste = new FakeTaste(whole, fresh && !empty);
  const ground: Ground = {
    library: whole,
    playlistTracks: (id) => playlists.tracks(id),
    playlistName: (id) => playlists.nameOf(id),
    barred: taste.barred,
    turned: taste.turned,
  };
  const player = new FakePlayer({
    changed: () => tell({ event: "player", state: player.state }),
    left: ({ track }, guest) => {
      taste.left(track, guest);
      tell({ event: "taste" });
    },
    refill: ({ seeds, less, discovery, more }, heard) => {
      const refs = (rows: typeof seeds) => rows.map(({ seed }) => seed);
      const request = { seeds: refs(seeds), less: refs(less), discovery, more };
      const without = heard.map((row) => row.track.id);
      return picks(ground, request, 20, without, heard.length);
    },
    thread: (mode, before, after) => threaded(ground, mode, before, after),
  });
  const track = (id: number) => shelf.shown.tracks[id - 1];
  const known = (ids: number[]) => ids.map(track).filter((found) => found !== undefined);
  const world: World = { whole, player, ground, track, known, tell, answer };
  const playlists = new FakePlaylists(world);
  if (!fresh && !library) playlists.furnish();

  function pass(seconds: number): void {
    const moved = player.pass(seconds);
    if (moved) tell({ event: "position", ...moved });
    shelf.pass(seconds, tell);
  }
  if (live) setInterval(() => pass(1), 1000);

  return {
    calls,
    pass,
    tell,
    ...shelf.calls(world, () => taste.firstChoice),
    ...fakeRadio(world, playlists.names),
    ...playlists.calls(),
    ...taste.calls(world),
    ...fakeSound(world),
    ...fakeOutput(world),
    player: () => answer("player", () => player.state),
    command: (command) => answer(`command ${command.do}`, () => player.do(command)),
    queue: (offset, limit) => answer("queue", () => player.page(offset, limit)),
    listen: (hear) => {
      ears.add(hear);
      return Promise.resolve(() => ears.delete(hear));
    },
  };
}
