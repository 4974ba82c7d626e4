// The fake twin's playlists: some to begin with, and all that may be done with them.
import type { Backend, PlaylistEntryRow, PlaylistOrigin, PlaylistRow, PlaylistSource } from "./backend";
import { fold } from "./fake-answers";
import { originOf, songsOf, type Picked } from "./fake-sources";
import { found, invalid, noPlaylist, some, type World } from "./fake-world";

type Kept = {
  id: number;
  name: string;
  living: boolean;
  origin: PlaylistOrigin | null;
  source: PlaylistSource;
  entries: PlaylistEntryRow[];
  changed_at: string;
};
type Calls = Pick<
  Backend,
  | "playlists"
  | "playlist"
  | "createPlaylist"
  | "renamePlaylist"
  | "deletePlaylist"
  | "undeletePlaylist"
  | "addToPlaylist"
  | "removeFromPlaylist"
  | "moveInPlaylist"
  | "refreshPlaylist"
  | "undoPlaylistEdit"
  | "importPlaylist"
  | "exportPlaylist"
  | "playPlaylist"
>;

export class FakePlaylists {
  #kept: Kept[] = [];
  #deleted: Kept[] = [];
  /** Places before and after each edit, by its number. */
  #edits = new Map<number, { id: number; before: PlaylistEntryRow[]; after: PlaylistEntryRow[] }>();
  #made = 0;
  #entry = 1;
  #id = 1;

  constructor(private world: World) {}

