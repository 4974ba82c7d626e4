// How the fake twin understands a wish in words: tags, genres, artists, decades and tempo by name. Pure.
import type { FakeLibrary } from "./fake-library";
import { SCENES } from "./fake-words";
import type { TrackRow, WishRow, WishTermRow } from "./types";

const IDLE = new Set(
  "a an and but for from in like more music of some something song songs that the very with".split(" "),
);
const TEMPO: Record<string, (bpm: number) => boolean> = {
  slow: (bpm) => bpm < 95,
  calm: (bpm) => bpm < 100,
  fast: (bpm) => bpm > 120,
};
const TAGS = [...new Set(SCENES.flatMap((scene) => scene.tags))];
const GENRES = SCENES.flatMap((scene) => scene.genres);

export function understand(library: FakeLibrary, text: string): WishRow {
  const wish: WishRow = { wanted: [], unwanted: [], unknown: [] };
  for (const part of text.toLowerCase().split(/[,;.]| and | but /)) {
    const against = part.match(/^\s*(?:no|without|not|less)\s+(.*)$/);
    const words = (against?.[1] ?? part).split(/\s+/).filter((word) => word !== "" && !IDLE.has(word));
    const pan = against ? wish.unwanted : wish.wanted;
    const artist = artistNamed(library, words.join(" "));
    if (artist) pan.push({ kind: "artist", name: artist });
    else {
      for (const word of words) {
        const term = termNamed(word);
        if (term) pan.push(term);
        else wish.unknown.push(word);
      }
    }
  }
  return wish;
}

function artistNamed(library: FakeLibrary, name: string): string | null {
  const found = library.albums.find((album) => album.artist?.toLowerCase() === name);
  return found?.artist ?? null;
}

function termNamed(word: string): WishTermRow | null {
  if (word in TEMPO) return { kind: "tempo", name: word };
  const decade = word.match(/^(?:19|20)?(\d0)s$/)?.[1];
  if (decade) return { kind: "era", name: `${Number(decade) < 30 ? 20 : 19}${decade}s` };
  const genre = GENRES.find((name) => name.toLowerCase() === word);
  if (genre) return { kind: "genre", name: genre };
  const known = word.length > 2 && TAGS.some((tag) => tag.split(/\s/).includes(word));
  return known ? { kind: "tag", name: word } : null;
}

/** Whether a song is what a part of a wish names. */
export function meets(track: TrackRow, { kind, name }: WishTermRow): boolean {
  if (kind === "tempo") return track.bpm !== null && TEMPO[name]!(track.bpm);
  if (kind === "era") return track.year !== null && `${Math.floor(track.year / 10)}0s` === name;
  if (kind === "genre") return track.genres.includes(name);
  if (kind === "artist") return track.artists.includes(name);
  return track.tags?.some((tag) => tag.includes(name)) ?? false;
}
