// What the fake twin answers from its library: lists in order, and outlines. Pure.
import { chance, type FakeLibrary } from "./fake-library";
import type { AlbumsQuery } from "./backend";
import type { AlbumRow, SongsQuery, TrackRow, WaveformRow } from "./types";

export function cut(whole: FakeLibrary, size: number): FakeLibrary {
  const last = whole.albumOf.get(size)?.id ?? 0;
  return { tracks: whole.tracks.slice(0, size), albums: whole.albums.slice(0, last), albumOf: whole.albumOf };
}

function has(text: string, words: string[]): boolean {
  const folded = text.toLowerCase();
  return words.every((word) => folded.includes(word));
}

function compare(a: string | number | null, b: string | number | null, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = a < b ? -1 : a > b ? 1 : 0;
  return descending ? -order : order;
}

/** The whole title, its beginning, the artist's name, anything else. */
function rank(row: TrackRow, text: string): number {
  const [title, artist] = [row.title.toLowerCase(), row.artists.join(" ").toLowerCase()];
  return title === text ? 0 : title.startsWith(text) ? 1 : artist.startsWith(text) ? 2 : 3;
}

export function find(library: FakeLibrary, query: SongsQuery): TrackRow[] {
  const tags: string[] = [];
  const text = query.text.toLowerCase().replace(/tag:"([^"]*)"/g, (_, tag: string) => (tags.push(tag), ""));
  const words = text.split(/\s+/).filter(Boolean);
  const rows = library.tracks.filter(
    (row) =>
      tags.every((tag) => row.tags?.includes(tag)) &&
      (query.album === null || library.albumOf.get(row.id)?.id === query.album) &&
      has(`${row.title} ${row.artists.join(" ")} ${row.album ?? ""} ${row.genres.join(" ")}`, words),
  );
  if (query.album !== null) return rows;
  const by: Record<SongsQuery["sort"], (row: TrackRow) => string | number | null> = {
    title: (row) => row.title,
    artist: (row) => row.artists[0] ?? null,
    album: (row) => row.album,
    year: (row) => row.year,
    duration: (row) => row.duration_s,
    plays: (row) => row.plays,
    added: (row) => row.added_at,
    relevance: (row) => rank(row, text.trim()),
  };
  return rows.sort((a, b) => compare(by[query.sort](a), by[query.sort](b), query.descending) || a.id - b.id);
}

/** Verses and refrains, a quiet beginning and a slow end; the same for the same song. */
export function outline(id: number): WaveformRow {
  const next = chance(id * 7919);
  const parts = Array.from({ length: 9 }, () => 0.25 + next() * 0.65);
  const bytes = (amplitude: number) => Math.round(255 * Math.sqrt(Math.min(1, amplitude)));
  const peak: number[] = [];
  const rms: number[] = [];
  for (let bin = 0; bin < 1000; bin++) {
    const edge = Math.min(1, bin / 30, (1000 - bin) / 60);
    const level = parts[Math.floor((bin / 1000) * parts.length)]! * edge * (0.7 + 0.3 * next());
    peak.push(bytes(level));
    rms.push(bytes(level * 0.35));
  }
  return { peak, rms };
}

export function findAlbums(library: FakeLibrary, query: AlbumsQuery): AlbumRow[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = library.albums.filter(({ title, artist }) => has(`${title} ${artist ?? ""}`, words));
  const by = (row: AlbumRow) =>
    query.sort === "added" ? row.id : query.sort === "year" ? row.year : row[query.sort];
  rows.sort((a, b) => compare(by(a), by(b), query.descending) || compare(a.year, b.year, false));
  return rows.map(({ scene: _, ...row }) => row);
}
