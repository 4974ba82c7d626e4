// What the fake twin's recommender picks, with made-up weights and true reasons: stations, ways, threads. Pure.
import { chance, type FakeLibrary } from "./fake-library";
import { meets, understand } from "./fake-wish";
import type { DjMode, PickRow, ReasonRow, SeedRef, StationRequest, TrackRow } from "./types";

/** What picks are made from, and what the listener has said. */
export type Ground = {
  library: FakeLibrary;
  playlistTracks: (id: number) => TrackRow[];
  /** *Never again* and *not now*. */
  barred: (track: TrackRow) => boolean;
  /** How often a term was turned up less how often down. */
  turned: (term: string) => number;
};

/** What a seed stands for, as far as a song can share it. */
type Profile = { name: string; fits: (track: TrackRow) => number; start: TrackRow | null };

function profile(ground: Ground, seed: SeedRef): Profile {
  const { tracks, albums, albumOf } = ground.library;
  const like = (name: string, examples: TrackRow[]): Profile => {
    const [genres, artists, tags] = [
      new Set(examples.flatMap((row) => row.genres)),
      new Set(examples.flatMap((row) => row.artists)),
      new Set(examples.flatMap((row) => row.tags ?? [])),
    ];
    return {
      name,
      start: examples[0] ?? null,
      fits: (row) =>
        (row.genres.some((genre) => genres.has(genre)) ? 1 : 0) +
        (row.tags?.some((tag) => tags.has(tag)) ? 0.5 : 0) +
        (row.artists.some((artist) => artists.has(artist)) ? 0.4 : 0),
    };
  };
  switch (seed.of) {
    case "track": {
      const row = tracks[seed.id - 1];
      return like(`“${row?.title ?? "?"}”`, row ? [row] : []);
    }
    case "album": {
      const rows = tracks.filter((row) => albumOf.get(row.id)?.id === seed.id);
      return like(`“${albums[seed.id - 1]?.title ?? "?"}”`, rows);
    }
    case "playlist":
      return like("the playlist", ground.playlistTracks(seed.id));
    case "artist":
      return like(
        seed.name,
        tracks.filter((row) => row.artists.includes(seed.name)),
      );
    case "genre":
    case "tag": {
      const fits = (row: TrackRow) => (meets(row, { kind: seed.of, name: seed.name }) ? 1.5 : 0);
      return { name: seed.name, fits, start: tracks.find((row) => fits(row) > 0) ?? null };
    }
    case "words": {
      const { wanted, unwanted } = understand(ground.library, seed.text);
      const fits = (row: TrackRow) =>
        unwanted.some((term) => meets(row, term)) ? 0 : wanted.filter((term) => meets(row, term)).length;
      return {
        name: `“${seed.text}”`,
        fits,
        start: tracks.find((row) => fits(row) === wanted.length) ?? null,
      };
    }
  }
}

/** `count` songs that a station would play, none of `without`. */
export function picks(
  ground: Ground,
  request: StationRequest,
  count: number,
  without: number[],
  salt = 0,
): PickRow[] {
  const { tracks } = ground.library;
  const loved = tracks.filter((row) => row.plays > 20 || row.rating === "like").slice(0, 20);
  const wanted = request.seeds.map((seed) => profile(ground, seed));
  const shunned = request.less.map((seed) => profile(ground, seed));
  const discovery = request.discovery ?? 0.5;
  const next = chance(hash(JSON.stringify(request)) + salt);
  const out = new Set(without);
  const allowed = tracks.filter((row) => !out.has(row.id) && !row.missing && !ground.barred(row));
  const found = allowed.flatMap((track) => {
    if (shunned.some((other) => other.fits(track) >= 1)) return [];
    const fits = wanted.map((one) => one.fits(track));
    const fit =
      wanted.length > 0
        ? Math.max(...fits)
        : loved.length === 0 || loved.some((row) => row.genres[0] === track.genres[0])
          ? 1
          : 0;
    if (fit === 0) return [];
    const turned = terms(track).reduce((sum, term) => sum + Math.min(0, ground.turned(term)), 0);
    const known = track.plays > 3 ? 1 - discovery : track.plays === 0 ? discovery : 0.4;
    return [
      {
        track,
        seed: wanted[fits.indexOf(fit)]?.name ?? null,
        score: fit + known + 2 * turned + 0.6 * next(),
      },
    ];
  });
  const best = found.sort((a, b) => b.score - a.score || a.track.id - b.track.id);
  return spaced(best, count).map(({ track, seed, score }) => ({
    track,
    score,
    reasons: reasons(ground, track, seed, next),
  }));
}

/** What a song can be turned down by. */
function terms(track: TrackRow): string[] {
  return [
    ...(track.tags ?? []).map((tag) => `tag:${tag}`),
    ...track.genres.map((genre) => `genre:${genre}`),
    ...track.artists.map((artist) => `artist:${artist}`),
  ];
}

