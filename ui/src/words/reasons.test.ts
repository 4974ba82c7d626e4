// Every reason has its sentence, and numbers choose the form.
import { expect, test } from "vitest";
import { because, turnedBy, type Because } from "./reasons";

type Of<Is extends Because["is"]> = Omit<Extract<Because, { is: Is }>, "is">;
/** The compiler asks for each of them. */
type Cases = { [Is in Because["is"]]: [reason: Of<Is>, sentence: string][] };

const title = "Shalimar";
const calm = { is: "tag", name: "calm" } as const;
const before1990s = {
  is: "era",
  years: { is: "before", period: { is: "decade", decade: 1990 } },
} as const;

const cases: Cases = {
  "groove-like": [
    [{ title: "Shalimar", bpm: 98, tags: ["reggae"] }, "Moves like “Shalimar”: 98 bpm, reggae"],
    [{ title: "Shalimar", bpm: null, tags: [] }, "Moves like “Shalimar”"],
  ],
  "key-near": [
    [{ title: "Shalimar", key: "A minor", same: true }, "In the key of “Shalimar”: A minor"],
    [{ title: "Shalimar", key: "E minor", same: false }, "In E minor, a key near that of “Shalimar”"],
  ],
  "sounds-like": [
    [{ title, tags: [] }, "Sounds like “Shalimar”"],
    [{ title, tags: ["dreamy", "airy"] }, "Sounds like “Shalimar”: dreamy, airy"],
  ],
  "among-nearest": [[{ title }, "One of the closest left to “Shalimar”"]],
  favourite: [[{}, "One of your favourites"]],
  seed: [[{}, "One of the songs you started from"]],
  "clearly-asked": [[{}, "One of the best matches for what you asked for"]],
  "near-favourites": [[{}, "Close to your favourites"]],
  "near-both": [[{}, "Close to both songs"]],
  "near-seeds": [[{}, "Close to everything you started from"]],
  "near-asked": [[{}, "Sounds like most of what you asked for"]],
  "same-genre": [[{ genres: ["Jazz", "Soul"] }, "Same genre: Jazz, Soul"]],
  "shares-tags": [[{ tags: ["dreamy"], title }, "Shares dreamy with “Shalimar”"]],
  "same-artist": [[{ artists: ["Ann", "Bob"] }, "Also by Ann, Bob"]],
  "same-time": [[{ decade: 1990 }, "From about the same time: the 1990s"]],
  "same-album": [[{}, "From the same album"]],
  asked: [[{ terms: [calm, before1990s] }, "As you asked: calm, before the 1990s"]],
  "asked-to-leave-out": [[{ term: before1990s }, "You asked to leave out: before the 1990s"]],
  "less-of-this": [[{}, "You asked for less of this song"]],
  "near-unwanted": [[{ title }, "Close to “Shalimar”, which you want less of"]],
  turned: [
    [{ up: true, name: { is: "era", decade: 1990 } }, "You asked for more of the 1990s"],
    [{ up: false, name: { is: "sound", title } }, "You asked for less of songs that sound like “Shalimar”"],
  ],
  "of-artists": [
    [{ habit: "finishes", artists: ["Ann"] }, "You usually finish Ann"],
    [{ habit: "seems-to-leave", artists: ["Ann"] }, "You seem to skip Ann"],
  ],
  "of-genres": [[{ habit: "finishes", genres: ["City Pop"] }, "You usually finish City Pop"]],
  "of-tags": [
    [{ habit: "finishes", tags: ["calm"] }, "You usually finish songs like this: calm"],
    [{ habit: "leaves", tags: ["metal"] }, "You often skip songs like this: metal"],
    [{ habit: "seems-to-finish", tags: ["calm"] }, "You seem to like songs like this: calm"],
    [{ habit: "seems-to-leave", tags: ["metal"] }, "You seem to skip songs like this: metal"],
  ],
  "of-album": [[{ habit: "leaves", title }, "You often skip “Shalimar”"]],
  "shares-tags-with-finished": [
    [{ tags: ["dreamy"], title, times: 1 }, "Shares dreamy with “Shalimar”, which you finished once"],
    [{ tags: ["dreamy"], title, times: 2 }, "Shares dreamy with “Shalimar”, which you finished 2 times"],
  ],
  "sounds-like-finished": [
    [{ title, times: 1 }, "Sounds like “Shalimar”, which you finished once"],
    [{ title, times: 2 }, "Sounds like “Shalimar”, which you finished 2 times"],
  ],
  "sounds-like-taste": [[{}, "Sounds like what you finish"]],
  "sounds-like-left": [[{}, "Sounds like what you skip"]],
  "seems-liked": [[{}, "You seem to like this one"]],
  heard: [
    [{ times: 1 }, "You heard it once"],
    [{ times: 2 }, "You heard it 2 times"],
  ],
  "left-or-heard-enough": [[{}, "You skip it, or have heard it enough"]],
  "well-known": [[{}, "You know it well"]],
  "fits-session": [[{}, "Goes with what you just played"]],
  "like-just-left": [[{}, "Like what you just skipped"]],
  "fits-hour": [[{}, "Fits this time of day"]],
  "other-hour": [[{}, "More for another time of day"]],
  "new-to-you": [[{}, "New to you"]],
  "hardly-heard": [
    [{ times: 1 }, "Heard only once"],
    [{ times: 2 }, "Heard only 2 times"],
  ],
  "played-lately": [[{}, "Played lately"]],
  liked: [[{}, "You like it"]],
  disliked: [[{}, "You said: not for me"]],
  "worth-trying": [[{}, "A guess worth trying"]],
  "another-time": [[{}, "A guess for another time"]],
  missed: [
    [{ times: 1, year: 2022, month: 8 }, "You finished it once, last in August 2022"],
    [{ times: 2, year: 2023, month: 1 }, "You finished it 2 times, last in January 2023"],
  ],
  "within-month": [
    [{ times: 1 }, "You heard it once in the last month"],
    [{ times: 2 }, "You heard it 2 times in the last month"],
  ],
  "in-year": [
    [{ times: 1, year: 2019 }, "You played it once in 2019"],
    [{ times: 2, year: 2019 }, "You played it 2 times in 2019"],
  ],
  "on-day": [[{ year: 2022, month: 12, day: 20 }, "You played it on 20 December 2022"]],
  "path-start": [[{}, "The path starts here"]],
  "path-end": [[{}, "The path ends here"]],
  "steps-from": [
    [{ steps: 1, title }, "1 step from “Shalimar”"],
    [{ steps: 2, title }, "2 steps from “Shalimar”"],
  ],
  "steps-to": [
    [{ steps: 1, title }, "1 step to “Shalimar”"],
    [{ steps: 2, title }, "2 steps to “Shalimar”"],
  ],
  bridge: [[{ before: title, after: "Nuage" }, "Leads from “Shalimar” to “Nuage”"]],
  "close-to-earlier": [[{ title }, "Close to “Shalimar”, earlier in the list"]],
  told: [[{ text: "what an older one said" }, "what an older one said"]],
};

const said = Object.entries(cases).flatMap(([is, rows]) =>
  rows.map(([reason, sentence]) => [{ is, ...reason } as Because, sentence] as const),
);

test.each(said)("%j", (reason, sentence) => {
  expect(because(reason)).toBe(sentence);
});

test("what is turned down for every song is named as that", () => {
  const because = { is: "heard", times: 18 } as const;
  expect(turnedBy({ kind: "familiar", because, term: "kind:familiar" })).toBe("Songs you know well");
  expect(turnedBy({ kind: "familiar", because, term: null })).toBe("You heard it 18 times");
});
