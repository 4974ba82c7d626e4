// What mixes, stations, playlists' sources, seeds and terms of taste are called.
import { expect, test } from "vitest";
import type {
  InterestName,
  MixContent,
  MixKind,
  PlaylistOrigin,
  ReasonKind,
  SeedDetail,
  SeedName,
  SeedRef,
  StationTitle,
  TermName,
  WishTerm,
  YearRange,
} from "../ipc/types";
import {
  interestName,
  kindName,
  mixContent,
  mixTitle,
  playlistOrigin,
  seedDetail,
  stationTitle,
  termName,
  wishTerm,
} from "./names";

const song = (title: string): SeedName => ({ is: "song", title });
const genre = (name: string): SeedName => ({ is: "genre", name });

test.each<[MixKind, string]>([
  [{ is: "for-you" }, "For you"],
  [{ is: "discover" }, "Discover"],
  [{ is: "rediscover" }, "Rediscover"],
  [{ is: "on-repeat" }, "On repeat"],
  [{ is: "deep-cuts" }, "Deep cuts"],
  [{ is: "daily", number: 2 }, "Daily mix 2"],
  [{ is: "mood", mood: "melancholy" }, "Melancholy"],
  [{ is: "decade", decade: 1990 }, "The 1990s"],
  [{ is: "time-travel", year: 2019 }, "Back to 2019"],
  [{ is: "on-this-day" }, "On this day"],
  [{ is: "random-album" }, "Random album"],
])("the mix %j is called %s", (kind, expected) => {
  expect(mixTitle(kind)).toBe(expected);
});

test.each<[MixContent, string]>([
  [{ is: "liked" }, "What you like, for right now"],
  [{ is: "first-look" }, "A first look around your library"],
  [{ is: "unheard" }, "Songs you hardly know and will probably like"],
  [{ is: "deep-cuts" }, "Lesser-played songs by artists you come back to"],
  [{ is: "long-unheard" }, "Songs you loved and haven't heard in a while"],
  [{ is: "on-repeat" }, "What you keep playing this month"],
  [{ is: "alike", tags: ["r&b", "rock"], artists: ["Ann"] }, "R&B, rock · Ann"],
  [{ is: "alike", tags: [], artists: ["Ann", "Bob"] }, "Ann, Bob"],
  [{ is: "mood", mood: "focus" }, "No words, no rush"],
  [{ is: "decade", songs: 1, decade: 1990 }, "1 song from 1990 to 1999"],
  [{ is: "decade", songs: 2, decade: 1990 }, "2 songs from 1990 to 1999"],
  [{ is: "played-in", year: 2019 }, "What you played in 2019"],
  [{ is: "on-this-day" }, "What you played on this day in other years"],
  [{ is: "album", title: "Blue", artist: "Ann" }, "“Blue” by Ann"],
  [{ is: "album", title: "Blue", artist: null }, "“Blue”"],
])("what is in a mix: %j", (content, expected) => {
  expect(mixContent(content)).toBe(expected);
});

test.each<[StationTitle, title: string, line: string]>([
  [{ is: "liked", less: [] }, "What you like", "Radio from what you like"],
  [{ is: "liked", less: [genre("Folk")] }, "What you like", "Radio from what you like, less of Folk"],
  [{ is: "around", seeds: [song("A")], less: [] }, "A", "Radio from “A”"],
  [
    { is: "around", seeds: [song("A"), genre("Jazz")], less: [song("B"), song("C")] },
    "A and Jazz",
    "Radio from “A” and Jazz, less of “B” and “C”",
  ],
  [
    { is: "around", seeds: [song("A"), song("B"), song("C")], less: [] },
    "A and 2 more",
    "Radio from “A” and 2 more",
  ],
  [
    { is: "around", seeds: [{ is: "words", text: "calm piano" }], less: [] },
    "calm piano",
    "Radio from “calm piano”",
  ],
  [
    { is: "gone", less: [] },
    "Songs that have left the library",
    "Radio from songs that have left the library",
  ],
  [{ is: "told", text: "An older name" }, "An older name", "An older name"],
])("the station %j is called %s, and %s in a line", (title, alone, line) => {
  expect(stationTitle(title)).toBe(alone);
  expect(playlistOrigin({ is: "station", title })).toBe(line);
});

