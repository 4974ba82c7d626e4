// What the fake twin's playlists are made from. Pure.
import type { PlaylistOrigin, PlaylistSource, ReasonRow, SongsLimit, TrackRow } from "./backend";
import { find } from "./fake-answers";
import { mixNamed } from "./fake-mixes";
import { picks } from "./fake-picks";
import { titleOf, wayBetween } from "./fake-radio";
import { found, invalid, noSong, type World } from "./fake-world";

export type Picked = { track: TrackRow; reasons: ReasonRow[] };

const plain = (rows: TrackRow[]): Picked[] => rows.map((track) => ({ track, reasons: [] }));

/** The songs that a source gives now, or the refusal that says what is not there. */
export function songsOf(world: World, source: PlaylistSource): Picked[] {
  const { ground, player, whole, track } = world;
  switch (source.of) {
    case "tracks":
      return plain(source.ids.map((id) => found(track(id), noSong(id))));
    case "search":
      if (source.query.album !== null && !whole.albums.some(({ id }) => id === source.query.album))
        throw invalid({ is: "album-gone" });
      return plain(within(find(whole, source.query), source.limit));
    case "mix":
      return mixNamed(ground, source.id, source.count).tracks;
    case "station":
      return picks(ground, source.request, source.count, []);
    case "path":
      return wayBetween(world, source.from, source.to, source.count);
    case "queue":
      return plain(player.rows.map(({ track }) => track));
  }
}

/** The first songs, until the next would be too much; files are as large as their bit rate makes them. */
function within(rows: TrackRow[], limit: SongsLimit | null): TrackRow[] {
  if (limit === null) return rows;
  const size = (row: TrackRow) =>
    limit.by === "songs"
      ? 1
      : limit.by === "seconds"
        ? row.duration_s
        : (row.duration_s * (row.bitrate_kbps ?? 900)) / 8000;
  let sum = 0;
  const over = rows.findIndex((row) => (sum += size(row)) > limit.most);
  return over < 0 ? rows : rows.slice(0, over);
}

/** What a living playlist is made from, by name. */
export function originOf(world: World, source: PlaylistSource): PlaylistOrigin {
  switch (source.of) {
    case "search": {
      const { text, album, sort, descending } = source.query;
      const title = world.whole.albums.find(({ id }) => id === album)?.title ?? null;
      return { is: "search", text: text.trim(), album: title, sort, descending, limit: source.limit };
    }
    case "mix":
      return { is: "mix", mix: mixNamed(world.ground, source.id, 1).mix.title };
    case "station":
      return { is: "station", title: titleOf(world, source.request) };
    case "path":
      return { is: "path" };
    case "tracks":
    case "queue":
      return { is: "chosen" };
  }
}
