// The fake twin's recommender behind its calls: seeds, wishes, stations, mixes, ways.
import type { Backend, PickRow, SeedRef, SeedRow, StationRequest, TrackRow } from "./backend";
import { mix, mixes } from "./fake-mixes";
import { picks, startOf, way } from "./fake-picks";
import { understand } from "./fake-wish";
import { found, refusal, type World } from "./fake-world";

type Calls = Pick<
  Backend,
  | "radio"
  | "startRadio"
  | "seeds"
  | "findSeeds"
  | "understand"
  | "tune"
  | "stopRadio"
  | "mixes"
  | "mix"
  | "playMix"
  | "path"
  | "playPath"
  | "playPicks"
>;

export function fakeRadio(
  world: World,
  playlistNames: () => { id: number; name: string; tracks: number }[],
): Calls {
  const { answer, ground, player, track, whole } = world;

  function songs(count: number): string {
    return count === 1 ? "1 song" : `${count.toLocaleString("en")} songs`;
  }

  /** How many songs bear a name, and one with a cover. */
  function bearers(bears: (row: TrackRow) => boolean) {
    const rows = whole.tracks.filter(bears);
    return { detail: songs(rows.length), cover_track: rows.find((row) => row.has_cover)?.id ?? null };
  }

  function seedRow(seed: SeedRef): SeedRow {
    switch (seed.of) {
      case "track": {
        const row = found(track(seed.id), `song ${seed.id}`);
        return {
          seed,
          name: row.title,
          detail: row.artists.join(", "),
          cover_track: row.has_cover ? row.id : null,
        };
      }
      case "album": {
        const album = found(whole.albums[seed.id - 1], `album ${seed.id}`);
        return {
          seed,
          name: album.title,
          detail: album.artist ?? "Various artists",
          cover_track: album.cover_track,
        };
      }
      case "playlist": {
        const playlist = found(
          playlistNames().find(({ id }) => id === seed.id),
          `playlist ${seed.id}`,
        );
        return { seed, name: playlist.name, detail: songs(playlist.tracks), cover_track: null };
      }
      case "artist":
        return { seed, name: seed.name, ...bearers((row) => row.artists.includes(seed.name)) };
      case "genre":
        return { seed, name: seed.name, ...bearers((row) => row.genres.includes(seed.name)) };
      case "tag":
        return { seed, name: seed.name, ...bearers((row) => row.tags?.includes(seed.name) ?? false) };
      case "words": {
        const { wanted, unwanted } = understand(whole, seed.text);
        const parts = [...wanted.map(({ name }) => name), ...unwanted.map(({ name }) => `no ${name}`)];
        return { seed, name: seed.text, detail: parts.join(", "), cover_track: null };
      }
    }
  }

  let named: SeedRef[] | null = null;
  /** Everything that has a name of its own, the commonest first. */
  function names(): SeedRef[] {
    const kinds = [
      ["genre", (row: TrackRow) => row.genres],
      ["tag", (row: TrackRow) => row.tags ?? []],
      ["artist", (row: TrackRow) => row.artists],
    ] as const;
    named ??= kinds.flatMap(([of, namesOf]) => {
      const counts = new Map<string, number>();
      for (const row of whole.tracks)
        for (const name of namesOf(row)) counts.set(name, (counts.get(name) ?? 0) + 1);
      return [...counts].sort(([, a], [, b]) => b - a).map(([name]): SeedRef => ({ of, name }));
    });
    return named;
  }

  function findSeeds(text: string, limit: number): SeedRow[] {
    const sought = text.trim().toLowerCase();
    const lists = playlistNames().filter(({ name }) => name.toLowerCase().includes(sought));
    if (sought === "") {
      const few = (of: SeedRef["of"]) =>
        names()
          .filter((seed) => seed.of === of)
          .slice(0, Math.ceil(limit / 3));
      return ["genre", "tag", "artist"]
        .flatMap((of) => few(of as SeedRef["of"]))
        .slice(0, limit)
        .map(seedRow);
    }
    const begins = (seed: SeedRef) => ("name" in seed && seed.name.toLowerCase().startsWith(sought) ? 0 : 1);
    const hits = names().filter((seed) => "name" in seed && seed.name.toLowerCase().includes(sought));
    const refs: SeedRef[] = [
      ...hits.sort((a, b) => begins(a) - begins(b)),
      ...lists.map(({ id }) => ({ of: "playlist", id }) as const),
    ];
    return refs.slice(0, limit).map(seedRow);
  }

  function stationName(seeds: SeedRow[]): string {
    const [first, second] = seeds;
    if (!first) return "What you like";
    return second ? `${first.name} and ${seeds.length - 1} more` : first.name;
  }

  function start(request: StationRequest): void {
    const seeds = request.seeds.map(seedRow);
    const begin = request.seeds.map((seed) => startOf(ground, seed)).filter((row) => row !== null);
    if (request.seeds.length > 0 && begin.length === 0)
      throw refusal("not-found", "nothing in the library is like that");
    const station = {
      name: stationName(seeds),
      seeds,
      less: request.less.map(seedRow),
      discovery: request.discovery ?? 0.5,
    };
    const first = begin.map((row) =>
      player.row(row, "radio", [{ kind: "seed", text: "you started here", weight: 1, term: null }]),
    );
    const rows = first.length > 0 ? first : asRows(picks(ground, request, 1, []), "radio");
    player.play(rows, 0, station);
  }

  const asRows = (found: PickRow[], source: string) =>
    found.map((pick) => player.row(pick.track, source, pick.reasons));
  const theMix = (id: string, count: number) => found(mix(ground, id, count), `the mix ${id}`);
  const theWay = (from: number, to: number, count: number) =>
    way(ground, found(track(from), `song ${from}`), found(track(to), `song ${to}`), count);

  return {
    radio: (request, count) =>
      answer("radio", () => {
        const own = request.seeds.flatMap((seed) => (seed.of === "track" ? [seed.id] : []));
        return picks(ground, request, count, own);
      }),
    startRadio: (request) => answer("start_radio", () => start(request)),
    seeds: (seeds) => answer("seeds", () => seeds.map(seedRow)),
    findSeeds: (text, limit) => answer("find_seeds", () => findSeeds(text, limit)),
    understand: (text) => answer("understand", () => understand(whole, text)),
    tune: (discovery) =>
      answer("tune", () => {
        if (player.state.station) player.tune({ ...player.state.station, discovery });
      }),
    stopRadio: () => answer("stop_radio", () => player.tune(null)),
    mixes: () => answer("mixes", () => mixes(ground)),
    mix: (id, count) => answer("mix", () => theMix(id, count)),
    playMix: (id, count) => answer("play_mix", () => player.play(asRows(theMix(id, count).tracks, "mix"), 0)),
    path: (from, to, count) => answer("path", () => theWay(from, to, count)),
    playPath: (from, to, count) =>
      answer("play_path", () => player.play(asRows(theWay(from, to, count), "mix"), 0)),
    playPicks: (_source, picks, index) =>
      answer("play_picks", () => {
        const rows = picks.map(({ id, reasons }) =>
          player.row(found(track(id), `song ${id}`), "mix", reasons),
        );
        player.play(rows, index);
      }),
  };
}
