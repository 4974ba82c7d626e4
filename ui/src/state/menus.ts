// The menus of songs, albums, tags, mixes and playlists: what stands in them, and in which order.
import type {
  AlbumRow,
  Facet,
  MixRow,
  PlaylistRow,
  QueueRow,
  ReasonRow,
  SeedRef,
  TrackRow,
} from "../ipc/backend";
import type { MenuItem } from "../elements/menu";
import type { Actions } from "./actions.svelte";
import type { Library } from "./library.svelte";
import type { Mixes } from "./mixes.svelte";
import { keyNames } from "./platform";
import type { Player } from "./player.svelte";
import type { Playlists } from "./playlists.svelte";
import { KIND_NAMES } from "./seeds.svelte";
import type { Taste } from "./taste.svelte";
import { t } from "../words";
import { facetName } from "../words/names";
import { turnedBy } from "../words/reasons";

const TAGS = 4;
const FACETS: Facet[] = ["sound", "rhythm", "harmony"];

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
      { label: t("songs.play"), icon: "play", keys: keyNames("Enter"), act: play },
      { label: t("songs.playNext"), icon: "next-up", act: () => void actions.enqueue(ids, "next") },
      {
        label: t("songs.addToQueue"),
        icon: "queue",
        keys: "Q",
        act: () => void actions.enqueue(ids, "last"),
      },
      this.#addTo("", async (use) => void (await use(ids))),
      "line",
      {
        label: t("songs.radioFromSongs", { count: ids.length }),
        icon: "radio",
        keys: "R",
        act: () => void actions.startRadio(ids),
      },
      { label: t("songs.radioFrom"), icon: "radio", disabled: !one, items: this.#radioFrom(first) },
      "line",
      {
        label: t("songs.goToAlbum"),
        icon: "album",
        disabled: !one || first.album === null,
        act: () => void actions.goToAlbum(first),
      },
      {
        label: t("songs.like"),
        icon: "heart",
        keys: "L",
        checked: all("like"),
        act: () => void library.rate(tracks, "like"),
      },
      {
        label: t("songs.dislike"),
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
        label: t("songs.lessOf"),
        icon: "less",
        disabled: turnable.length === 0,
        items: turnable.map((reason) => ({
          label: turnedBy(reason),
          checked: this.taste.isDown(reason.term!),
          act: () => void this.taste.turnDown(reason),
        })),
      },
      { label: t("songs.notNow"), icon: "clock", act: () => void this.actions.say("not-now", track) },
      { label: t("songs.never"), icon: "ban", act: () => void this.actions.say("never", track) },
      {
        label: t("songs.wrongAfter"),
        icon: "close",
        disabled: earlier === null,
        act: () => void (earlier && this.actions.wrongAfter(earlier, track)),
      },
      { label: t("songs.undoLast"), icon: "back", act: () => void this.actions.takeBack() },
    ];
  }

  album(album: AlbumRow, play: () => void): MenuItem[] {
    const { actions } = this;
    const enqueue = (at: "next" | "last") => () =>
      void actions.withAlbum(album.id, (ids) => actions.enqueue(ids, at));
    const { artist } = album;
    return [
      { label: t("albums.playAlbum"), icon: "play", act: play },
      { label: t("songs.playNext"), icon: "next-up", act: enqueue("next") },
      { label: t("songs.addToQueue"), icon: "queue", act: enqueue("last") },
      this.#addTo(album.title, (use) => actions.withAlbum(album.id, use)),
      "line",
      { label: t("albums.radioFromAlbum"), icon: "radio", act: this.#radio({ of: "album", id: album.id }) },
      {
        label: t("albums.radioFromArtist"),
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
      {
        label: t("taste.guest.session"),
        icon: "guest",
        checked: guest,
        act: () => void player.setGuest(!guest),
      },
    ];
  }

  /** Of a tag that was heard. */
  tag(name: string, find: () => void): MenuItem[] {
    return [
      { label: t("songs.songsWithTag"), icon: "search", act: find },
      { label: t("songs.radioFromTag"), icon: "radio", act: this.#radio({ of: "tag", name }) },
    ];
  }

  mix(mix: MixRow): MenuItem[] {
    return [
      { label: t("mixes.play"), icon: "play", act: () => void this.mixes.play(mix) },
      { label: t("mixes.save"), icon: "playlist", act: () => this.playlists.keepMix(mix) },
    ];
  }

  playlist(playlist: PlaylistRow): MenuItem[] {
    const { playlists } = this;
    const empty = playlist.tracks === playlist.missing;
    return [
      { label: t("playlists.play"), icon: "play", disabled: empty, act: () => void playlists.play(playlist) },
      {
        label: t("playlists.shuffle"),
        icon: "shuffle",
        disabled: empty,
        act: () => void playlists.shuffle(playlist),
      },
      {
        label: t("playlists.radio"),
        icon: "radio",
        disabled: empty,
        act: this.#radio({ of: "playlist", id: playlist.id }),
      },
      "line",
      { label: t("playlists.rename"), icon: "pen", act: () => playlists.askNewName(playlist) },
      { label: t("playlists.export"), icon: "export", act: () => void playlists.export(playlist) },
      { label: t("playlists.delete"), icon: "trash", act: () => void playlists.delete(playlist) },
    ];
  }

  /** What begins a playlist. */
  newPlaylistItems(): MenuItem[] {
    const { playlists } = this;
    return [
      {
        label: t("playlists.newItem"),
        icon: "plus",
        act: () => playlists.keep("", { of: "tracks", ids: [] }),
      },
      { label: t("playlists.saveQueue"), icon: "queue", act: () => playlists.keep("", { of: "queue" }) },
      { label: t("playlists.import"), icon: "import", act: () => void playlists.import() },
    ];
  }

  /** `hand` passes the ids of the songs on once they are known. */
  #addTo(name: string, hand: (use: (ids: number[]) => unknown) => Promise<unknown>): MenuItem {
    const { playlists } = this;
    const fixed = playlists.rows.filter((playlist) => !playlist.living);
    return {
      label: t("songs.addToPlaylist"),
      icon: "playlist",
      items: [
        {
          label: t("playlists.newItem"),
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
      "line",
      ...FACETS.map((facet) => ({
        label: t("songs.radioBy", { facet: facetName(facet) }),
        act: () => void this.actions.startRadio([track.id], facet),
      })),
    ];
  }

  #radio(seed: SeedRef): () => void {
    return () => void this.actions.radioFrom(seed);
  }
}
