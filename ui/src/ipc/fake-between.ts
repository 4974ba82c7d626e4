// What the fake twin puts between songs: a way from one to another, and what the guest DJ threads in. Pure.
import { chance } from "./fake-library";
import { picks, reasons, type Ground } from "./fake-picks";
import type { Because, DjMode, PickRow, ReasonRow, SeedRef, TrackRow } from "./types";

/** From one song to another: genres of the first give way to genres of the last. */
export function way(ground: Ground, from: TrackRow, to: TrackRow, count: number): PickRow[] {
  const next = chance(from.id * 31 + to.id);
  const half = Math.ceil((count - 2) / 2);
  const near = (row: TrackRow, many: number) =>
    picks(ground, { seeds: [{ of: "track", id: row.id }], less: [], discovery: 0.3, more: null }, many, [
      from.id,
      to.id,
    ]);
  const between = [...near(from, half), ...near(to, Math.max(0, count - 2 - half)).reverse()];
  const steps = between.map(({ track, score }, place): PickRow => ({
    track,
    score,
    reasons: [
      {
        kind: "bridge",
        because:
          place < half
            ? { is: "steps-from", steps: place + 1, title: from.title }
            : { is: "steps-to", steps: between.length - place, title: to.title },
        weight: 0.5 + next() * 0.4,
        term: null,
      },
      ...reasons(ground, track, null, next).slice(1, 3),
    ],
  }));
  const end = (track: TrackRow, because: Because): PickRow => ({
    track,
    score: 1,
    reasons: [{ kind: "bridge", because, weight: 1, term: null }],
  });
  return [end(from, { is: "path-start" }), ...steps, end(to, { is: "path-end" })];
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
          reasons: [
            {
              kind: "artist",
              because: { is: "same-artist", artists: [artist] },
              weight: 0.8,
              term: `artist:${artist}`,
            },
          ],
        }
      : null;
  }
  const seeds: SeedRef[] = [before, mode === "bridge" ? after : null].flatMap((row) =>
    row ? [{ of: "track", id: row.id } as const] : [],
  );
  const without = [before.id, after?.id ?? 0];
  const [pick] = picks(ground, { seeds, less: [], discovery: 0.4, more: null }, 1, without);
  if (!pick || mode === "nearest") return pick ?? null;
  const leads: ReasonRow = {
    kind: "bridge",
    because: after
      ? { is: "bridge", before: before.title, after: after.title }
      : { is: "sounds-like", title: before.title, tags: [] },
    weight: 0.7,
    term: null,
  };
  return { ...pick, reasons: [leads, ...pick.reasons.slice(1, 2)] };
}
