// What the parts of the fake twin share: the library, the player, the way to answer, and what the listener said.
import type { AppEvent, CommandError } from "./backend";
import type { FakeLibrary } from "./fake-library";
import type { Ground } from "./fake-picks";
import type { FakePlayer } from "./fake-player";
import type { Problem, TrackRow } from "./types";

export type World = {
  /** As it will be once all is read. */
  whole: FakeLibrary;
  player: FakePlayer;
  ground: Ground;
  /** The song of an id, as far as it was read. */
  track: (id: number) => TrackRow | undefined;
  known: (ids: number[]) => TrackRow[];
  tell: (event: AppEvent) => void;
  /** Notes the call, waits as long as the program would, and answers with a copy. */
  answer: <T>(name: string, value: () => T) => Promise<T>;
};

/** Thrown inside an answer, it becomes its refusal. */
function refusal(code: CommandError["code"], problem: Problem): CommandError {
  return { code, problem };
}

/** What is there, or a refusal. */
export function found<T>(value: T | null | undefined, otherwise: CommandError): T {
  if (value == null) throw otherwise;
  return value;
}

export const noSong = (id: number) => refusal("not-found", { is: "no-such-track", track: String(id) });
export const noFolder = (path: string) =>
  refusal("not-found", {
    is: "file",
    attempt: "read-folder",
    path,
    detail: "No such file or directory (os error 2)",
  });
export const noPlaylist = (id: number) =>
  refusal("not-found", { is: "no-such-playlist", playlist: String(id) });
export const invalid = (problem: Problem) => refusal("invalid", problem);
const NONE_LEFT = invalid({ is: "songs-gone" });

/** Songs to be played: at least one. */
export function some<T>(rows: T[]): T[] {
  if (rows.length === 0) throw NONE_LEFT;
  return rows;
}
