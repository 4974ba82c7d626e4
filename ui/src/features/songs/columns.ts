// Which columns a song table shows in the width it has. Pure.
import type { SongSort } from "../../ipc/backend";
import { t } from "../../words";

export type Column = {
  name: "title" | "artist" | "album" | "why" | "year" | "added" | "plays" | "time";
  label: string;
  /** What its head sorts by, where that can be chosen. */
  sort: SongSort | null;
  /** A track of the CSS grid. */
  width: string;
  /** Narrower than this, the table does without. */
  from: number;
  numeric?: boolean;
};

/** The order of a table whose columns sort it. */
export type Order = { sort: SongSort; descending: boolean; onsort: (column: SongSort) => void };

/** `picks`: a playlist whose songs have reasons. */
export type Layout = "library" | "album" | "playlist" | "picks";

const LIBRARY: Column[] = [
  { name: "title", label: t("songs.columns.title"), sort: "title", width: "minmax(0, 5fr)", from: 0 },
  { name: "artist", label: t("songs.columns.artist"), sort: "artist", width: "minmax(0, 4fr)", from: 0 },
  { name: "album", label: t("songs.columns.album"), sort: "album", width: "minmax(0, 4fr)", from: 620 },
  { name: "year", label: t("songs.columns.year"), sort: "year", width: "52px", from: 780, numeric: true },
  { name: "added", label: t("songs.columns.added"), sort: "added", width: "96px", from: 1240, numeric: true },
  { name: "plays", label: t("songs.columns.plays"), sort: "plays", width: "56px", from: 860, numeric: true },
  { name: "time", label: t("songs.columns.time"), sort: "duration", width: "60px", from: 0, numeric: true },
];

const only = (...names: Column["name"][]) => LIBRARY.filter(({ name }) => names.includes(name));
const WHY: Column = {
  name: "why",
  label: t("songs.columns.why"),
  sort: null,
  width: "minmax(0, 4fr)",
  from: 720,
};

const LAYOUTS: Record<Layout, Column[]> = {
  library: LIBRARY,
  album: only("title", "plays", "time").map((column) => ({
    ...column,
    from: column.name === "plays" ? 560 : 0,
  })),
  playlist: only("title", "artist", "album", "plays", "time"),
  picks: [...only("title", "artist"), WHY, ...only("time")],
};

export function columnsFor(layout: Layout, width: number): Column[] {
  return LAYOUTS[layout].filter((column) => column.from <= width);
}

/** The grid of a row: a cover or number, the columns, and room for two buttons. */
export function template(columns: Column[]): string {
  return ["32px", ...columns.map((column) => column.width), "64px"].join(" ");
}
