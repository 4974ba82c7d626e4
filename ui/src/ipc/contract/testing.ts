// What the contract's test stands on: the described library as the fake twin holds it, and answers as both sides can give
// them (`src-tauri/crates/app/src/desktop/contract.rs` is the other side, and says why).
import type { FakeLibrary } from "../fake-library";
import type { Refusal } from "../backend";
import type { AlbumRow, TrackRow } from "../types";
import contract from "./contract.json";

export type Step = {
  do: string;
  with?: unknown[];
  as?: string;
  only?: string;
  hold?: string;
  tells?: string[];
  scans?: boolean;
};
export type Seen = { answer?: unknown; shape?: Shape; error?: unknown };
type Shape = Record<string, string[]>;
type Fields = Record<string, unknown>;

export const script: Step[] = contract.script;
const MUSIC = "/music";

/** The described library. Its ids are not those of the real one, and need not be. */
export function described(): FakeLibrary {
  const { tracks, covers, gone, refused } = contract.library;
  const albums: AlbumRow[] = [];
  const albumOf = new Map<number, AlbumRow>();
  const rows = tracks.map((told, place): TrackRow => {
    const id = place + 1;
    const has_cover = covers.some((folder) => told.file.startsWith(`${folder}/`));
    let album = albums.find(({ title }) => title === told.album);
    if (told.album !== null && !album) {
      album = {
        id: albums.length + 1,
        title: told.album,
        artist: told.album_artist,
        year: told.year,
        tracks: 0,
        duration_s: 0,
        cover_track: has_cover ? id : null,
      };
      albums.push(album);
    }
    if (album) {
      album.tracks++;
      album.duration_s += told.duration_s;
      albumOf.set(id, album);
    }
    return {
      id,
      path: `${MUSIC}/${told.file}`,
      title: told.title,
      artists: told.artists,
      album: told.album,
      album_artist: told.album_artist,
      genres: told.genres,
      year: told.year,
      track: told.track,
      disc: null,
      duration_s: told.duration_s,
      codec: "pcm",
      sample_rate_hz: 8000,
      bitrate_kbps: 128,
      bpm: told.tags && 80 + 10 * told.corner,
      key: null,
      camelot: null,
      loudness_lufs: told.outline ? -14 : null,
      true_peak_dbtp: told.outline ? -1 : null,
      intro_lufs: told.outline ? -16 : null,
      outro_lufs: told.outline ? -18 : null,
      leading_silence_s: told.outline ? 0 : null,
      trailing_silence_s: told.outline ? 0 : null,
      tags: told.tags,
      plays: told.plays,
      skips: told.skips,
      rating: null,
      added_at: "2026-10-01T00:00:00Z",
      missing: false,
      has_cover,
    };
  });
  return {
    tracks: rows,
    albums,
    albumOf,
    roots: [{ path: MUSIC, online: true, tracks: rows.length + gone.length }],
    analyzed: rows.filter(({ tags }) => tags !== null).length,
    listening: false,
    gone: gone.length,
    refused: refused.map((file) => ({ path: `${MUSIC}/${file}`, why: { is: "unknown-format" } })),
  };
}

const LIBRARY = described();
const song = (id: unknown) => nameOf(LIBRARY.tracks, id, "song");
const album = (id: unknown) => nameOf(LIBRARY.albums, id, "album");

function nameOf(rows: { id: number; title: string }[], id: unknown, what: string): unknown {
  const row = rows.find((one) => one.id === id);
  return row ? `${what} ${row.title}` : id;
}

/** Puts what is meant in the place of `{"$song": TITLE}` and its like. */
export function resolve(value: unknown, answers: Map<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((one) => resolve(one, answers));
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Fields;
  if ("$song" in fields) return found(LIBRARY.tracks, fields.$song).id;
  if ("$album" in fields) return found(LIBRARY.albums, fields.$album).id;
  if ("$folder" in fields) return fields.$folder === "" ? MUSIC : `${MUSIC}/${String(fields.$folder)}`;
  if ("$" in fields) {
    const [name, ...rest] = String(fields.$).split(".");
    if (!answers.has(name!)) throw new Error(`no answer is called ${name}`);
    return rest.reduce((inner, key) => (inner as Fields)[key], answers.get(name!));
  }
  return Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, resolve(one, answers)]));
}

