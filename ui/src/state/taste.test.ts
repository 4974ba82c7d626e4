// Corrections hold, are undone and taken back; forgetting and learning again; guests; the first choice.
// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import type { Fake } from "../ipc/fake";
import type { ReasonRow } from "../ipc/backend";
import type { App } from "./app.svelte";
import { openApp, undo } from "./testing";
import { termName } from "../words/names";

let app: App;
let fake: Fake;

beforeEach(async () => {
  ({ app, fake } = await openApp());
  await app.taste.ask();
});

const reason: ReasonRow = {
  kind: "tag",
  because: { is: "of-tags", habit: "finishes", tags: ["dreamy"] },
  weight: 0.4,
  term: "tag:dreamy",
};
const said = async () =>
  (await fake.feedback()).map(({ kind, turned }) => `${kind} ${turned && termName(turned)}`);
const page = async () => (await app.taste.ask(), app.taste.page.value!);

test("a reason is turned down, the notice undoes it, and the button takes it back", async () => {
  await app.taste.turnDown(reason);
  expect([app.taste.isDown("tag:dreamy"), await said()]).toEqual([true, ["less dreamy"]]);
  expect(app.notices.list.at(-1)?.text).toBe("Less of this: dreamy");
  undo(app);
  await vi.waitFor(() => expect(app.taste.isDown("tag:dreamy")).toBe(false));
  expect(await said()).toEqual([]);
  await app.taste.turnDown(reason);
  await app.taste.turnDown(reason);
  expect([app.taste.isDown("tag:dreamy"), await said()]).toEqual([false, []]);
});

test("what cannot be turned is left alone; what could not be, is said", async () => {
  await app.taste.turnDown({ ...reason, term: null });
  expect(await said()).toEqual([]);
  vi.spyOn(fake, "turn").mockRejectedValue({
    code: "database",
    problem: { is: "library", error: { is: "database", action: "save-feedback", detail: "disk full" } },
  });
  await app.taste.turnDown(reason);
  expect(app.taste.isDown("tag:dreamy")).toBe(false);
  expect(app.notices.list.at(-1)).toMatchObject({
    tone: "error",
    text: "Could not save that: cannot save your feedback: disk full",
  });
});

test("a leaning is turned up twice and taken back step by step", async () => {
  const name = (await page()).liked_artists[2]!.term;
  const row = async () =>
    [...(await page()).liked_artists, ...app.taste.page.value!.disliked_artists].find(
      ({ term }) => term === name,
    )!;
  await app.taste.turn(await row(), true);
  await app.taste.turn(await row(), true);
  expect((await row()).turned).toBe(2);
  expect((await page()).turned).toHaveLength(2);
  await app.taste.unturn(await row());
  expect((await row()).turned).toBe(1);
  await app.taste.unturn(await row());
  expect([(await row()).turned, (await page()).turned]).toEqual([0, []]);
});

test("a turn that nobody can find any more is turned the other way", async () => {
  await app.taste.unturn({ name: "unheard of", term: "tag:x", turned: -1 });
  expect(fake.calls).toContain("turn up tag:x");
});

test("what was said of a song holds until it is taken back, by the list or by the notice", async () => {
  const track = (await fake.songs({ text: "", album: null, sort: "title", descending: false }, 0, 1))
    .rows[0]!;
  await app.actions.say("never", track);
  await app.taste.ask();
  expect(app.taste.feedback.value).toMatchObject([{ kind: "never", track: { id: track.id } }]);
  await app.taste.takeBack(app.taste.feedback.value![0]!);
  expect(await said()).toEqual([]);
  await app.actions.say("not-now", track);
  undo(app);
  await vi.waitFor(async () => expect(await said()).toEqual([]));
});

test("a stretch is forgotten, undone, forgotten and learned again", async () => {
  const before = (await page()).taught;
  await app.taste.forget(new Date(Date.now() - 86_400_000));
  expect((await page()).taught).toBeLessThan(before);
  undo(app);
  await vi.waitFor(async () => expect((await page()).forgotten).toEqual([]));
  await app.taste.forget(null);
  const started = await page();
  expect([started.taught, started.interests, started.plays > 0]).toEqual([0, [], true]);
  await app.taste.remember(started.forgotten[0]!);
  expect((await page()).taught).toBe(before);
});

test("a guest's plays are counted and teach nothing", async () => {
  await app.player.setGuest(true);
  expect(app.player.state.guest).toBe(true);
  const before = (await page()).plays;
  await app.actions.playTracks([1, 2, 3]);
  await app.player.next();
  await app.player.next();
  expect(await page()).toMatchObject({ plays: before, guest_plays: 2 });
  await app.player.setGuest(false);
  await app.player.next();
  expect(await page()).toMatchObject({ plays: before + 1, guest_plays: 2 });
});

test("a word of the program makes the page ask again when it is shown", () => {
  const before = app.taste.page.generation;
  fake.tell({ event: "taste" });
  expect(app.taste.page.generation).toBeGreaterThan(before);
});

test("what was learned is written where the listener wants it", async () => {
  await app.taste.export();
  expect(app.notices.list.at(-1)?.text).toBe("Saved: /home/mila/segue-taste.json");
});

test("the guest DJ threads songs with reasons, and takes unplayed ones out again", async () => {
  await app.actions.playTracks([10, 20, 30]);
  const sources = async () => (await fake.queue(0, 20)).rows.map((row) => row.source);
  await app.player.setDj("nearest");
  expect(await sources()).toEqual(["queue", "dj", "queue", "dj", "queue", "dj"]);
  const threaded = (await fake.queue(0, 20)).rows.filter((row) => row.source === "dj");
  expect(threaded.every((row) => row.reasons.length > 0)).toBe(true);
  await app.player.next();
  await app.player.setDj(null);
  expect(await sources()).toEqual(["queue", "dj", "queue", "queue"]);
  expect(app.player.state.current?.source).toBe("dj");
});

test("a new listener is offered the first choice, until it was made", async () => {
  ({ app, fake } = await openApp({ fresh: true }));
  expect((await page()).taught).toBe(0);
  const { firstChoice } = app;
  expect(firstChoice.offered).toBe(true);
  await firstChoice.begin();
  expect(firstChoice.songs).toHaveLength(12);
  const [one, two] = firstChoice.songs;
  await firstChoice.say(one!, "like");
  await firstChoice.say(two!, "dislike");
  expect(firstChoice.answered).toBe(2);
  await firstChoice.say(two!, null);
  expect(firstChoice.answered).toBe(1);
  await firstChoice.end();
  expect([firstChoice.offered, firstChoice.songs]).toEqual([false, []]);
  const { rows } = await fake.songs({ text: "", album: null, sort: "title", descending: false }, 0, 600);
  expect(rows.filter((row) => row.rating !== null).map(({ id }) => id)).toEqual([one!.id]);
});
