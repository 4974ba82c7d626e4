// What Segue calls what it makes and what it learned of: the types that the program sends, said in the language.
import type {
  BpmRange,
  Facet,
  InterestName,
  MixContent,
  MixKind,
  Period,
  PlaylistOrigin,
  ReasonKind,
  SeedRow,
  SeedName,
  SongsLimit,
  StationTitle,
  TermName,
  UnknownWord,
  WishTerm,
  YearRange,
} from "../ipc/types";
import { t } from ".";
import { length, list } from "./numbers";

/** A title within a sentence. */
export const quoted = (title: string) => t("names.quoted", { title });

export function mixTitle(kind: MixKind): string {
  switch (kind.is) {
    case "for-you":
      return t("names.mix.forYou");
    case "discover":
      return t("names.mix.discover");
    case "rediscover":
      return t("names.mix.rediscover");
    case "on-repeat":
      return t("names.mix.onRepeat");
    case "deep-cuts":
      return t("names.mix.deepCuts");
    case "daily":
      return t("names.mix.daily", { number: kind.number });
    case "mood":
      return t(`names.mood.${kind.mood}`);
    case "decade":
      return t("names.mix.decade", { decade: kind.decade });
    case "time-travel":
      return t("names.mix.timeTravel", { year: kind.year });
    case "on-this-day":
      return t("names.mix.onThisDay");
    case "random-album":
      return t("names.mix.randomAlbum");
  }
}

export function mixContent(content: MixContent): string {
  switch (content.is) {
    case "liked":
      return t("names.content.liked");
    case "first-look":
      return t("names.content.firstLook");
    case "unheard":
      return t("names.content.unheard");
    case "deep-cuts":
      return t("names.content.deepCuts");
    case "long-unheard":
      return t("names.content.longUnheard");
    case "on-repeat":
      return t("names.content.onRepeat");
    case "alike": {
      const lists = [capitalized(list(content.tags)), list(content.artists)];
      return lists.filter((names) => names !== "").join(" · ");
    }
    case "mood":
      return t(`names.moodContent.${content.mood}`);
    case "decade":
      return t("names.content.decade", {
        count: content.songs,
        first: content.decade,
        last: content.decade + 9,
      });
    case "played-in":
      return t("names.content.playedIn", { year: content.year });
    case "on-this-day":
      return t("names.content.onThisDay");
    case "album":
      return albumName(content.title, content.artist);
  }
}

function albumName(title: string, artist: string | null): string {
  return artist === null ? quoted(title) : t("names.albumBy", { title, artist });
}

/** What a station is called, to stand alone. */
export function stationTitle(title: StationTitle): string {
  switch (title.is) {
    case "liked":
      return t("names.station.liked");
    case "around":
      return some(title.seeds, seedName);
    case "gone":
      return t("names.station.gone");
    case "told":
      return title.text;
  }
}

/** A station in a line of its own, with what it keeps away from. */
function stationLine(title: StationTitle): string {
  if (title.is === "told") return title.text;
  const seeds = (names: SeedName[]) => some(names, (seed) => seedName(seed, quoted));
  const station =
    title.is === "around"
      ? t("names.station.from", { names: seeds(title.seeds) })
      : t(title.is === "liked" ? "names.station.fromLiked" : "names.station.fromGone");
  return title.less.length > 0 ? t("names.station.less", { station, names: seeds(title.less) }) : station;
}

/** The first of some, and how many more there are. */
function some(seeds: SeedName[], name: (seed: SeedName) => string): string {
  const [first, second, ...more] = seeds.map((seed) => name(seed));
  if (first === undefined) return "";
  if (second === undefined) return first;
  return more.length === 0
    ? t("names.station.two", { first, second })
    : t("names.station.more", { first, count: more.length + 1 });
}

function seedName(seed: SeedName, title: (title: string) => string = (plain) => plain): string {
  switch (seed.is) {
    case "song":
    case "album":
      return title(seed.title);
    case "words":
      return title(seed.text);
    case "artist":
    case "genre":
    case "tag":
    case "playlist":
      return seed.name;
  }
}

/** What a playlist that is kept up to date is made from. */
function searched(text: string, album: string | null, order: string): string {
  if (album === null)
    return text === "" ? t("names.origin.all", { order }) : t("names.origin.match", { text, order });
  return text === ""
    ? t("names.origin.allOn", { album, order })
    : t("names.origin.matchOn", { text, album, order });
}

function limited(said: string, limit: SongsLimit | null): string {
  switch (limit?.by) {
    case undefined:
      return said;
    case "songs":
      return t("names.origin.limited.songs", { said, count: limit.most });
    case "seconds":
      return t("names.origin.limited.seconds", { said, length: length(limit.most) });
    case "megabytes":
      return t("names.origin.limited.megabytes", { said, count: limit.most });
  }
}

