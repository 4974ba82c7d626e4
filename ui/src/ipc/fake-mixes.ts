// The fake twin's mixes: which there are, and what stands in each. Pure.
import { chance } from "./fake-library";
import { hash, picks, reasons, type Ground } from "./fake-picks";
import { interestsOf } from "./fake-leanings";
import { decadeOf } from "./fake-wish";
import { invalid } from "./fake-world";
import type { MixFound, MixRow, Mood, PickRow, TrackRow } from "./types";

type Recipe = Omit<MixRow, "cover_tracks"> & {
  /** Whose songs may stand in it, */
  of: (track: TrackRow) => boolean;
  /** and which of them come first. */
  by?: (track: TrackRow) => number;
};

const MOODS: [mood: Mood, tags: string[]][] = [
  ["calm", ["dreamy", "airy", "solo piano", "intimate"]],
  ["energetic", ["driving drums", "four on the floor", "heavy"]],
  ["melancholy", ["bittersweet", "late night", "slow movement"]],
  ["happy", ["warm samples", "soulful", "close harmony", "acoustic"]],
];

const KINDS = /^(?:daily|mood|decade|time-travel):/;

function recipes(ground: Ground): Recipe[] {
  const { library } = ground;
  const taught = library.tracks.some((track) => track.plays > 0);
  const personal: Recipe[] = [
    {
      id: "for-you",
      kind: "for-you",
      title: { is: "for-you" },
      content: { is: "liked" },
      of: (row) => row.plays > 8 || row.plays === 0,
    },
    {
      id: "discover",
      kind: "discover",
      title: { is: "discover" },
      content: { is: "unheard" },
      of: (row) => row.plays === 0,
    },
    {
      id: "rediscover",
      kind: "rediscover",
      title: { is: "rediscover" },
      content: { is: "long-unheard" },
      of: (row) => row.plays > 12 && row.id % 2 === 0,
    },
    {
      id: "on-repeat",
      kind: "on-repeat",
      title: { is: "on-repeat" },
      content: { is: "on-repeat" },
      of: (row) => row.plays > 20,
      by: (row) => row.plays,
    },
    {
      id: "deep-cuts",
      kind: "deep-cuts",
      title: { is: "deep-cuts" },
      content: { is: "deep-cuts" },
      of: (row) => row.plays > 0 && row.plays < 3,
    },
  ];
  const daily = interestsOf(ground).map((interest): Recipe => ({
    id: `daily:${interest.number}`,
    kind: "daily",
    title: { is: "daily", number: interest.number },
    content: { is: "alike", tags: interest.tags.slice(0, 2), artists: interest.artists.slice(0, 3) },
    of: (row) => row.genres[0] === interest.examples[0]?.genres[0],
  }));
  const moods = MOODS.map(([mood, tags]): Recipe => ({
    id: `mood:${mood}`,
    kind: "mood",
    title: { is: "mood", mood },
    content: { is: "mood", mood },
    of: (row) => row.tags?.some((tag) => tags.includes(tag)) ?? false,
  }));
  const decades = [2020, 2010, 2000, 1990, 1980, 1970].map((decade): Recipe => ({
    id: `decade:${decade}`,
    kind: "decade",
    title: { is: "decade", decade },
    content: {
      is: "decade",
      songs: library.tracks.filter((row) => decadeOf(row) === decade).length,
      decade,
    },
    of: (row) => decadeOf(row) === decade,
  }));
  const random = library.albums[hash("album of the day") % Math.max(1, library.albums.length)];
  const album: Recipe[] = random
    ? [
        {
          id: "random-album",
          kind: "random-album",
          title: { is: "random-album" },
          content: { is: "album", title: random.title, artist: random.artist },
          of: (row) => library.albumOf.get(row.id) === random,
          by: (row) => -row.id,
        },
      ]
    : [];
  const past: Recipe[] = [
    {
      id: "time-travel:2024",
      kind: "time-travel",
      title: { is: "time-travel", year: 2024 },
      content: { is: "played-in", year: 2024 },
      of: (row) => row.plays > 5 && row.id % 5 === 0,
    },
    {
      id: "on-this-day",
      kind: "on-this-day",
      title: { is: "on-this-day" },
      content: { is: "on-this-day" },
      of: (row) => row.plays > 2 && row.id % 9 === 0,
    },
  ];
  return [
    ...(taught ? [...personal, ...daily] : []),
    ...moods,
    ...decades,
    ...(taught ? past : []),
    ...album,
  ];
}

function tracksOf(ground: Ground, { id, of, by }: Recipe, count: number): TrackRow[] {
  const next = chance(hash(id));
  const fit = ground.library.tracks.filter((track) => of(track) && !track.missing && !ground.barred(track));
  const keyed = fit.map((track) => ({ track, key: by ? by(track) : next() }));
  return keyed
    .sort((a, b) => b.key - a.key)
    .slice(0, count)
    .map(({ track }) => track);
}

function row(ground: Ground, { of: _, by: __, ...mix }: Recipe, tracks: TrackRow[]): MixRow {
  const covered = new Map(
    tracks
      .filter((track) => track.has_cover)
      .map((track) => [ground.library.albumOf.get(track.id)?.id, track.id]),
  );
  return { ...mix, cover_tracks: [...covered.values()].slice(0, 4) };
}

export function mixes(ground: Ground): MixRow[] {
  const found = recipes(ground).map((recipe) => ({ recipe, tracks: tracksOf(ground, recipe, 12) }));
  return found
    .filter(({ tracks }) => tracks.length > 0)
    .map(({ recipe, tracks }) => row(ground, recipe, tracks));
}

/** A mix, or the refusal that says why there is none. */
export function mixNamed(ground: Ground, id: string, count: number): MixFound {
  const recipe = recipes(ground).find((one) => one.id === id);
  if (!recipe && KINDS.test(id)) throw invalid({ is: "mix-too-small", mix: id });
  if (!recipe) throw invalid({ is: "no-such-mix", mix: id });
  const next = chance(hash(id) + 1);
  const tracks =
    id === "for-you"
      ? picks(ground, { seeds: [], less: [], discovery: 0.4, more: null }, count, []).map(
          ({ track }) => track,
        )
      : tracksOf(ground, recipe, count);
  const rows = tracks.map((track): PickRow => ({
    track,
    score: next(),
    reasons: reasons(ground, track, null, next),
  }));
  return { mix: row(ground, recipe, tracksOf(ground, recipe, 12)), tracks: rows };
}
