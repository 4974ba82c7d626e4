// The fake twin's sound: what the listener set is kept, and heard by nobody.
import type { Backend, LoudnessSettings, SoundPage } from "./backend";
import type { World } from "./fake-world";

type Calls = Pick<Backend, "sound" | "setLoudness">;

const RANGE_DB = 15;
const within = (db: number) => Math.min(RANGE_DB, Math.max(-RANGE_DB, db));

export function fakeSound({ answer }: World): Calls {
  const page: SoundPage = { loudness: { mode: "off", preamp_db: 0, fallback_db: -6 } };
  return {
    sound: () => answer("sound", () => page),
    setLoudness: (settings: LoudnessSettings) =>
      answer("setLoudness", () => {
        const { mode, preamp_db, fallback_db } = settings;
        page.loudness = { mode, preamp_db: within(preamp_db), fallback_db: within(fallback_db) };
        return page.loudness;
      }),
  };
}
