// The fake twin's sound: what the listener set is kept, and heard by nobody.
import type {
  Backend,
  Crossfade,
  Equalizer,
  EqualizerChange,
  EqualizerPreset,
  EqualizerSetting,
  LoudnessSettings,
  SoundPage,
} from "./backend";
import type { World } from "./fake-world";

type Calls = Pick<Backend, "sound" | "setLoudness" | "setCrossfade" | "setEqualizer" | "importEqualizer">;

const LOUDNESS_DB = 15;
const FADE_MIN_S = 0.5;
const FADE_MAX_S = 12;
const OCTAVES_HZ = [31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16_000];
const within = (db: number, range: number) => Math.min(range, Math.max(-range, db));

function octaves(preamp_db: number, gain: (octave: number) => number): Equalizer {
  const bands = OCTAVES_HZ.map((hz, octave) => ({
    shape: "peaking" as const,
    hz,
    gain_db: gain(octave),
    q: Math.SQRT2,
  }));
  return { preamp_db, bands };
}

/** A curve of its own for each name; the program has better ones. */
function curve(preset: EqualizerPreset): Equalizer {
  if (preset === "flat") return octaves(0, () => 0);
  const turn = preset.length;
  return octaves(-4, (octave) => Math.round(8 * Math.sin((octave + turn) * 0.7)) / 2);
}

export function fakeSound({ answer }: World): Calls {
  const page: SoundPage = {
    loudness: { mode: "off", preamp_db: 0, fallback_db: -6 },
    crossfade: { mode: "off" },
    output: null,
    equalizer: { on: false, preset: "flat", equalizer: curve("flat") },
  };
  function change(change: EqualizerChange): EqualizerSetting {
    switch (change.set) {
      case "off":
        page.equalizer = { ...page.equalizer, on: false };
        break;
      case "on":
        page.equalizer = { ...page.equalizer, on: true };
        break;
      case "preset":
        page.equalizer = { on: true, preset: change.preset, equalizer: curve(change.preset) };
        break;
      case "curve":
        page.equalizer = { on: true, preset: null, equalizer: change.equalizer };
    }
    return page.equalizer;
  }
  return {
    sound: () => answer("sound", () => page),
    setLoudness: (settings: LoudnessSettings) =>
      answer("setLoudness", () => {
        const { mode, preamp_db, fallback_db } = settings;
        page.loudness = {
          mode,
          preamp_db: within(preamp_db, LOUDNESS_DB),
          fallback_db: within(fallback_db, LOUDNESS_DB),
        };
        return page.loudness;
      }),
    setCrossfade: (wanted: Crossfade) =>
      answer("setCrossfade", () => {
        page.crossfade =
          wanted.mode === "fixed"
            ? { mode: "fixed", seconds: Math.min(FADE_MAX_S, Math.max(FADE_MIN_S, wanted.seconds)) }
            : wanted;
        return page.crossfade;
      }),
    setEqualizer: (wanted) => answer("setEqualizer", () => change(wanted)),
    importEqualizer: () =>
      answer("importEqualizer", () => {
        const bands = [{ shape: "peaking" as const, hz: 105, gain_db: -3.1, q: 0.7 }];
        return change({ set: "curve", equalizer: { preamp_db: -6.2, bands } });
      }),
  };
}
