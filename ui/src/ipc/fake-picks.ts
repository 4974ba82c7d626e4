// What the fake twin's recommender picks, with made-up weights and true reasons: stations. Pure.
import { chance, type FakeLibrary } from "./fake-library";
import { meets, understand } from "./fake-wish";
import type { Because, PickRow, ReasonRow, SeedRef, StationRequest, TrackRow } from "./types";

/** What picks are made from, and what the listener has said. */
export type Ground = {
  library: FakeLibrary;
  playlistTracks: (id: number) => TrackRow[];
  playlistName: (id: number) => string | null;
  /** *Never again* and *not now*. */
  barred: (track: TrackRow) => boolean;
  /** How often a term was turned up less how often down. */
  turned: (term: string) => number;
};

/** What a seed stands for: what it says of a song that shares it, and how far one does. */
type Profile = { says: Because; fits: (track: TrackRow) => number; start: TrackRow | null };

function profile(ground: Ground, seed: SeedRef): Profile {
  const { tracks, albums, albumOf } = ground.library;
  const like = (says: Because, examples: TrackRow[]): Profile => {
    const [genres, artists, tags] = [
      new Set(examples.flatMap((row) => row.genres)),
      new Set(examples.flatMap((row) => row.artists)),
      new Set(examples.flatMap((row) => row.tags ?? [])),
    ];
    return {
      says,
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
      return like({ is: "sounds-like", title: row?.title ?? "?", tags: [] }, row ? [row] : []);
    }
    case "album": {
      const rows = tracks.filter((row) => albumOf.get(row.id)?.id === seed.id);
      return like({ is: "sounds-like", title: albums[seed.id - 1]?.title ?? "?", tags: [] }, rows);
    }
    case "playlist":
      return like({ is: "near-seeds" }, ground.playlistTracks(seed.id));
    case "artist":
      return like(
        { is: "same-artist", artists: [seed.name] },
        tracks.filter((row) => row.artists.includes(seed.name)),
      );
    case "genre":
    case "tag": {
      const term = { is: seed.of, name: seed.name };
      const fits = (row: TrackRow) => (meets(row, term) ? 1.5 : 0);
      return {
        says: { is: "asked", terms: [term] },
        fits,
        start: tracks.find((row) => fits(row) > 0) ?? null,
      };
    }
    case "words": {
      const wish = understand(ground.library, seed.text);
      const wanted = wish.wanted.map(({ term }) => term);
      const unwanted = wish.unwanted.map(({ term }) => term);
      const fits = (row: TrackRow) =>
        unwanted.some((term) => meets(row, term)) ? 0 : wanted.filter((term) => meets(row, term)).length;
      return {
        says: { is: "asked", terms: wanted },
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
    const side = alike(request, tracks, track);
    const turned = terms(track).reduce((sum, term) => sum + Math.min(0, ground.turned(term)), 0);
    const known = track.plays > 3 ? 1 - discovery : track.plays === 0 ? discovery : 0.4;
    return [
      {
        track,
        says: side?.says ?? wanted[fits.indexOf(fit)]?.says ?? null,
        score: fit + (side ? 3 : 0) + known + 2 * turned + 0.6 * next(),
      },
    ];
  });
  const best = found.sort((a, b) => b.score - a.score || a.track.id - b.track.id);
  return spaced(best, count).map(({ track, says, score }) => ({
    track,
    score,
    reasons: reasons(ground, track, says, next),
  }));
}

/** What a song has of the rhythm or the key of the song that the station starts from, where more of that is asked for. */
function alike(
  { seeds, more }: StationRequest,
  tracks: TrackRow[],
  track: TrackRow,
): { says: Because } | null {
  const [seed] = seeds;
  const from = seed?.of === "track" ? tracks[seed.id - 1] : undefined;
  if (!from) return null;
  const { title } = from;
  if (more === "rhythm" && from.bpm !== null && track.bpm !== null && Math.abs(from.bpm - track.bpm) < 5)
    return { says: { is: "groove-like", title, bpm: Math.round(track.bpm), tags: [] } };
  if (more === "harmony" && track.key !== null && from.key === track.key)
    return { says: { is: "key-near", title, key: track.key, same: true } };
  return null;
}

const KINDS: Partial<Record<Because["is"], ReasonRow["kind"]>> = {
  asked: "wish",
  "groove-like": "rhythm",
  "key-near": "harmony",
};

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
  says: Because | null,
  next: () => number,
): ReasonRow[] {
  const tag = track.tags?.[Math.floor(next() * track.tags.length)];
  const artist = track.artists[0]!;
  const told: ReasonRow[] = [
    says === null
      ? {
          kind: "genre",
          because: { is: "of-genres", habit: "finishes", genres: track.genres.slice(0, 1) },
          weight: 0.3 + next() * 0.5,
          term: `genre:${track.genres[0]}`,
        }
      : {
          kind: KINDS[says.is] ?? "sound",
          because: says,
          weight: 0.4 + next() * 0.5,
          term: null,
        },
    track.plays > 0
      ? {
          kind: "familiar",
          because: { is: "heard", times: track.plays },
          weight: 0.05 + next() * 0.2,
          term: null,
        }
      : { kind: "new", because: { is: "new-to-you" }, weight: 0.05 + next() * 0.2, term: null },
  ];
  if (tag !== undefined)
    told.splice(1, 0, {
      kind: "tag",
      because: { is: "of-tags", habit: "seems-to-finish", tags: [tag] },
      weight: 0.1 + next() * 0.4,
      term: `tag:${tag}`,
    });
  if (track.plays > 10)
    told.push({
      kind: "artist",
      because: { is: "of-artists", habit: "finishes", artists: [artist] },
      weight: 0.2 + next() * 0.3,
      term: `artist:${artist}`,
    });
  if (track.skips > 2)
    told.push({
      kind: "recent",
      because: { is: "played-lately" },
      weight: -0.1 - next() * 0.2,
      term: null,
    });
  return told.filter((reason) => reason.term === null || ground.turned(reason.term) >= 0);
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
