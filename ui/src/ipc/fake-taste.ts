// The fake twin's taste: what was said and holds, what was learned, what was forgotten, the first choice.
import type { Backend, FeedbackRow, ForgottenRow, TastePage, TermName, TrackRow } from "./backend";
import type { FakeLibrary } from "./fake-library";
import { hoursAround, interestsOf, leaningsOf } from "./fake-leanings";
import { found, invalid, noSong, type World } from "./fake-world";

type Calls = Pick<
  Backend,
  | "say"
  | "sayWrongAfter"
  | "feedback"
  | "undoFeedback"
  | "turn"
  | "taste"
  | "forget"
  | "remember"
  | "exportTaste"
  | "firstChoice"
  | "endFirstChoice"
>;

const DAY_MS = 86_400_000;

export class FakeTaste {
  firstChoice: boolean;
  #said: FeedbackRow[] = [];
  #forgotten: ForgottenRow[] = [];
  #next = 1;
  #guestPlays = 0;

  constructor(
    private library: FakeLibrary,
    fresh: boolean,
  ) {
    this.firstChoice = fresh;
  }

  turned = (term: string): number =>
    this.#said
      .filter((row) => row.term === term)
      .reduce((sum, row) => sum + (row.kind === "more" ? 1 : -1), 0);

  barred = (track: TrackRow): boolean =>
    this.#said.some(
      (row) =>
        (row.kind === "never" || row.kind === "not-now") &&
        (row.track?.id === track.id || (row.artist !== null && track.artists.includes(row.artist))),
    );

  /** A song was left: it teaches, unless a guest played it. */
  left(track: TrackRow, guest: boolean): void {
    if (guest) this.#guestPlays++;
    else {
      const row = this.library.tracks[track.id - 1];
      if (row) row.plays++;
    }
  }

  calls(world: World): Calls {
    const { answer, tell, track, known } = world;
    const changed = () => tell({ event: "taste" });
    const note = (row: Partial<FeedbackRow> & Pick<FeedbackRow, "kind">): FeedbackRow => {
      const noted: FeedbackRow = {
        track: null,
        artist: null,
        earlier: null,
        turned: null,
        term: null,
        ...row,
        id: this.#next++,
        at: new Date().toISOString(),
      };
      this.#said = [...this.#said, noted];
      changed();
      return noted;
    };
    return {
      say: (kind, id, artist) =>
        answer(`say ${kind}`, () => {
          const row = found(track(id), noSong(id));
          if (kind !== "never" && kind !== "not-now") throw invalid({ is: "feedback-not-of-a-song" });
          return note(artist ? { kind, artist: row.artists[0]! } : { kind, track: row });
        }),
      sayWrongAfter: (earlier, later) =>
        answer("say wrong-after", () => {
          const [before, row] = [found(track(earlier), noSong(earlier)), found(track(later), noSong(later))];
          if (before === row) throw invalid({ is: "same-recording" });
          return note({ kind: "wrong-after", track: row, earlier: before });
        }),
      feedback: () => answer("feedback", () => this.#holding()),
      undoFeedback: (id) =>
        answer("undo_feedback", () => {
          const gone = id ?? this.#said.at(-1)?.id;
          if (id !== null && !this.#said.some((row) => row.id === id))
            throw invalid({ is: "no-such-feedback", id });
          this.#said = this.#said.filter((row) => row.id !== gone);
          changed();
        }),
      turn: (term, up) =>
        answer(`turn ${up ? "up" : "down"} ${term}`, () =>
          note({ kind: up ? "more" : "less", term, turned: termNamed(term, world) }),
        ),
      taste: () => answer("taste", () => this.#page(world)),
      forget: (since) =>
        answer("forget", () => {
          if (since !== null && Number.isNaN(Date.parse(since)))
            throw invalid({
              is: "not-an-instant",
              text: since,
              detail: "failed to parse four digit integer as year: invalid digit, expected 0-9 but got y",
            });
          this.#forgotten = [
            {
              id: this.#next++,
              at: new Date().toISOString(),
              since,
              plays: since === null ? this.#plays() : this.#playsSince(since),
            },
            ...this.#forgotten,
          ];
          changed();
        }),
      remember: (id) =>
        answer("remember", () => {
          if (!this.#forgotten.some((row) => row.id === id)) throw invalid({ is: "no-such-forgotten", id });
          this.#forgotten = this.#forgotten.filter((row) => row.id !== id);
          changed();
        }),
      exportTaste: () => answer("export_taste", () => "/home/mila/segue-taste.json"),
      firstChoice: () =>
        answer("first_choice", () => {
          const genres = new Set<string>();
          const unlike = this.library.tracks.filter(
            (row) => row.has_cover && !genres.has(row.genres[0]!) && genres.add(row.genres[0]!),
          );
          return [...unlike, ...known([40, 80, 120, 160])].slice(0, 12);
        }),
      endFirstChoice: () =>
        answer("end_first_choice", () => {
          this.firstChoice = false;
        }),
    };
  }

  #holding = (): FeedbackRow[] => [...this.#said].reverse();

  #plays = () => this.library.tracks.reduce((sum, row) => sum + row.plays, 0);

  #playsSince(since: string): number {
    const days = Math.max(0, (Date.now() - Date.parse(since)) / DAY_MS);
    return Math.min(this.#plays(), Math.round(days * 23));
  }

  #page({ ground }: World): TastePage {
    const plays = this.#plays();
    const gone = this.#forgotten.reduce((sum, row) => sum + row.plays, 0);
    const taught = Math.max(0, Math.round(plays * 0.86) - gone);
    const knows = taught > 0 ? ground : { ...ground, library: { ...ground.library, tracks: [] } };
    const artists = leaningsOf(knows, "artist", (row) => row.artists, 12);
    const genres = leaningsOf(knows, "genre", (row) => row.genres, 8);
    const tags = leaningsOf(knows, "tag", (row) => row.tags ?? [], 12);
    const albums = leaningsOf(knows, "album", (row) => (row.album ? [row.album] : []), 8);
    const enough = taught > 200;
    return {
      plays,
      taught,
      first_play: plays > 0 ? "2022-03-14T19:40:00Z" : null,
      version: "taste-3",
      voice: taught / (taught + 400),
      foretold: enough
        ? { plays: 912, auc: 0.764, log_loss: 0.548, log_loss_baseline: 0.661, calibration_error: 0.031 }
        : null,
      parts: (["sound", "corners", "hours", "followed"] as const).map((part, place) => ({
        part,
        kept: enough && place !== 2,
        gain: enough ? [0.071, 0.018, -0.002, 0.024][place]! : null,
      })),
      interests: interestsOf(knows),
      liked_artists: artists.liked,
      disliked_artists: artists.disliked,
      liked_genres: genres.liked,
      disliked_genres: genres.disliked,
      liked_tags: tags.liked,
      disliked_tags: tags.disliked,
      liked_albums: albums.liked,
      hours: taught > 0 ? hoursAround(21, 5) : Array.from({ length: 24 }, () => 0),
      turned: this.#holding().filter((row) => row.kind === "less" || row.kind === "more"),
      forgotten: this.#forgotten,
      guest_plays: this.#guestPlays,
    };
  }
}

function termNamed(term: string, { ground }: World): TermName {
  const interest = interestsOf(ground).find((one) => one.term === term);
  if (interest) return { is: "sound", title: interest.examples[0]!.title };
  const [, kind, name] = /^(\w+):(.*)$/.exec(term) ?? [];
  const bears: Record<string, (row: TrackRow) => boolean> = {
    artist: (row) => row.artists.includes(name!),
    genre: (row) => row.genres.includes(name!),
    tag: (row) => row.tags?.includes(name!) ?? false,
    album: (row) => row.album === name,
  };
  const borne = bears[kind!];
  if (!borne) throw invalid({ is: "not-a-term", term });
  if (!ground.library.tracks.some(borne)) throw invalid({ is: "term-not-in-library", term });
  if (kind === "album") return { is: "album", title: name!, artist: null };
  return { is: kind as "artist" | "genre" | "tag", name: name! };
}