export function playlistOrigin(origin: PlaylistOrigin): string {
  switch (origin.is) {
    case "search": {
      const by = t(`names.order.${origin.sort}`);
      const order = origin.descending ? t("names.origin.reversed", { order: by }) : by;
      const { text, album } = origin;
      return limited(searched(text, album, order), origin.limit);
    }
    case "chosen":
      return t("names.origin.chosen");
    case "mix":
      return t("names.origin.mix", { mix: mixTitle(origin.mix) });
    case "station":
      return stationLine(origin.title);
    case "path":
      return t("names.origin.path");
  }
}

/** What tells a seed from others of its name. */
export function seedDetail({ seed, about: detail }: Pick<SeedRow, "seed" | "about">): string {
  switch (detail.is) {
    case "by":
      if (detail.artists.length > 0) return list(detail.artists);
      return seed.of === "album" ? t("albums.variousArtists") : t("songs.unknownArtist");
    case "songs":
      return t("names.seed.songs", { count: detail.count });
    case "understood":
      return list([
        ...detail.wanted.map(wishTerm),
        ...detail.unwanted.map((term) => t("names.seed.without", { name: wishTerm(term) })),
      ]);
    case "told":
      return detail.text;
  }
}

/** One of the styles that the listener likes. */
export function interestName(name: InterestName): string {
  return name.is === "song" ? name.title : capitalized(list(name.names));
}

/** What can be turned up and down, within a sentence. */
export function termName(name: TermName): string {
  switch (name.is) {
    case "artist":
    case "genre":
    case "tag":
      return name.name;
    case "album":
      return albumName(name.title, name.artist);
    case "era":
      return t("names.decade", { decade: name.decade });
    case "sound":
      return t("names.term.sound", { title: quoted(name.title) });
    case "sound-of-gone":
      return t("names.term.soundOfGone");
    case "kind":
      return kindName(name.kind);
    case "other-kind":
      return name.name;
  }
}

/** What has its say where reasons of a kind speak, within a sentence. */
export const kindName = (kind: ReasonKind) => t(`names.kind.${kind}`);

/** What kind of thing a part of a wish asks for. */
export const wishKind = (term: WishTerm) => t(`names.wish.${term.is}`);

export function wishTerm(term: WishTerm): string {
  switch (term.is) {
    case "era":
      return yearRange(term.years);
    case "bpm":
      return bpmRange(term.range);
    case "key":
      return t("names.asked.key", { name: term.name });
    case "mode":
      return t(`names.asked.${term.mode}`);
    case "title":
      return t("names.asked.title", { name: quoted(term.name) });
    case "like":
      return t("names.asked.like", { name: quoted(term.name) });
    case "than":
      return t("names.asked.than", { word: term.word, name: quoted(term.name) });
    case "tag":
    case "genre":
    case "artist":
    case "tempo":
    case "scene":
      return term.name;
  }
}

function bpmRange(range: BpmRange): string {
  switch (range.is) {
    case "around":
      return t("names.asked.bpm.around", { bpm: range.bpm });
    case "at-least":
      return t("names.asked.bpm.atLeast", { bpm: range.bpm });
    case "at-most":
      return t("names.asked.bpm.atMost", { bpm: range.bpm });
    case "between":
      return t("names.asked.bpm.between", { from: range.from, to: range.to });
  }
}

/** A side of music by which a station is nearer to its seeds. */
export const facetName = (facet: Facet) => t(`names.facet.${facet}`);

/** A word of a wish that means nothing here, with what may be meant. */
export function unknownWord({ word, near }: UnknownWord): string {
  return near.length > 0 ? t("radio.wish.unknownNear", { word, near: list(near.map(quoted)) }) : word;
}

function yearRange(years: YearRange): string {
  switch (years.is) {
    case "in":
      return period(years.period);
    case "between":
      return t("names.years.between", { first: period(years.first), last: period(years.last) });
    case "before":
    case "until":
    case "after":
    case "since":
    case "around":
      return t(`names.years.${years.is}`, { period: period(years.period, true) });
  }
}

function period(on: Period, within = false): string {
  switch (on.is) {
    case "year":
      return String(on.year);
    case "decade":
      return t(within ? "names.years.theDecade" : "names.years.decade", { decade: on.decade });
    case "early":
      return t(within ? "names.years.theEarly" : "names.years.early", { decade: on.decade });
    case "mid":
      return t(within ? "names.years.theMid" : "names.years.mid", { decade: on.decade });
    case "late":
      return t(within ? "names.years.theLate" : "names.years.late", { decade: on.decade });
  }
}

/** A name in small letters, to begin a line with: `R&B, rock`. */
export function capitalized(text: string): string {
  return text.replace(/^\p{L}(&\p{L}\b)?/u, (first) => first.toUpperCase());
}
