// The fake twin's way of a sound.
import type { SignalPath, TrackRow } from "./types";

/** As if the output took what the file holds. */
export function signalOf({ codec, sample_rate_hz }: TrackRow): SignalPath {
  const lossless = codec === "flac" || codec === "alac" || codec === "pcm";
  const rate_hz = sample_rate_hz ?? 44_100;
  return {
    source: { codec, sample_rate_hz: rate_hz, bits: lossless ? 16 : null, channels: 2, lossless },
    steps: [],
    output: { name: null, sample_rate_hz: rate_hz, bits: null, shared: true },
    bit_perfect: false,
  };
}
