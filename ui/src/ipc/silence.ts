// The player before anything plays.
import type { PlayerState } from "./types";

export const SILENT: PlayerState = {
  status: "stopped",
  current: null,
  position_s: 0,
  duration_s: 0,
  volume: 1,
  gain: { db: 0, source: "off", held_back: false },
  signal: null,
  repeat: "off",
  shuffle: false,
  stop_after: null,
  sleeps_in_s: null,
  stretch: null,
  station: null,
  dj: null,
  guest: false,
  queue_revision: 0,
  undo: null,
  redo: null,
  output_error: null,
  underruns: 0,
};