/** The first of each artist, until there are enough. */
function spaced<T extends { track: TrackRow }>(rows: T[], count: number): T[] {
  const artists = new Set<string>();
  const first = rows.filter(({ track }) => !artists.has(track.artists[0]!) && artists.add(track.artists[0]!));
  return [...first, ...rows.filter((row) => !first.includes(row)).slice(0, count)].slice(0, count);
}

export function reasons(
  ground: Ground,
  track: TrackRow,
  seed: string | null,
  next: () => number,
): ReasonRow[] {
  const tag = track.tags?.[Math.floor(next() * track.tags.length)];
  const artist = track.artists[0]!;
  const told: ReasonRow[] = [
    seed === null
      ? {
          kind: "taste",
          text: `you finish ${track.genres[0]}`,
          weight: 0.3 + next() * 0.5,
          term: `genre:${track.genres[0]}`,
        }
      : { kind: "sound", text: `sounds like ${seed}`, weight: 0.4 + next() * 0.5, term: null },
    track.plays > 0
      ? {
          kind: "familiar",
          text: `you played it ${times(track.plays)}`,
          weight: 0.05 + next() * 0.2,
          term: null,
        }
      : { kind: "new", text: "new to you", weight: 0.05 + next() * 0.2, term: null },
  ];
  if (tag !== undefined)
    told.splice(1, 0, { kind: "tag", text: tag, weight: 0.1 + next() * 0.4, term: `tag:${tag}` });
  if (track.plays > 10)
    told.push({
      kind: "artist",
      text: `you finish ${artist}`,
      weight: 0.2 + next() * 0.3,
      term: `artist:${artist}`,
    });
  if (track.skips > 2)
    told.push({ kind: "recent", text: "you skipped it lately", weight: -0.1 - next() * 0.2, term: null });
  return told.filter((reason) => reason.term === null || ground.turned(reason.term) >= 0);
}

const times = (plays: number) => ["once", "twice"][plays - 1] ?? `${plays} times`;

/** From one song to another: genres of the first give way to genres of the last. */
export function way(ground: Ground, from: TrackRow, to: TrackRow, count: number): PickRow[] {
  const next = chance(from.id * 31 + to.id);
  const half = Math.ceil((count - 2) / 2);
  const near = (row: TrackRow, many: number) =>
    picks(ground, { seeds: [{ of: "track", id: row.id }], less: [], discovery: 0.3 }, many, [from.id, to.id]);
  const between = [...near(from, half), ...near(to, Math.max(0, count - 2 - half)).reverse()];
  const steps = between.map(({ track, score }, place) => ({
    track,
    score,
    reasons: [
      {
        kind: "sound",
        text: place < half ? `near “${from.title}”` : `near “${to.title}”`,
        weight: 0.5 + next() * 0.4,
        term: null,
      },
      ...reasons(ground, track, null, next).slice(1, 3),
    ],
  }));
  const end = (track: TrackRow, text: string): PickRow => ({
    track,
    score: 1,
    reasons: [{ kind: "seed", text, weight: 1, term: null }],
  });
  return [end(from, "the way begins here"), ...steps, end(to, "the way ends here")];
}

/** What the guest DJ puts after `before`. */
export function threaded(
  ground: Ground,
  mode: DjMode,
  before: TrackRow,
  after: TrackRow | null,
): PickRow | null {
  const { tracks } = ground.library;
  const next = chance(before.id * 17 + mode.length);
  if (mode === "same-artist") {
    const others = tracks.filter((row) => row.id !== before.id && row.artists[0] === before.artists[0]);
    const track = others[Math.floor(next() * others.length)];
    const artist = before.artists[0]!;
    return track
      ? {
          track,
          score: 1,
          reasons: [{ kind: "artist", text: `also by ${artist}`, weight: 0.8, term: `artist:${artist}` }],
        }
      : null;
  }
  const seeds: SeedRef[] = [before, mode === "bridge" ? after : null].flatMap((row) =>
    row ? [{ of: "track", id: row.id } as const] : [],
  );
  const without = [before.id, after?.id ?? 0];
  const [pick] = picks(ground, { seeds, less: [], discovery: 0.4 }, 1, without);
  if (!pick || mode === "nearest") return pick ?? null;
  const leads: ReasonRow = {
    kind: "sound",
    text: after ? `leads on to “${after.title}”` : "goes on from there",
    weight: 0.7,
    term: null,
  };
  return { ...pick, reasons: [leads, ...pick.reasons.slice(1, 2)] };
}

export function hash(text: string): number {
  let sum = 7;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0;
  return sum >>> 0;
}

/** The song that a seed starts with; `null` for a seed that names none. */
export function startOf(ground: Ground, seed: SeedRef): TrackRow | null {
  return profile(ground, seed).start;
}
