// The menus of songs, albums, tags, mixes and playlists: what stands in them, and in which order.
import type { AlbumRow, MixRow, PlaylistRow, QueueRow, ReasonRow, SeedRef, TrackRow } from "../ipc/backend";
import type { MenuItem } from "../elements/menu";
import type { Actions } from "./actions.svelte";
import type { Library } from "./library.svelte";
import type { Mixes } from "./mixes.svelte";
import { keyNames } from "./platform";
import type { Player } from "./player.svelte";
import type { Playlists } from "./playlists.svelte";
import { KIND_NAMES } from "./seeds.svelte";
import type { Taste } from "./taste.svelte";

const TAGS = 4;

export class Menus {
  constructor(
    private actions: Actions,
    private library: Library,
    private player: Player,
    private playlists: Playlists,
    private mixes: Mixes,
    private taste: Taste,
  ) {}

  /** Of some songs; `ids` may hold more than `tracks`, whose rows are in memory. */
  songs(tracks: TrackRow[], ids: number[], play: () => void): MenuItem[] {
    const { actions, library } = this;
    const [first] = tracks;
    if (!first || ids.length === 0) return [];
    const one = ids.length === 1;
    const all = (rating: "like" | "dislike") => tracks.every((track) => library.ratingOf(track) === rating);
    return [
      { label: "Play", icon: "play", keys: keyNames("Enter"), act: play },
      { label: "Play next", icon: "next-up", act: () => void actions.enqueue(ids, "next") },
      { label: "Add to queue", icon: "queue", keys: "Q", act: () => void actions.enqueue(ids, "last") },
      this.#addTo("", async (use) => void (await use(ids))),
      "line",
      {
        label: one ? "Radio from this song" : `Radio from these ${ids.length} songs`,
        icon: "radio",
        keys: "R",
        act: () => void actions.startRadio(ids),
      },
      { label: "Radio from", icon: "radio", disabled: !one, items: this.#radioFrom(first) },
      "line",
      {
        label: "Go to album",
        icon: "album",
        disabled: !one || first.album === null,
        act: () => void actions.goToAlbum(first),
      },
      {
        label: "Like",
        icon: "heart",
        keys: "L",
        checked: all("like"),
        act: () => void library.rate(tracks, "like"),
      },
      {
        label: "Not for me",
        icon: "ban",
        checked: all("dislike"),
        act: () => void library.rate(tracks, "dislike"),
      },
    ];
  }

  /** What one can say of a song that Segue picked, `earlier` being what stands before it. */
  feedbackItems(track: TrackRow, earlier: TrackRow | null, reasons: ReasonRow[]): MenuItem[] {
    const turnable = reasons.filter(({ term, weight }) => term !== null && weight > 0);
    return [
      "line",
      {
        label: "Less because of",
        icon: "less",
        disabled: turnable.length === 0,
        items: turnable.map((reason) => ({
          label: reason.text,
          checked: this.taste.isDown(reason.term!),
          act: () => void this.taste.turnDown(reason),
        })),
      },
      { label: "Not now", icon: "clock", act: () => void this.actions.say("not-now", track) },
      { label: "Never again", icon: "ban", act: () => void this.actions.say("never", track) },
      {
        label: "Wrong after the song before",
        icon: "close",
        disabled: earlier === null,
        act: () => void (earlier && this.actions.wrongAfter(earlier, track)),
      },
      { label: "Take the last of these back", icon: "back", act: () => void this.actions.takeBack() },
    ];
  }

  album(album: AlbumRow, play: () => void): MenuItem[] {
    const { actions } = this;
    const enqueue = (at: "next" | "last") => () =>
      void actions.withAlbum(album.id, (ids) => actions.enqueue(ids, at));
    const { artist } = album;
    return [
      { label: "Play album", icon: "play", act: play },
      { label: "Play next", icon: "next-up", act: enqueue("next") },
      { label: "Add to queue", icon: "queue", act: enqueue("last") },
      this.#addTo(album.title, (use) => actions.withAlbum(album.id, use)),
      "line",
      { label: "Radio from this album", icon: "radio", act: this.#radio({ of: "album", id: album.id }) },
      {
        label: "Radio from this artist",
        icon: "radio",
        disabled: artist === null,
        act: artist === null ? () => {} : this.#radio({ of: "artist", name: artist }),
      },
    ];
  }

  /** Of what plays. */
  playing(row: QueueRow): MenuItem[] {
    const { player } = this;
    const { guest } = player.state;
    return [
      ...this.songs([row.track], [row.track.id], () => void player.toggle()).slice(1),
      ...(row.reasons.length > 0 ? this.feedbackItems(row.track, null, row.reasons) : []),
      "line",
      { label: "Guest session", icon: "guest", checked: guest, act: () => void player.setGuest(!guest) },
    ];
  }

  /** Of a tag that was heard. */
  tag(name: string, find: () => void): MenuItem[] {
    return [
      { label: "Songs with this tag", icon: "search", act: find },
      { label: "Radio from this tag", icon: "radio", act: this.#radio({ of: "tag", name }) },
    ];
  }

  mix(mix: MixRow): MenuItem[] {
    return [
      { label: "Play", icon: "play", act: () => void this.mixes.play(mix) },
      { label: "Save as playlist…", icon: "playlist", act: () => this.playlists.keepMix(mix) },
    ];
  }

  playlist(playlist: PlaylistRow): MenuItem[] {
    const { playlists } = this;
    const empty = playlist.tracks === playlist.missing;
    return [
      { label: "Play", icon: "play", disabled: empty, act: () => void playlists.play(playlist) },
      { label: "Shuffle", icon: "shuffle", disabled: empty, act: () => void playlists.shuffle(playlist) },
      {
        label: "Radio from this playlist",
        icon: "radio",
        disabled: empty,
        act: this.#radio({ of: "playlist", id: playlist.id }),
      },
      "line",
      { label: "Rename…", icon: "pen", act: () => playlists.askNewName(playlist) },
      { label: "Export…", icon: "export", act: () => void playlists.export(playlist) },
      { label: "Delete", icon: "trash", act: () => void playlists.delete(playlist) },
    ];
  }

  /** What begins a playlist. */
  newPlaylistItems(): MenuItem[] {
    const { playlists } = this;
    return [
      { label: "New playlist…", icon: "plus", act: () => playlists.keep("", { of: "tracks", ids: [] }) },
      { label: "Save the queue…", icon: "queue", act: () => playlists.keep("", { of: "queue" }) },
      { label: "Import a playlist…", icon: "import", act: () => void playlists.import() },
    ];
  }

  /** `hand` passes the ids of the songs on once they are known. */
  #addTo(name: string, hand: (use: (ids: number[]) => unknown) => Promise<unknown>): MenuItem {
    const { playlists } = this;
    const fixed = playlists.rows.filter((playlist) => !playlist.living);
    return {
      label: "Add to playlist",
      icon: "playlist",
      items: [
        {
          label: "New playlist…",
          icon: "plus",
          act: () => void hand((ids) => playlists.keep(name, { of: "tracks", ids })),
        },
        ...(fixed.length > 0 ? ["line" as const] : []),
        ...fixed.map((playlist) => ({
          label: playlist.name,
          act: () => void hand((ids) => playlists.add(playlist, ids)),
        })),
      ],
    };
  }

  #radioFrom(track: TrackRow): MenuItem[] {
    const named = (of: "artist" | "genre" | "tag", names: string[]) =>
      names.map((name) => ({ label: KIND_NAMES[of], detail: name, act: this.#radio({ of, name }) }));
    const album = { label: KIND_NAMES.album, detail: track.album ?? "" };
    return [
      ...named("artist", track.artists),
      ...(track.album === null ? [] : [{ ...album, act: () => void this.actions.radioFromAlbumOf(track) }]),
      ...named("genre", track.genres),
      ...named("tag", (track.tags ?? []).slice(0, TAGS)),
    ];
  }

  #radio(seed: SeedRef): () => void {
    return () => void this.actions.radioFrom(seed);
  }
}
