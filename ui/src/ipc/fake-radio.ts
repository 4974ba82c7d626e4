// The fake twin's recommender behind its calls: seeds, wishes, stations, mixes, ways.
import type {
  Backend,
  PickRow,
  QueueSource,
  SeedDetail,
  SeedKind,
  SeedName,
  SeedRef,
  SeedRow,
  StationRequest,
  StationTitle,
  TrackRow,
} from "./backend";
import { fold } from "./fake-answers";
import { mixes, mixNamed } from "./fake-mixes";
import { way } from "./fake-between";
import { picks, startOf } from "./fake-picks";
import { understand } from "./fake-wish";
import { found, invalid, noPlaylist, noSong, some, type World } from "./fake-world";

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

  const songs = (count: number): SeedDetail => ({ is: "songs", count });
  const missing = (kind: SeedKind, name: string | number) =>
    invalid({ is: "no-such-seed", kind, name: String(name) });

  /** How many songs bear a name, and the first of them. */
  function bearers(kind: SeedKind, name: string, bears: (row: TrackRow) => boolean) {
    const rows = whole.tracks.filter(bears);
    const first = found(rows[0], missing(kind, name));
    return { name, about: songs(rows.length), cover_track: first.id };
  }

  /** A seed as it is shown, or the refusal that says what is not there. */
  function seedRow(seed: SeedRef): SeedRow {
    switch (seed.of) {
      case "track": {
        const row = found(track(seed.id), noSong(seed.id));
        return { seed, name: row.title, about: { is: "by", artists: row.artists }, cover_track: row.id };
      }
      case "album": {
        const album = found(whole.albums[seed.id - 1], missing("album", seed.id));
        const artists = album.artist === null ? [] : [album.artist];
        return { seed, name: album.title, about: { is: "by", artists }, cover_track: album.cover_track };
      }
      case "playlist": {
        const playlist = found(
          playlistNames().find(({ id }) => id === seed.id),
          noPlaylist(seed.id),
        );
        const [first = null] = ground.playlistTracks(seed.id).map(({ id }) => id);
        return { seed, name: playlist.name, about: songs(playlist.tracks), cover_track: first };
      }
      case "artist":
        return { seed, ...bearers("artist", seed.name, (row) => row.artists.includes(seed.name)) };
      case "genre":
        return { seed, ...bearers("genre", seed.name, (row) => row.genres.includes(seed.name)) };
      case "tag":
        return { seed, ...bearers("tag", seed.name, (row) => row.tags?.includes(seed.name) ?? false) };
      case "words": {
        const wish = understand(whole, seed.text);
        if (wish.wanted.length + wish.unwanted.length === 0)
          throw invalid({ is: "no-known-words", text: seed.text });
        const first = startOf(ground, seed);
        return {
          seed,
          name: seed.text.trim(),
          about: {
            is: "understood",
            wanted: wish.wanted.map(({ term }) => term),
            unwanted: wish.unwanted.map(({ term }) => term),
            unknown: wish.unknown,
          },
          cover_track: first?.id ?? null,
        };
      }
    }
  }

  /** Seeds that are not there are left out. */
  function seedRows(seeds: SeedRef[]): SeedRow[] {
    return seeds.flatMap((seed) => {
      try {
        return [seedRow(seed)];
      } catch {
        return [];
      }
    });
  }

  let named: { seed: SeedRef & { name: string }; count: number }[] | null = null;
  /** Everything that has a name of its own, the commonest first. */
  function names() {
    const kinds = [
      ["artist", (row: TrackRow) => row.artists],
      ["genre", (row: TrackRow) => row.genres],
      ["tag", (row: TrackRow) => row.tags ?? []],
    ] as const;
    named ??= kinds
      .flatMap(([of, namesOf]) => {
        const counts = new Map<string, number>();
        for (const row of whole.tracks)
          for (const name of namesOf(row)) counts.set(name, (counts.get(name) ?? 0) + 1);
        return [...counts].map(([name, count]) => ({ seed: { of, name }, count }));
      })
      .sort(
        (a, b) =>
          b.count - a.count ||
          (a.seed.of === b.seed.of ? (a.seed.name < b.seed.name ? -1 : 1) : a.seed.of < b.seed.of ? -1 : 1),
      );
    return named;
  }

  function findSeeds(text: string, limit: number): SeedRow[] {
    const sought = fold(text.trim());
    const lists = playlistNames()
      .filter(({ name }) => fold(name).includes(sought))
      .slice(0, limit / 2)
      .map(({ id }): SeedRef => ({ of: "playlist", id }));
    const hits = names()
      .map(({ seed }) => ({ seed, at: fold(seed.name).indexOf(sought) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => Math.min(a.at, 1) - Math.min(b.at, 1));
    return [...lists, ...hits.map(({ seed }) => seed)].slice(0, limit).map(seedRow);
  }

  function start(request: StationRequest): void {
    const [seeds, less] = [request.seeds.map(seedRow), request.less.map(seedRow)];
    const begin = request.seeds.map((seed) => startOf(ground, seed)).filter((row) => row !== null);
    const station = {
      title: titleOf(world, request),
      seeds,
      less,
      discovery: request.discovery ?? 0.5,
      more: request.more ?? null,
    };
    const first = begin.map((row) =>
      player.row(row, "radio", [{ kind: "sound", because: { is: "seed" }, weight: 1, term: null }]),
    );
    const rows = first.length > 0 ? first : asRows(picks(ground, request, 1, []), "radio");
    player.play(rows, 0, station);
  }

  const asRows = (found: PickRow[], source: QueueSource) =>
    found.map((pick) => player.row(pick.track, source, pick.reasons));

  return {
    radio: (request, count) =>
      answer("radio", () => {
        [...request.seeds, ...request.less].forEach(seedRow);
        const own = request.seeds.flatMap((seed) => (seed.of === "track" ? [seed.id] : []));
        return picks(ground, request, count, own);
      }),
    startRadio: (request) => answer("start_radio", () => start(request)),
    seeds: (seeds) => answer("seeds", () => seedRows(seeds)),
    findSeeds: (text, limit) => answer("find_seeds", () => findSeeds(text, limit)),
    understand: (text) => answer("understand", () => understand(whole, text)),
    tune: (discovery) =>
      answer("tune", () => {
        if (player.state.station) player.tune({ ...player.state.station, discovery });
      }),
    stopRadio: () => answer("stop_radio", () => player.tune(null)),
    mixes: () => answer("mixes", () => mixes(ground)),
    mix: (id, count) => answer("mix", () => mixNamed(ground, id, count)),
    playMix: (id, count) =>
      answer("play_mix", () => player.play(asRows(mixNamed(ground, id, count).tracks, "mix"), 0)),
    path: (from, to, count) => answer("path", () => wayBetween(world, from, to, count)),
    playPath: (from, to, count) =>
      answer("play_path", () => player.play(asRows(wayBetween(world, from, to, count), "mix"), 0)),
    playPicks: (source, picks, index) =>
      answer("play_picks", () => {
        if (source.of !== "mix" && source.of !== "path") throw invalid({ is: "not-played-as-shown" });
        const rows = picks.flatMap(({ id, reasons }) => {
          const row = track(id);
          return row ? [player.row(row, "mix", reasons)] : [];
        });
        player.play(some(rows), index);
      }),
  };
}

/** What a station is called after; seeds that are gone are left out. */
export function titleOf({ ground, whole, track }: World, { seeds, less }: StationRequest): StationTitle {
  const named = (all: SeedRef[]) => all.flatMap((seed) => nameOf(seed) ?? []);
  const nameOf = (seed: SeedRef): SeedName | null => {
    switch (seed.of) {
      case "track":
        return titled("song", track(seed.id));
      case "album":
        return titled("album", whole.albums[seed.id - 1]);
      case "playlist": {
        const name = ground.playlistName(seed.id);
        return name === null ? null : { is: "playlist", name };
      }
      case "words":
        return { is: "words", text: seed.text.trim() };
      case "artist":
      case "genre":
      case "tag":
        return { is: seed.of, name: seed.name };
    }
  };
  const titled = (is: "song" | "album", row: { title: string } | null | undefined): SeedName | null =>
    row ? { is, title: row.title } : null;
  if (seeds.length === 0) return { is: "liked", less: named(less) };
  const names = named(seeds);
  return names.length > 0
    ? { is: "around", seeds: names, less: named(less) }
    : { is: "gone", less: named(less) };
}

/** A way between two songs that the network has heard. */
export function wayBetween({ ground, track }: World, from: number, to: number, count: number): PickRow[] {
  const [first, last] = [found(track(from), noSong(from)), found(track(to), noSong(to))];
  for (const { tags, path } of [first, last]) if (tags === null) throw invalid({ is: "not-analyzed", path });
  return way(ground, first, last, count);
}
