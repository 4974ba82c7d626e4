// What was learned, in words a listener reads: leanings, hours, forecasts, what was said. Pure.
import type { FeedbackRow, ForetoldRow, LeaningRow, TastePartRow } from "../ipc/backend";
import { t } from "../words";
import { termName } from "../words/names";
import { decimal } from "../words/numbers";
import { artistsOf } from "./format";

/** How strongly something is liked or disliked, and how sure that is: `strongly liked, certain`. Twice the usual is asked
 * of the deviation, which is the least that it can be. */
export function leaningWords({ weight, deviation }: Pick<LeaningRow, "weight" | "deviation">): string {
  const size = Math.abs(weight);
  const sure = size / Math.max(deviation, 1e-6);
  const certainty =
    sure < 2 ? t("taste.leaning.guess") : sure < 4 ? t("taste.leaning.likely") : t("taste.leaning.sure");
  const [aLittle, clearly, strongly] =
    weight < 0
      ? ([
          "taste.leaning.aLittleDisliked",
          "taste.leaning.clearlyDisliked",
          "taste.leaning.stronglyDisliked",
        ] as const)
      : ([
          "taste.leaning.aLittleLiked",
          "taste.leaning.clearlyLiked",
          "taste.leaning.stronglyLiked",
        ] as const);
  return t(size < 0.3 ? aLittle : size < 0.9 ? clearly : strongly, { certainty });
}

/** The same in numbers, for those who want them: odds against the average recording. */
export function leaningNumbers({ weight, plays }: LeaningRow): string {
  const odds = Math.exp(weight);
  const digits = odds >= 10 ? 0 : odds < 0.1 ? 2 : 1;
  return t("taste.leaning.odds", { odds: decimal(odds, digits), count: plays });
}

const hourName = (hour: number) => (hour % 24 === 0 ? t("taste.midnight") : `${hour % 24}:00`);

/** The shortest stretch of the day that holds half of it: `Half of it between 19:00 and 23:00`. */
export function hoursWords(hours: number[]): string {
  const whole = hours.reduce((sum, share) => sum + share, 0);
  if (whole <= 0) return t("taste.noHours");
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
      ? t("taste.allDay")
      : t("taste.halfBetween", { from: hourName(from), to: hourName(from + length) });
  }
  return t("taste.allDay");
}

/** How well later plays were foretold. The area under the ROC curve is just this chance. */
export function foretoldWords({ auc }: ForetoldRow): string {
  return t("taste.foretold", { hits: Math.round(auc * 100) });
}

const PARTS: Record<string, string> = {
  sound: t("taste.parts.sound"),
  corners: t("taste.parts.corners"),
  hours: t("taste.parts.hours"),
  followed: t("taste.parts.followed"),
};

export function partName({ part }: TastePartRow): string {
  return PARTS[part] ?? part;
}

export function partWords({ kept, gain }: TastePartRow): string {
  if (gain === null) return t("taste.parts.untold");
  if (!kept) return t("taste.parts.unused");
  return gain > 0 ? t("taste.parts.helps") : t("taste.parts.neutral");
}

/** What was said, and its whole sentence. */
export function saidWords(row: FeedbackRow): { verb: string; about: string } {
  const song = row.track
    ? t("taste.said.song", { title: row.track.title, artists: artistsOf(row.track) })
    : t("taste.said.goneSong");
  const about = row.artist ?? song;
  switch (row.kind) {
    case "not-now":
      return { verb: t("taste.said.notNow"), about };
    case "never":
      return { verb: t("taste.said.never"), about };
    case "wrong-after":
      return {
        verb: t("taste.said.wrongAfter"),
        about: t("taste.said.pair", {
          earlier: row.earlier?.title ?? t("taste.said.goneSong"),
          later: about,
        }),
      };
    case "less":
      return { verb: t("taste.said.less"), about: row.turned ? termName(row.turned) : about };
    case "more":
      return { verb: t("taste.said.more"), about: row.turned ? termName(row.turned) : about };
  }
}

/** `forget` is what its button is called. */
export type Moment = { name: string; forget: string; since: Date };

/** Moments that one may want to forget since, seen from `now`, on the listener's clock. */
export function forgetMoments(now: Date): Moment[] {
  const at = (days: number, hour: number) => {
    const date = new Date(now);
    date.setDate(date.getDate() - days);
    date.setHours(hour, 0, 0, 0);
    return date;
  };
  return [
    { name: t("taste.forgetting.lastNight"), forget: t("taste.forgetting.sinceLastNight"), since: at(1, 18) },
    { name: t("taste.forgetting.yesterday"), forget: t("taste.forgetting.sinceYesterday"), since: at(1, 0) },
    { name: t("taste.forgetting.weekAgo"), forget: t("taste.forgetting.sinceWeekAgo"), since: at(7, 0) },
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