function found<T extends { title: string }>(rows: T[], title: unknown): T {
  const row = rows.find((one) => one.title === title);
  if (!row) throw new Error(`there is no ${String(title)}`);
  return row;
}

/** An answer, or a refusal, as it is compared. */
export function seen(step: Step, answered: { answer: unknown } | { error: Refusal }): Seen {
  if ("error" in answered) return { error: normal(answered.error) };
  const answer = normal(step.only === undefined ? answered.answer : under(answered.answer, step.only));
  return step.hold === undefined ? { answer } : { shape: shapeOf(answer) };
}

/** Nothing is lost of what is compared; `undefined` is what the program answers as `null`. */
function normal(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === "string") return inCommonWords(value);
  if (typeof value === "number") return Math.round(value * 100) / 100;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(
    ([key, one]) => !contract.left_out.includes(key) && one !== undefined,
  );
  return Object.fromEntries(fields.map(([key, one]) => [key, normalField(value as Fields, key, one)]));
}

function inCommonWords(text: string): string {
  const own = contract.told_in_own_words.some((words) => text.includes(words));
  return (own ? text.replace(/: .*$/, ": …") : text).replace(/ number \d+$/, " number …");
}

function normalField(fields: Fields, key: string, value: unknown): unknown {
  if (key === "id") return idIn(fields, value);
  if (key === "cover_track") return song(value);
  if (key === "cover_tracks") return (value as unknown[]).map(song);
  if (!contract.kinds_only.includes(key)) return normal(value);
  return Array.isArray(value) ? `${value.length} of these` : kind(value);
}

/** What an id names, told from what stands beside it. */
function idIn(fields: Fields, id: unknown): unknown {
  if (fields.of === "track") return song(id);
  if (fields.of === "album") return album(id);
  if (typeof id === "string") return id;
  if ("artists" in fields) return song(id);
  return "cover_track" in fields ? album(id) : kind(id);
}

function under(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (!Array.isArray(value) && key in value) return [{ [key]: (value as Fields)[key] }];
  return Object.values(value).flatMap((one) => under(one, key));
}

function kind(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
}

function shapeOf(value: unknown, path = "", shape: Shape = {}): Shape {
  shape[path] = [...new Set([...(shape[path] ?? []), kind(value)])].sort();
  if (Array.isArray(value)) value.forEach((one) => shapeOf(one, `${path}[]`, shape));
  // One of several words: which one it is, and so which fields it has, depends on the songs.
  else if (typeof value === "object" && value !== null && !("is" in value))
    for (const [key, one] of Object.entries(value)) shapeOf(one, `${path}.${key}`, shape);
  return shape;
}

/** What of a shape is not as recorded. */
export function unlike(recorded: Shape, shape: Shape): string[] {
  const more = Object.entries(shape).flatMap(([path, kinds]) =>
    kinds.filter((one) => !mayBe(recorded, path, one)).map((one) => `${path} is a ${one}`),
  );
  const less = Object.keys(recorded).filter((path) => {
    const parent = path.slice(0, path.lastIndexOf("."));
    return !(path in shape) && !path.endsWith("]") && shape[parent]?.includes("object");
  });
  return [...more, ...less.map((path) => `${path} is not there`)];
}

/** Whether a recorded shape has room for this kind at a path. Which songs are chosen decides what of them is `null`, and
 * whether a list holds any: of what was not seen nothing can be said. */
function mayBe(recorded: Shape, path: string, kind: string): boolean {
  const onlyNull = (kinds: string[]) => kinds.every((one) => one === "null");
  const kinds = recorded[path];
  if (kinds)
    return kinds.includes(kind) || (/\[\]|\.track\./.test(path) && (kind === "null" || onlyNull(kinds)));
  let parent = path;
  do parent = parent.slice(0, Math.max(0, parent.search(/[.[][^.[]*$/)));
  while (!(parent in recorded));
  return path[parent.length] === "[" || onlyNull(recorded[parent]!);
}
