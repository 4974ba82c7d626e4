// Why Segue picked a song: the types that the program sends, said in the language.
import type { Because, Habit, ReasonKind } from "../ipc/types";
import { t } from ".";
import { capitalized, kindName, quoted, termName, wishTerm } from "./names";
import { calendarDay, calendarMonth, list } from "./numbers";

export type { Because, ReasonKind };

/** The sentence of a reason. */
export function because(reason: Because): string {
  switch (reason.is) {
    case "sounds-like": {
      const title = quoted(reason.title);
      return reason.tags.length > 0
        ? t("because.soundsLikeTags", { title, tags: list(reason.tags) })
        : t("because.soundsLike", { title });
    }
    case "among-nearest":
      return t("because.amongNearest", { title: quoted(reason.title) });
    case "groove-like": {
      const title = quoted(reason.title);
      const bpm = reason.bpm === null ? [] : [t("because.bpm", { bpm: reason.bpm })];
      const has = [...bpm, ...reason.tags];
      return has.length > 0
        ? t("because.grooveLikeHas", { title, has: list(has) })
        : t("because.grooveLike", { title });
    }
    case "key-near": {
      const names = { title: quoted(reason.title), key: reason.key };
      return reason.same ? t("because.keySame", names) : t("because.keyNear", names);
    }
    case "favourite":
      return t("because.favourite");
    case "seed":
      return t("because.seed");
    case "clearly-asked":
      return t("because.clearlyAsked");
    case "near-favourites":
      return t("because.nearFavourites");
    case "near-both":
      return t("because.nearBoth");
    case "near-seeds":
      return t("because.nearSeeds");
    case "near-asked":
      return t("because.nearAsked");
    case "same-genre":
      return t("because.sameGenre", { genres: list(reason.genres) });
    case "shares-tags":
      return t("because.sharesTags", { tags: list(reason.tags), title: quoted(reason.title) });
    case "same-artist":
      return t("because.sameArtist", { artists: list(reason.artists) });
    case "same-time":
      return t("because.sameTime", { decade: t("names.decade", { decade: reason.decade }) });
    case "same-album":
      return t("because.sameAlbum");
    case "asked":
      return t("because.asked", { terms: list(reason.terms.map(wishTerm)) });
    case "asked-to-leave-out":
      return t("because.askedToLeaveOut", { term: wishTerm(reason.term) });
    case "less-of-this":
      return t("because.lessOfThis");
    case "near-unwanted":
      return t("because.nearUnwanted", { title: quoted(reason.title) });
    case "turned": {
      const name = termName(reason.name);
      return reason.up ? t("because.turnedUp", { name }) : t("because.turnedDown", { name });
    }
    case "of-artists":
      return does(reason.habit, list(reason.artists));
    case "of-genres":
      return does(reason.habit, list(reason.genres));
    case "of-tags":
      return t(`because.${HABITS[reason.habit]}Tags`, { tags: list(reason.tags) });
    case "of-album":
      return does(reason.habit, quoted(reason.title));
    case "shares-tags-with-finished":
      return t("because.sharesTagsWithFinished", {
        tags: list(reason.tags),
        title: quoted(reason.title),
        count: reason.times,
      });
    case "sounds-like-finished":
      return t("because.soundsLikeFinished", { title: quoted(reason.title), count: reason.times });
    case "sounds-like-taste":
      return t("because.soundsLikeTaste");
    case "sounds-like-left":
      return t("because.soundsLikeLeft");
    case "seems-liked":
      return t("because.seemsLiked");
    case "heard":
      return t("because.heard", { count: reason.times });
    case "left-or-heard-enough":
      return t("because.leftOrHeardEnough");
    case "well-known":
      return t("because.wellKnown");
    case "fits-session":
      return t("because.fitsSession");
    case "like-just-left":
      return t("because.likeJustLeft");
    case "fits-hour":
      return t("because.fitsHour");
    case "other-hour":
      return t("because.otherHour");
    case "new-to-you":
      return t("because.newToYou");
    case "hardly-heard":
      return t("because.hardlyHeard", { count: reason.times });
    case "played-lately":
      return t("because.playedLately");
    case "liked":
      return t("because.liked");
    case "disliked":
      return t("because.disliked");
    case "worth-trying":
      return t("because.worthTrying");
    case "another-time":
      return t("because.anotherTime");
    case "missed":
      return t("because.missed", { count: reason.times, month: calendarMonth(reason.year, reason.month) });
    case "within-month":
      return t("because.withinMonth", { count: reason.times });
    case "in-year":
      return t("because.inYear", { count: reason.times, year: reason.year });
    case "on-day":
      return t("because.onDay", { day: calendarDay(reason.year, reason.month, reason.day) });
    case "path-start":
      return t("because.pathStart");
    case "path-end":
      return t("because.pathEnd");
    case "steps-from":
      return t("because.stepsFrom", { count: reason.steps, title: quoted(reason.title) });
    case "steps-to":
      return t("because.stepsTo", { count: reason.steps, title: quoted(reason.title) });
    case "bridge":
      return t("because.bridge", { before: quoted(reason.before), after: quoted(reason.after) });
    case "close-to-earlier":
      return t("because.closeToEarlier", { title: quoted(reason.title) });
    case "told":
      return reason.text;
  }
}

const HABITS = {
  finishes: "finishes",
  leaves: "leaves",
  "seems-to-finish": "seemsToFinish",
  "seems-to-leave": "seemsToLeave",
} as const satisfies Record<Habit, string>;

const does = (habit: Habit, names: string) => t(`because.${HABITS[habit]}`, { names });

/** What there will be less of once a reason is turned down: of one kind for every song, or of what it names itself. */
export function turnedBy(reason: { kind: ReasonKind; because: Because; term: string | null }): string {
  return reason.term?.startsWith("kind:") ? capitalized(kindName(reason.kind)) : because(reason.because);
}