  /** What a listener of some years has. */
  furnish(): void {
    const { tracks } = this.world.whole;
    const every = (step: number, many: number) => tracks.filter((row) => row.id % step === 0).slice(0, many);
    this.#add("Sunday kitchen", { of: "tracks", ids: every(7, 34).map(({ id }) => id) });
    this.#add("Für Mama", { of: "tracks", ids: every(31, 12).map(({ id }) => id) });
    this.#add("رحلة إلى بيروت", {
      of: "tracks",
      ids: tracks
        .filter((row) => row.genres[0] === "Arabic")
        .slice(0, 18)
        .map(({ id }) => id),
    });
    const query = { text: "jazz", album: null, sort: "added", descending: true } as const;
    this.#add("Late jazz", { of: "search", query, limit: null }, true);
    this.#add("Discoveries", { of: "mix", id: "discover", count: 40 }, true);
    this.#lose(1, 4);
    this.#lose(1, 9);
  }

  /** Those that can be named as a seed. */
  names = () => this.#kept.map(({ id, name, entries }) => ({ id, name, tracks: entries.length }));

  nameOf = (id: number) => this.#kept.find((one) => one.id === id)?.name ?? null;

  tracks = (id: number) => this.#kept.find((one) => one.id === id)?.entries.map(({ track }) => track) ?? [];

  calls(): Calls {
    const { answer, player } = this.world;
    const change = (name: string, work: () => void) => answer(name, () => (work(), this.#changed()));
    const edit = (name: string, id: number, work: (one: Kept) => void) =>
      answer(name, () => {
        const one = this.#of(id);
        const before = [...one.entries];
        work(one);
        const number = ++this.#made;
        this.#edits.set(number, { id, before, after: [...one.entries] });
        this.#changed();
        return number;
      });
    return {
      playlists: () => answer("playlists", () => this.#byName().map(row)),
      playlist: (id, offset, limit) =>
        answer("playlist", () => {
          const one = this.#of(id);
          return { playlist: row(one), offset, rows: one.entries.slice(offset, offset + limit) };
        }),
      createPlaylist: (name, source, living) =>
        answer("create_playlist", () => {
          if (living && (source.of === "tracks" || source.of === "queue"))
            throw invalid({ is: "source-never-changes" });
          const made = this.#add(named(name), source, living);
          this.#changed();
          return row(made);
        }),
      renamePlaylist: (id, name) => change("rename_playlist", () => (this.#of(id).name = named(name))),
      deletePlaylist: (id) =>
        change("delete_playlist", () => {
          this.#deleted.push(this.#of(id));
          this.#kept = this.#kept.filter((one) => one.id !== id);
        }),
      undeletePlaylist: (id) =>
        change("undelete_playlist", () => {
          const one = found(
            this.#deleted.find((gone) => gone.id === id),
            invalid({ is: "no-deleted-playlist", playlist: String(id) }),
          );
          this.#deleted = this.#deleted.filter((gone) => gone !== one);
          this.#kept = [...this.#kept, one];
        }),
      addToPlaylist: (id, ids) =>
        edit("add_to_playlist", id, (one) => {
          byHand(one);
          one.entries.push(...this.#entries(songsOf(this.world, { of: "tracks", ids })));
        }),
      removeFromPlaylist: (id, entries) =>
        edit("remove_from_playlist", id, (one) => {
          byHand(one);
          one.entries = one.entries.filter(({ entry }) => !entries.includes(entry));
        }),
      moveInPlaylist: (id, entry, index) =>
        edit("move_in_playlist", id, (one) => {
          byHand(one);
          const { entries } = one;
          const from = entries.findIndex((held) => held.entry === entry);
          if (from >= 0) entries.splice(index, 0, ...entries.splice(from, 1));
        }),
      refreshPlaylist: (id) =>
        edit("refresh_playlist", id, (one) => {
          if (!one.living) throw invalid({ is: "playlist-fixed", playlist: one.name });
          one.entries = this.#entries(songsOf(this.world, one.source));
        }),
      undoPlaylistEdit: (number) =>
        change("undo_playlist_edit", () => {
          const kept = this.#edits.get(number);
          const { id, before, after } = found(kept, invalid({ is: "too-late-to-undo" }));
          const one = this.#of(id);
          const same = after.length === one.entries.length && after.every((row, i) => row === one.entries[i]);
          if (!same) throw invalid({ is: "playlist-changed-since" });
          one.entries = [...before];
          this.#edits.delete(number);
        }),
      importPlaylist: () =>
        answer("import_playlist", () => {
          const made = this.#add("Road trip 2019", {
            of: "tracks",
            ids: this.world.known([3, 14, 15, 92, 65, 35, 89]).map(({ id }) => id),
          });
          this.#lose(made.id, 2);
          this.#changed();
          return row(made);
        }),
      exportPlaylist: (id) => answer("export_playlist", () => `/home/mila/${this.#of(id).name}.m3u8`),
      playPlaylist: (id, index) =>
        answer("play_playlist", () => {
          const { entries } = this.#of(id);
          const there = entries.filter(({ track }) => track.id !== 0);
          const from = entries.slice(index).find(({ track }) => track.id !== 0);
          const rows = some(there).map(({ track, reasons }) => player.row(track, "playlist", reasons));
          player.play(rows, from ? there.indexOf(from) : 0);
        }),
    };
  }

  #of(id: number): Kept {
    return found(
      this.#kept.find((one) => one.id === id),
      noPlaylist(id),
    );
  }

  #byName(): Kept[] {
    return [...this.#kept].sort((a, b) => (fold(a.name) < fold(b.name) ? -1 : 1));
  }

  #add(name: string, source: PlaylistSource, living = false): Kept {
    const made: Kept = {
      id: this.#id++,
      name,
      living,
      origin: living ? originOf(this.world, source) : null,
      source,
      entries: this.#entries(songsOf(this.world, source)),
      changed_at: new Date().toISOString(),
    };
    this.#kept.push(made);
    return made;
  }

  #entries(rows: Picked[]): PlaylistEntryRow[] {
    return rows.map(({ track, reasons }) => ({ entry: this.#entry++, track, reasons }));
  }

  /** A song leaves the library; its place stays. */
  #lose(id: number, index: number): void {
    const held = this.#of(id).entries[index];
    if (held) held.track = { ...held.track, id: 0, missing: true, has_cover: false, tags: null };
  }

  #changed(): void {
    this.world.tell({ event: "playlists" });
  }
}

function named(name: string): string {
  if (name.trim() === "") throw invalid({ is: "no-playlist-name" });
  return name.trim();
}

function byHand({ living, name }: Kept): void {
  if (living) throw invalid({ is: "playlist-renewed", playlist: name });
}

function row({ source: _, entries, ...kept }: Kept): PlaylistRow {
  const covered = entries.filter(({ track }) => track.has_cover).map(({ track }) => track);
  const albums = new Map(covered.map((track) => [`${track.album}/${track.album_artist}`, track.id]));
  return {
    ...kept,
    tracks: entries.length,
    missing: entries.filter(({ track }) => track.id === 0).length,
    duration_s: entries.reduce((sum, { track }) => sum + track.duration_s, 0),
    cover_tracks: [...albums.values()].slice(0, 4),
  };
}
