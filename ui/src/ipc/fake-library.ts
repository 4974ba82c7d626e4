// A believable library made from a seed: the same songs every time, no file read.
import type { AlbumRow, FailureRow, RootRow, TrackRow } from "./types";
import { PLAIN, SCENES } from "./fake-words";

export type FakeLibrary = {
  tracks: TrackRow[];
  albums: AlbumRow[];
  albumOf: Map<number, AlbumRow>;
  roots: RootRow[];
  /** How many songs the network has heard. */
  analyzed: number;
  /** Whether it is hearing the others. */
  listening: boolean;
  /** Songs whose files were deleted. */
  gone: number;
  refused: FailureRow[];
};

/** Mulberry32: small, and the same everywhere. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const ALBUM_FORMS = [
  "%",
  "%",
  "%",
  "The % Sessions",
  "% EP",
  "Live: %",
  "% & Other Stories",
  "% (Deluxe Edition)",
];
const KEYS = [
  ["A minor", "8A"],
  ["C major", "8B"],
  ["F# minor", "11A"],
  ["Eb major", "5B"],
];
const EPOCH_MS = Date.UTC(2026, 9, 1);

/** `fresh`: nothing in it was ever played. */
export function makeLibrary(size: number, fresh = false, seed = 7): FakeLibrary {
  const next = chance(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const library: FakeLibrary = {
    tracks: [],
    albums: [],
    albumOf: new Map(),
    roots: [
      { path: "/home/mila/Music", online: true, tracks: Math.floor(size * 0.9) },
      { path: "/media/mila/Archive", online: false, tracks: Math.ceil(size * 0.1) },
    ],
    analyzed: Math.floor(size * 0.74),
    listening: true,
    gone: 3,
    refused: [
      {
        path: "/home/mila/Music/Lumen Choir/Signal/07 Static.flac",
        why: { is: "damaged", damage: { is: "ends-early" } },
      },
      {
        path: "/home/mila/Music/new/track (3).m4a",
        why: { is: "not-playable", format: { is: "named", name: "AAC (protected)" } },
      },
    ],
  };
  const taken = new Set<string>();
  const artists = new Map<string, string>();

  while (library.tracks.length < size) {
    const scene = SCENES[Math.min(SCENES.length - 1, Math.floor(next() ** 1.15 * SCENES.length))]!;
    const glue = /[\u3000-\u9fff]/.test(scene.first[0]!) ? "" : " ";
    const artist = pick(scene.first) + glue + pick(scene.second);
    const genre = artists.get(artist) ?? pick(scene.genres);
    artists.set(artist, genre);
    const year = next() < 0.04 ? null : between(genre === "Jazz" ? 1956 : 1974, 2026);
    const named = next() < 0.4 ? pick(scene.titles) : `${pick(scene.titles)}${glue}${pick(scene.nouns)}`;
    const latin = glue !== "" && scene.genres[0] !== "Arabic";
    const word = latin && next() < 0.5 ? pick([pick(PLAIN), `${pick(PLAIN)} ${pick(PLAIN)}`]) : named;
    const title = !latin ? word : pick(ALBUM_FORMS).replace("%", word).replace("The The", "The");
    if (taken.has(`${title}/${artist}`)) continue;
    taken.add(`${title}/${artist}`);
    const compilation = next() < 0.03;
    const discs = next() < 0.06 ? 2 : 1;
    const covered = next() > 0.12;
    const added = new Date(EPOCH_MS - between(0, 1500) * 86_400_000).toISOString();
    const album: AlbumRow = {
      id: library.albums.length + 1,
      title,
      artist: compilation ? null : artist,
      year,
      tracks: 0,
      duration_s: 0,
      cover_track: covered ? library.tracks.length + 1 : null,
    };
    library.albums.push(album);
    const used = new Set<string>();
    for (let disc = 1; disc <= discs; disc++) {
      for (let number = 1, last = between(7, 14); number <= last && library.tracks.length < size; number++) {
        const plain = /^[A-Z]/.test(scene.titles[0]!) && next() < 0.62;
        const forms = [
          pick(PLAIN),
          `${pick(PLAIN)} ${pick(PLAIN)}`,
          `The ${pick(PLAIN)}`,
          `${pick(PLAIN)} & ${pick(PLAIN)}`,
        ];
        let name = plain ? pick(forms) : `${pick(scene.titles)}${glue}${pick(scene.nouns)}`;
        if (next() < 0.3 && number === 1) name = named;
        if (used.has(name)) name += ` ${number}`;
        used.add(name);
        const performer = compilation ? pick(scene.first) + glue + pick(scene.second) : artist;
        const guest = next() < 0.07 ? [pick(scene.first) + glue + pick(scene.second)] : [];
        const heard = next() < 0.55 ? 0 : Math.floor(next() ** 3 * 60);
        const played = fresh ? 0 : heard;
        const duration_s = genre === "Ambient" || genre === "Techno" ? between(240, 720) : between(118, 402);
        const id = library.tracks.length + 1;
        const file = `${String(number).padStart(2, "0")} ${name.replaceAll("/", "-")}.flac`;
        library.tracks.push({
          id,
          path: `/home/mila/Music/${artist}/${title}/${file}`,
          title: name,
          artists: [performer, ...guest.filter((other) => other !== performer)],
          album: title,
          album_artist: album.artist,
          genres: [genre],
          year,
          track: number,
          disc: discs > 1 ? disc : null,
          duration_s: duration_s + Math.round(next() * 100) / 100,
          codec: next() < 0.7 ? "flac" : "mp3",
          sample_rate_hz: 44100,
          bitrate_kbps: 880,
          bpm: Math.round(70 + next() * 80),
          key: KEYS[id % KEYS.length]![0]!,
          camelot: KEYS[id % KEYS.length]![1]!,
          // Some are still to be measured.
          loudness_lufs: id % 11 === 0 ? null : -9 - next() * 8,
          true_peak_dbtp: null,
          intro_lufs: null,
          outro_lufs: null,
          leading_silence_s: null,
          trailing_silence_s: null,
          tags: next() < 0.9 ? scene.tags : null,
          plays: played,
          skips: Math.floor(played * next() * 0.4),
          rating: fresh ? null : next() < 0.05 ? "like" : next() < 0.01 ? "dislike" : null,
          added_at: added,
          missing: next() < 0.002,
          has_cover: covered,
        });
        album.tracks++;
        album.duration_s += duration_s;
        library.albumOf.set(id, album);
      }
    }
  }
  return library;
}