test.each<[PlaylistOrigin, string]>([
  [
    { is: "search", text: "", album: null, sort: "plays", descending: true, limit: null },
    "All songs, by plays, last first",
  ],
  [
    { is: "search", text: "jazz", album: null, sort: "added", descending: false, limit: null },
    "Songs that match “jazz”, by date added",
  ],
  [
    { is: "search", text: "", album: "B", sort: "album", descending: false, limit: null },
    "All songs on “B”, by album",
  ],
  [
    { is: "search", text: "a", album: "B", sort: "relevance", descending: false, limit: null },
    "Songs that match “a” on “B”, by best match",
  ],
  [
    {
      is: "search",
      text: "",
      album: null,
      sort: "random",
      descending: false,
      limit: { by: "songs", most: 50 },
    },
    "All songs, in random order, at most 50 songs",
  ],
  [
    {
      is: "search",
      text: "",
      album: null,
      sort: "rating",
      descending: true,
      limit: { by: "seconds", most: 7200 },
    },
    "All songs, by rating, last first, at most 2 h",
  ],
  [{ is: "mix", mix: { is: "discover" } }, "The mix “Discover”"],
  [{ is: "chosen" }, "Songs you chose"],
  [{ is: "path" }, "A path from one song to another"],
])("a playlist from %j says: %s", (origin, expected) => {
  expect(playlistOrigin(origin)).toBe(expected);
});

test.each<[SeedRef["of"], SeedDetail, string]>([
  ["track", { is: "by", artists: ["Ann", "Bob"] }, "Ann, Bob"],
  ["track", { is: "by", artists: [] }, "Unknown artist"],
  ["album", { is: "by", artists: [] }, "Various artists"],
  ["genre", { is: "songs", count: 1 }, "1 song"],
  ["genre", { is: "songs", count: 2000 }, "2,000 songs"],
  [
    "words",
    {
      is: "understood",
      wanted: [{ is: "tag", name: "calm" }],
      unwanted: [{ is: "tag", name: "vocals" }],
      unknown: [],
    },
    "calm, no vocals",
  ],
  ["words", { is: "told", text: "calm, no vocals" }, "calm, no vocals"],
])("beside the name of a seed (%s, %j) stands %s", (of, about, expected) => {
  const seed = (of === "words" ? { of, text: "" } : { of, id: 1, name: "" }) as SeedRef;
  expect(seedDetail({ seed, about })).toBe(expected);
});

test.each<[TermName, string]>([
  [{ is: "artist", name: "Ann" }, "Ann"],
  [{ is: "album", title: "Blue", artist: "Ann" }, "“Blue” by Ann"],
  [{ is: "era", decade: 1990 }, "the 1990s"],
  [{ is: "sound", title: "Tides" }, "songs that sound like “Tides”"],
  [{ is: "sound-of-gone" }, "songs like one that has left the library"],
  [{ is: "kind", kind: "hour" }, "songs for the time of day"],
  [{ is: "other-kind", name: "newer" }, "newer"],
])("the term %j is called %s", (name, expected) => {
  expect(termName(name)).toBe(expected);
});

const year = { is: "year", year: 1994 } as const;
const late = { is: "late", decade: 1990 } as const;

test.each<[YearRange, string]>([
  [{ is: "in", period: year }, "1994"],
  [{ is: "in", period: { is: "decade", decade: 1990 } }, "1990s"],
  [{ is: "in", period: { is: "early", decade: 1990 } }, "early 1990s"],
  [{ is: "before", period: year }, "before 1994"],
  [{ is: "until", period: { is: "decade", decade: 1980 } }, "until the 1980s"],
  [{ is: "after", period: late }, "after the late 1990s"],
  [{ is: "since", period: { is: "mid", decade: 1990 } }, "since the mid 1990s"],
  [{ is: "around", period: year }, "around 1994"],
  [{ is: "between", first: { is: "decade", decade: 1970 }, last: { is: "year", year: 1983 } }, "1970s–1983"],
])("the years %j read %s", (years, expected) => {
  const term: WishTerm = { is: "era", years };
  expect(wishTerm(term)).toBe(expected);
});

test("every kind of reason has a name", () => {
  // The compiler asks for each of them.
  const kinds: Record<ReasonKind, true> = {
    ...{
      sound: true,
      rhythm: true,
      harmony: true,
      genre: true,
      tag: true,
      artist: true,
      album: true,
      era: true,
      wish: true,
      away: true,
    },
    ...{ taste: true, mood: true, hour: true, familiar: true, missed: true, then: true, new: true },
    ...{ recent: true, opinion: true, turned: true, explore: true, bridge: true, variety: true },
  };
  for (const kind of Object.keys(kinds) as ReasonKind[]) expect(kindName(kind)).not.toContain("names.kind");
});

test.each<[InterestName, string]>([
  [{ is: "tags", names: ["drum machine", "electronic"] }, "Drum machine, electronic"],
  [{ is: "tags", names: ["r&b", "rock"] }, "R&B, rock"],
  [{ is: "artists", names: ["écoute"] }, "Écoute"],
  [{ is: "tags", names: ["מים שקטים"] }, "מים שקטים"],
  [{ is: "song", title: "borrowed car" }, "borrowed car"],
])("the interest %j is called %s", (name, expected) => {
  expect(interestName(name)).toBe(expected);
});
