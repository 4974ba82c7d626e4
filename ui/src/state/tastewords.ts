// What was learned, in words a listener reads: leanings, hours, forecasts, what was said. Pure.
import type { FeedbackRow, ForetoldRow, LeaningRow, TastePartRow } from "../ipc/backend";
import { artistsOf } from "./format";

/** How strongly something leans, and how sure that is: `strongly for, sure`. Twice the usual is asked of the deviation,
 * which is the least that it can be. */
export function leaningWords({ weight, deviation }: Pick<LeaningRow, "weight" | "deviation">): string {
  const size = Math.abs(weight);
  const strength = size < 0.3 ? "a little" : size < 0.9 ? "clearly" : "strongly";
  const certainty = size / Math.max(deviation, 1e-6);
  const sure = certainty < 2 ? "a guess so far" : certainty < 4 ? "likely" : "sure";
  return `${strength} ${weight < 0 ? "against" : "for"}, ${sure}`;
}

/** The same in numbers, for those who want them: odds against the average recording. */
export function leaningNumbers({ weight, plays }: LeaningRow): string {
  const odds = Math.exp(weight);
  const written = odds >= 10 ? Math.round(odds) : odds.toFixed(odds < 0.1 ? 2 : 1);
  return `roughly ${written} × the odds of being listened to (${signed(weight)}), ${plays} plays`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}

const hourName = (hour: number) => (hour % 24 === 0 ? "midnight" : `${hour % 24}:00`);

/** The shortest stretch of the day that holds half of it: `Half of it from 19:00 to 23:00`. */
export function hoursWords(hours: number[]): string {
  const whole = hours.reduce((sum, share) => sum + share, 0);
  if (whole <= 0) return "No hours yet";
  for (let length = 1; length <= 24; length++) {
    const sums = hours.map((_, from) => {
      let sum = 0;
      for (let step = 0; step < length; step++) sum += hours[(from + step) % 24]!;
      return sum;
    });
    const best = Math.max(...sums);
    if (best < whole / 2 - 1e-9) continue;
    const from = sums.indexOf(best);
    return length >= 11
      ? "All through the day"
      : `Half of it from ${hourName(from)} to ${hourName(from + length)}`;
  }
  return "All through the day";
}

/** How well later plays were foretold. The area under the ROC curve is just this chance. */
export function foretoldWords({ auc }: ForetoldRow): string {
  const hits = Math.round(auc * 100);
  const verdict =
    auc < 0.53
      ? "no better than chance so far"
      : auc < 0.65
        ? "a beginning"
        : auc < 0.8
          ? "well"
          : "very well";
  return `Of a song you hear out and one you skip, Segue tells which is which ${hits} times in 100: ${verdict}.`;
}

const PARTS: Record<string, string> = {
  sound: "How songs sound",
  corners: "Corners of your music",
  hours: "The hour of the day",
  followed: "What you let follow what",
};

export function partName({ part }: TastePartRow): string {
  return PARTS[part] ?? part;
}

export function partWords({ kept, gain }: TastePartRow): string {
  if (gain === null) return "too few plays to tell";
  if (!kept) return "left out: it did not help";
  return gain > 0 ? "helps to foretell you" : "makes no difference yet";
}

/** What was said, and its whole sentence. */
export function saidWords(row: FeedbackRow): { verb: string; about: string } {
  const song = row.track ? `${row.track.title} – ${artistsOf(row.track)}` : "a song that left the library";
  const about = row.artist ?? song;
  switch (row.kind) {
    case "not-now":
      return { verb: "Not now", about };
    case "never":
      return { verb: "Never again", about };
    case "wrong-after":
      return {
        verb: "Wrong after",
        about: `${row.earlier?.title ?? "a song that left the library"} → ${about}`,
      };
    case "less":
      return { verb: "Less of", about: row.about ?? about };
    case "more":
      return { verb: "More of", about: row.about ?? about };
  }
}

export type Moment = { name: string; since: Date };

/** Moments that one may want to forget since, seen from `now`, on the listener's clock. */
export function forgetMoments(now: Date): Moment[] {
  const at = (days: number, hour: number) => {
    const date = new Date(now);
    date.setDate(date.getDate() - days);
    date.setHours(hour, 0, 0, 0);
    return date;
  };
  return [
    { name: "Last night, 18:00", since: at(1, 18) },
    { name: "Yesterday", since: at(1, 0) },
    { name: "A week ago", since: at(7, 0) },
  ];
}

/** A moment as it was written or picked, on the listener's clock: `2026-11-26`, `2026-11-26 18:00`. Later than `now`
 * there is nothing to forget. */
export function writtenMoment(text: string, now: Date): Date | null {
  const parts = text.trim().match(/^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2}))?$/);
  if (!parts) return null;
  const [year, month, day, hour, minute] = parts.slice(1).map((part) => Number(part ?? 0));
  const at = new Date(year!, month! - 1, day, hour, minute);
  const real = at.getMonth() === month! - 1 && at.getDate() === day && at.getHours() === hour;
  return real && at <= now ? at : null;
}
