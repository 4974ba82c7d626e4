// What the parts of the fake twin share: the library, the player, the way to answer, and what the listener said.
import type { AppEvent, CommandError } from "./backend";
import type { FakeLibrary } from "./fake-library";
import type { Ground } from "./fake-picks";
import type { FakePlayer } from "./fake-player";
import type { TrackRow } from "./types";

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
export function refusal(code: CommandError["code"], message: string): CommandError {
  return { code, message };
}

/** What is there, or a refusal that names what is not. */
export function found<T>(value: T | null | undefined, what: string): T {
  if (value == null) throw refusal("not-found", `${what} is not there any more`);
  return value;
}
