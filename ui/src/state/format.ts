// What a row says in a line: times, names, what was heard. Pure.
import type { JobProgress, PickRef, PickRow, ReasonRow, TrackRow } from "../ipc/backend";
import { t } from "../words";
import { decimal } from "../words/numbers";
import { because } from "../words/reasons";

/** `4:05`, `1:02:03`; `–:––` while unknown. */
export function clock(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds) || seconds < 0) return "–:––";
  const whole = Math.floor(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function artistsOf(track: TrackRow): string {
  return track.artists.join(", ") || track.album_artist || t("songs.unknownArtist");
}

/** By their places on the Camelot wheel, from 1 on: `1A` is G sharp minor, `1B` B major. */
const MINOR = ["G♯", "E♭", "B♭", "F", "C", "G", "D", "A", "E", "B", "F♯", "C♯"];
const MAJOR = ["B", "F♯", "D♭", "A♭", "E♭", "B♭", "F", "C", "G", "D", "A", "E"];

/** A key as the language calls it; what a tag holds that nobody can read is shown as it stands. */
function keyName({ key, camelot }: TrackRow): string | null {
  if (camelot === null) return key;
  const place = parseInt(camelot) - 1;
  return camelot.endsWith("A")
    ? t("songs.minor", { note: MINOR[place] ?? camelot })
    : t("songs.major", { note: MAJOR[place] ?? camelot });
}

/** Tempo and key, as far as they are known: `118 BPM · A minor`; `whole` adds the wheel's sign and the loudness. */
export function heardFacts(track: TrackRow, whole = false): string {
  const { bpm, camelot, loudness_lufs } = track;
  const key = keyName(track);
  const facts = [
    bpm === null ? null : t("songs.bpm", { bpm: Math.round(bpm) }),
    whole && camelot !== null ? `${key} (${camelot})` : key,
    whole && loudness_lufs !== null ? t("songs.lufs", { loudness: decimal(loudness_lufs, 1) }) : null,
  ];
  return facts.filter((fact) => fact !== null).join(" · ");
}

/** The last part of a path, on any system. */
export function fileName(path: string): string {
  return (
    path
      .replace(/[/\\]+$/, "")
      .split(/[/\\]/)
      .pop() || path
  );
}

/** Share done in 0..1; `null` while the total is unknown. */
export function share(job: JobProgress): number | null {
  return job.total > 0 ? Math.min(1, job.done / job.total) : null;
}

/** Kinds of reasons that say what a list is about; some of them tell of plays, as `familiar` does. */
const MEMORIES = ["then", "missed"];
const ABOUT = [...MEMORIES, "wish", "bridge"];

/** The few terms that put a song where it is: what the list is about, then what else is in its favour, the strongest
 * first; no crumbs, and nothing twice. */
export function mainReasons(reasons: ReasonRow[]): ReasonRow[] {
  const sorted = [...reasons].sort((a, b) => b.weight - a.weight);
  const crumb = 0.05 * (sorted[0]?.weight ?? 0);
  const speak = sorted.filter((reason) => reason.weight > 0 && reason.weight >= crumb);
  const about = speak.filter(({ kind }) => ABOUT.includes(kind));
  const remembered = about.some(({ kind }) => MEMORIES.includes(kind));
  const rest = speak.filter(({ kind }) => !ABOUT.includes(kind) && !(remembered && kind === "familiar"));
  return [...about, ...rest].slice(0, 3);
}

/** The same in one line. */
export function reasonsLine(reasons: ReasonRow[]): string {
  return mainReasons(reasons)
    .map((reason) => because(reason.because))
    .join(" · ");
}

/** A pick, to be played as it is shown. */
export function pickRef({ track, reasons }: PickRow): PickRef {
  return { id: track.id, reasons };
}
