// What the fake twin has learned, folded from its library's plays: interests, leanings, hours. Pure.
import { chance } from "./fake-library";
import { hash, type Ground } from "./fake-picks";
import type { InterestRow, LeaningRow, TrackRow } from "./types";

/** Shares of 24 hours with a rise around `peak`; they sum to 1. */
export function hoursAround(peak: number, seed: number): number[] {
  const next = chance(seed);
  const raw = Array.from({ length: 24 }, (_, hour) => {
    const apart = Math.min(Math.abs(hour - peak), 24 - Math.abs(hour - peak));
    const asleep = hour >= 2 && hour <= 5 ? 0.05 : 1;
    return asleep * (0.15 + 0.85 * Math.exp(-((apart / 4) ** 2))) * (0.7 + 0.3 * next());
  });
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => value / sum);
}

type Tally = { name: string; plays: number; skips: number; tracks: TrackRow[] };

function tallies(tracks: TrackRow[], namesOf: (track: TrackRow) => string[]): Tally[] {
  const found = new Map<string, Tally>();
  for (const track of tracks) {
    if (track.plays === 0) continue;
    for (const name of namesOf(track)) {
      const tally = found.get(name) ?? { name, plays: 0, skips: 0, tracks: [] };
      tally.plays += track.plays;
      tally.skips += track.skips;
      tally.tracks.push(track);
      found.set(name, tally);
    }
  }
  return [...found.values()].sort((a, b) => b.plays - a.plays);
}

export function interestsOf(ground: Ground): InterestRow[] {
  const scenes = tallies(ground.library.tracks, (track) => track.genres.slice(0, 1)).slice(0, 4);
  const plays = scenes.reduce((sum, scene) => sum + scene.plays, 0) * 1.15;
  return scenes.map(({ name, plays: own, tracks }, place): InterestRow => {
    const tags = [...new Set(tracks.flatMap((track) => track.tags ?? []))];
    const artists = tallies(tracks, (track) => track.artists.slice(0, 1)).slice(0, 5);
    const best = artists.map((artist) => artist.tracks.reduce((a, b) => (b.plays > a.plays ? b : a)));
    const term = `interest:${name}`;
    return {
      number: place + 1,
      title: { is: "tags", names: [name, ...tags.slice(0, 1)] },
      share: own / plays,
      tags: tags.slice(0, 4),
      artists: artists.map((artist) => artist.name),
      examples: best,
      hours: hoursAround([22, 17, 9, 13][place]!, hash(name)),
      term,
      turned: ground.turned(term),
    };
  });
}

export type Leanings = { liked: LeaningRow[]; disliked: LeaningRow[] };

/** What is finished more, and less, than the average; most of the first kind. */
export function leaningsOf(
  ground: Ground,
  kind: string,
  namesOf: (track: TrackRow) => string[],
  most: number,
): Leanings {
  const rows = tallies(ground.library.tracks, namesOf)
    .slice(0, most * 3)
    .map(({ name, plays, skips }): LeaningRow => {
      const next = chance(hash(kind + name));
      const term = `${kind}:${name}`;
      const turned = ground.turned(term);
      const learned = Math.log((plays - skips + 2) / (skips * 3 + 2)) + (next() - 0.5) * 1.6 - 0.8;
      return {
        name,
        weight: learned + 0.7 * turned,
        deviation: 0.15 + 1.2 / Math.sqrt(plays + 1),
        plays,
        term,
        turned,
      };
    })
    .sort((a, b) => b.weight - a.weight);
  const kept = (all: LeaningRow[], few: number) =>
    all.filter((row, place) => place < few || row.turned !== 0);
  return {
    liked: kept(
      rows.filter(({ weight }) => weight > 0),
      most,
    ),
    disliked: kept(rows.filter(({ weight }) => weight <= 0).reverse(), Math.ceil(most / 2)),
  };
}
