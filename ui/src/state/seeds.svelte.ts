// What a station may start from, as it is found: artists, genres, tags and playlists by name, songs, albums, and the
// words themselves as a wish.
import type { AlbumRow, Backend, SeedRef, SeedRow, TrackRow, WishRow } from "../ipc/backend";
import { LatestQuery } from "./latestquery.svelte";
import type { Notices } from "./notices.svelte";
import { t } from "../words";

const NAMES = 8;
const SONGS = 6;
const ALBUMS = 4;
const TYPING_MS = 120;

export type SeedKind = SeedRef["of"];
export type SeedGroup = { kind: "names" | "songs" | "albums" | "words"; rows: SeedRow[] };

export const KIND_NAMES: Record<SeedKind, string> = {
  track: t("radio.kinds.track"),
  album: t("radio.kinds.album"),
  artist: t("radio.kinds.artist"),
  genre: t("radio.kinds.genre"),
  tag: t("radio.kinds.tag"),
  playlist: t("radio.kinds.playlist"),
  words: t("radio.kinds.words"),
};

/** Names a seed among others. */
export function seedKey(seed: SeedRef): string {
  return `${seed.of}:${"id" in seed ? seed.id : "name" in seed ? seed.name : seed.text}`;
}

export function songSeed(track: TrackRow): SeedRow {
  const cover_track = track.has_cover ? track.id : null;
  return {
    seed: { of: "track", id: track.id },
    name: track.title,
    about: { is: "by", artists: track.artists },
    cover_track,
  };
}

export function albumSeed({ id, title, artist, cover_track }: AlbumRow): SeedRow {
  return {
    seed: { of: "album", id },
    name: title,
    about: { is: "by", artists: artist === null ? [] : [artist] },
    cover_track,
  };
}

export class SeedSearch {
  text = $state("");
  found: LatestQuery<{ text: string; groups: SeedGroup[]; wish: WishRow | null }>;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private backend: Backend,
    notices: Notices,
    /** A way leads from song to song; a station starts from anything. */
    private only: "songs" | "anything",
  ) {
    this.found = new LatestQuery((error) => notices.error(t("failed.search"), error));
  }

  get rows(): SeedRow[] {
    return this.found.value?.groups.flatMap((group) => group.rows) ?? [];
  }

  type(text: string): void {
    this.text = text;
    clearTimeout(this.#typing);
    if (text.trim() === "") this.found.clear();
    else this.#typing = setTimeout(() => void this.found.ask(() => this.#find(text.trim())), TYPING_MS);
  }

  async #find(text: string) {
    const query = { text, album: null, sort: "plays", descending: true } as const;
    const songs = this.backend.songs(query, 0, SONGS);
    if (this.only === "songs") {
      const rows = (await songs).rows.map(songSeed);
      return { text, groups: filled([{ kind: "songs", rows }]), wish: null };
    }
    const [names, wish, found, albums] = await Promise.all([
      this.backend.findSeeds(text, NAMES),
      this.backend.understand(text),
      songs,
      this.backend.albums({ text, sort: "artist", descending: false }, 0, ALBUMS),
    ]);
    const understood = wish.wanted.length + wish.unwanted.length > 0;
    const words = understood ? await this.backend.seeds([{ of: "words", text }]) : [];
    const groups: SeedGroup[] = [
      { kind: "names", rows: names },
      { kind: "songs", rows: found.rows.map(songSeed) },
      { kind: "albums", rows: albums.rows.map(albumSeed) },
    ];
    // What reads as a wish comes first, unless it is a name.
    const named = names.some((row) => row.name.toLowerCase() === text.toLowerCase());
    groups.splice(named ? groups.length : 0, 0, { kind: "words", rows: words });
    return { text, groups: filled(groups), wish };
  }
}

function filled(groups: SeedGroup[]): SeedGroup[] {
  return groups.filter((group) => group.rows.length > 0);
}
