// What the fake twin answers from its library: lists in order, and waveforms. Pure.
import { chance, type FakeLibrary } from "./fake-library";
import { spelled } from "./fake-spelling";
import type { AlbumsQuery } from "./backend";
import type { AlbumRow, SongsQuery, TrackRow, WaveformRow } from "./types";

export function cut(whole: FakeLibrary, size: number): FakeLibrary {
  const last = whole.albumOf.get(size)?.id ?? 0;
  return { ...whole, tracks: whole.tracks.slice(0, size), albums: whole.albums.slice(0, last) };
}

/** Without marks and case. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** How a name sorts: without signs and article before it, unknown names last. */
function sortKey(name: string | null | undefined): string {
  const folded = fold(name ?? "");
  const bare = folded.replace(/^[^\p{L}\p{N}]+/u, "").replace(/^the (?=.)/, "");
  return bare || folded.trim() || "\u{10ffff}";
}

/** Folded words; each Chinese or Japanese character is one. */
function words(text: string): string[] {
  return fold(text).match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+/gu) ?? [];
}

type Keys = { title: string; artist: string; album: string; in: Record<Field, string>; all: string };
type Field = "title" | "artists" | "album";
const keys = new WeakMap<TrackRow, Keys>();

/** What a song is found and sorted by, made once. */
function keysOf(row: TrackRow): Keys {
  let known = keys.get(row);
  if (!known) {
    const joined = (...texts: (string | null)[]) =>
      texts.map((text) => ` ${words(text ?? "").join(" ")}`).join("");
    const fields = {
      title: joined(row.title),
      artists: joined(...row.artists, row.album_artist),
      album: joined(row.album),
    };
    known = {
      title: sortKey(row.title),
      artist: sortKey(row.artists.join(", ")),
      album: sortKey(row.album),
      in: fields,
      all: fields.title + fields.artists + fields.album + joined(...row.genres),
    };
    keys.set(row, known);
  }
  return known;
}

/** Whether every word begins some word. */
const begins = (text: string, sought: string[]) => sought.every((word) => text.includes(` ${word}`));

type Key = string | number | null;

/** By the first key that differs; what is not known comes first, as a database has it. */
function compare(a: Key[], b: Key[]): number {
  for (const [place, key] of a.entries()) {
    const other = b[place]!;
    if (key === other) continue;
    if (key === null || other === null) return key === null ? -1 : 1;
    return key < other ? -1 : 1;
  }
  return 0;
}

function ordered<T>(rows: T[], keysOf: (row: T) => Key[], descending: boolean): T[] {
  const keyed = rows.map((row) => ({ row, key: keysOf(row) }));
  const way = descending ? -1 : 1;
  return keyed.sort((a, b) => way * compare(a.key, b.key)).map(({ row }) => row);
}

/** The whole title or artist, all words in one field, some in the title. */
function rank(row: TrackRow, text: string, sought: string[]): number {
  const { title, artist, in: fields } = keysOf(row);
  const whole = sortKey(text.trim());
  if (title === whole) return 0;
  if (artist === whole) return 1;
  const field = (["title", "artists", "album"] as const).findIndex((name) => begins(fields[name], sought));
  if (field >= 0) return 2 + field;
  return sought.some((word) => begins(fields.title, [word])) ? 5 : 6;
}

type TagTerm = { name: string; whole: boolean; wanted: boolean };

/** Whether a song was heard with a tag; a name that is no tag's means every tag that begins with it. */
function tagged(row: TrackRow, { name, whole, wanted }: TagTerm, all: Set<string>): boolean {
  const named = all.has(name) ? [name] : whole ? [] : [...all].filter((tag) => tag.startsWith(name));
  if (named.length === 0) return !wanted;
  return (row.tags?.some((tag) => named.includes(fold(tag))) ?? false) === wanted;
}

export function find(library: FakeLibrary, query: SongsQuery): TrackRow[] {
  const tags: TagTerm[] = [];
  const text = query.text.replace(
    /(^|\s)(-?)tag:(?:"([^"]*)"?|(\S*))/gi,
    (_, _before, minus: string, quoted: string | undefined, bare: string | undefined) => {
      const name = fold((quoted ?? bare ?? "").trim());
      if (name !== "") tags.push({ name, whole: quoted !== undefined, wanted: minus === "" });
      return " ";
    },
  );
  const sought = words(text);
  const signs = sought.length === 0 ? fold(text.trim()) : "";
  const all =
    tags.length > 0 ? new Set(library.tracks.flatMap((row) => row.tags?.map(fold) ?? [])) : new Set<string>();
  const rows = library.tracks.filter((row) => {
    const { title, artist, album, all: anywhere } = keysOf(row);
    return (
      (query.album === null || library.albumOf.get(row.id)?.id === query.album) &&
      begins(anywhere, sought) &&
      (signs === "" || [title, artist, album].some((key) => key.includes(signs))) &&
      tags.every((tag) => tagged(row, tag, all))
    );
  });
  const onAlbum = (row: TrackRow): Key[] => [row.disc, row.track];
  const byArtist = (row: TrackRow): Key[] => [keysOf(row).artist, keysOf(row).album, ...onAlbum(row)];
  const by: Record<SongsQuery["sort"], (row: TrackRow) => Key[]> = {
    title: (row) => [keysOf(row).title, keysOf(row).artist],
    artist: byArtist,
    album: (row) => [keysOf(row).album, library.albumOf.get(row.id)?.id ?? null, ...onAlbum(row)],
    year: (row) => [row.year, ...byArtist(row)],
    duration: (row) => [row.duration_s],
    plays: (row) => [row.plays],
    added: (row) => [row.added_at],
    rating: (row) => [row.rating],
    played: () => [],
    bpm: (row) => [row.bpm],
    random: (row) => [chance(row.id)()],
    relevance: (row) => [...(sought.length > 0 ? [rank(row, text, sought)] : []), ...byArtist(row)],
  };
  return ordered(rows, (row) => [...by[query.sort](row), row.id], query.descending);
}

/** The search that was meant, where nothing is called so. */
export function meant(library: FakeLibrary, query: SongsQuery): string | null {
  const known = new Map<string, number>();
  for (const row of library.tracks)
    for (const word of new Set(keysOf(row).all.split(" "))) known.set(word, (known.get(word) ?? 0) + 1);
  return spelled(words(query.text), known);
}

/** Verses and refrains, a quiet beginning and a slow end; the same for the same song. */
export function waveform(id: number): WaveformRow {
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
  const sought = words(query.text);
  if (sought.length === 0 && query.text.trim() !== "") return [];
  const matching = new Set<number>();
  for (const row of sought.length > 0 ? library.tracks : []) {
    const { in: fields } = keysOf(row);
    const album = library.albumOf.get(row.id);
    if (album && begins(fields.album + fields.artists, sought)) matching.add(album.id);
  }
  const rows = library.albums.filter(({ id }) => sought.length === 0 || matching.has(id));
  const by: Record<AlbumsQuery["sort"], (row: AlbumRow) => Key[]> = {
    title: (row) => [sortKey(row.title), sortKey(row.artist)],
    artist: (row) => [sortKey(row.artist), row.year, sortKey(row.title)],
    year: (row) => [row.year, sortKey(row.artist), sortKey(row.title)],
    added: () => [],
  };
  return ordered(rows, (row) => [...by[query.sort](row), row.id], query.descending);
}
