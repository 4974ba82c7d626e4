// How the fake twin understands a wish in words: tags, genres, artists, decades and tempo by name. Pure.
import type { FakeLibrary } from "./fake-library";
import { SCENES } from "./fake-words";
import type { TrackRow, WishRow, WishTerm } from "./types";

const IDLE = new Set(
  "a an and but by for from in like more music of some something song songs that the very with".split(" "),
);
const TEMPO: Record<string, (bpm: number) => boolean> = {
  slow: (bpm) => bpm < 95,
  calm: (bpm) => bpm < 100,
  fast: (bpm) => bpm > 120,
};
/** Moods that the program has in a list of its own. */
const MOODS = new Set(["dreamy", "hazy", "gentle"]);
const TAGS = [...new Set(SCENES.flatMap((scene) => scene.tags))];
const GENRES = SCENES.flatMap((scene) => scene.genres);

export function understand(library: FakeLibrary, text: string): WishRow {
  const wish: WishRow = { wanted: [], unwanted: [], unknown: [] };
  for (const part of text.toLowerCase().split(/[,;.]| and | but /)) {
    const against = part.match(/^\s*((?:no|without|not|less)\s+)(.*)$/);
    const words = (against?.[2] ?? part).split(/\s+/).filter((word) => word !== "" && !IDLE.has(word));
    const side = against ? wish.unwanted : wish.wanted;
    const only = words.length;
    while (words.length > 0) {
      // The longest name that the words begin with.
      const lengths = Array.from({ length: words.length }, (_, shorter) => words.length - shorter);
      const named = lengths.flatMap((length) => {
        const name = words.slice(0, length).join(" ");
        const term = termNamed(library, name);
        return term ? [{ term, length, name }] : [];
      })[0];
      if (named) {
        // Alone in its clause it takes the clause with it.
        const said = named.length === only ? part.trim() : named.name;
        side.push({ term: named.term, rest: without(text, said) });
      } else wish.unknown.push({ word: words[0]!, near: spelt(words[0]!) });
      words.splice(0, named?.length ?? 1);
    }
  }
  return wish;
}

/** A wish without some of its words, and without the signs that parted them from the others. */
function without(text: string, said: string): string {
  const at = text.toLowerCase().indexOf(said);
  const before = at < 0 ? text : text.slice(0, at).replace(/[\s,;]+$/, "");
  const after = at < 0 ? "" : text.slice(at + said.length);
  return (before === "" ? after.replace(/^[\s,;]+/, "") : before + after).trim();
}

/** Known words of the same letters: a slip of the pen. */
function spelt(word: string): string[] {
  const letters = (text: string) => [...text].sort().join("");
  return [...Object.keys(TEMPO), ...TAGS].filter((name) => letters(name) === letters(word)).slice(0, 1);
}

function termNamed({ albums, tracks }: FakeLibrary, name: string): WishTerm | null {
  if (name in TEMPO) return { is: "tempo", name };
  const decade = name.match(/^(?:19|20)?(\d0)s$/)?.[1];
  if (decade) {
    const first = Number(`${Number(decade) < 30 ? 20 : 19}${decade}`);
    return { is: "era", years: { is: "in", period: { is: "decade", decade: first } } };
  }
  const is = (other: string | null) => other?.toLowerCase() === name;
  if (MOODS.has(name)) return { is: "scene", name };
  if (TAGS.some(is) || tracks.some((row) => row.tags?.some(is))) return { is: "tag", name };
  if (GENRES.some(is)) return { is: "genre", name };
  const artist = albums.find((album) => is(album.artist))?.artist;
  if (artist) return { is: "artist", name: artist };
  const known = name.length > 2 && TAGS.some((tag) => tag.split(/\s/).includes(name));
  return known ? { is: "tag", name } : null;
}

/** Whether a song is what a part of a wish names. */
export function meets(track: TrackRow, term: WishTerm): boolean {
  switch (term.is) {
    case "tempo":
      return track.bpm !== null && TEMPO[term.name]!(track.bpm);
    case "era": {
      const period = term.years.is === "in" ? term.years.period : null;
      return period?.is === "decade" && decadeOf(track) === period.decade;
    }
    case "genre":
      return track.genres.some((genre) => genre.toLowerCase() === term.name.toLowerCase());
    case "artist":
      return track.artists.includes(term.name);
    case "bpm":
    case "key":
    case "mode":
    case "title":
    case "like":
    case "than":
      return false; // The twin reads none of these.
    case "scene":
    case "tag":
      return track.tags?.some((tag) => tag.includes(term.name)) ?? false;
  }
}

export const decadeOf = (track: TrackRow) => (track.year === null ? null : Math.floor(track.year / 10) * 10);
