// Mixes and the first choice, as a listener meets them.
// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import {
  button,
  choose,
  click,
  furnishJsdom,
  goTo,
  labelOf,
  list,
  openWindow,
  player,
  press,
  undoNotice,
} from "./testing";
import { length } from "../words/numbers";

beforeAll(furnishJsdom);
afterEach(cleanup);

test("mixes stand in groups; one plays at once from its card", async () => {
  await openWindow();
  await goTo("Mixes");
  const shelf = within(await screen.findByRole("region", { name: "For you" }));
  const cards = shelf.getAllByRole("group").map(labelOf);
  expect(cards).toEqual(["For you", "Discover", "Rediscover", "On repeat", "Deep cuts"]);
  expect(screen.getByRole("region", { name: "Decades" })).toBeTruthy();
  await fireEvent.click(shelf.getByRole("button", { name: "Play Rediscover" }));
  await player().findByRole("button", { name: "Pause" });
  expect(await player().findByRole("button", { name: "Why this song" })).toBeTruthy();
});

test("arrows go from card to card, and Enter opens one", async () => {
  await openWindow();
  await goTo("Mixes");
  const first = await screen.findByRole("button", { name: /^For you:/ });
  first.focus();
  await press("ArrowRight");
  expect(labelOf(document.activeElement!)).toMatch(/^Discover:/);
  await press("ArrowLeft");
  expect(document.activeElement).toBe(first);
});

test("a mix's page has its songs with reasons, plays from any of them, and leads back", async () => {
  const fake = await openWindow();
  await goTo("Mixes");
  await click(/^Daily mix 1:/);
  const songs = within(await list("Songs of Daily mix 1"));
  expect(songs.getAllByRole("list", { name: "Reasons" }).length).toBeGreaterThan(5);
  const third = songs.getAllByRole("button", { name: /^Play / })[2]!;
  await fireEvent.click(third);
  await waitFor(async () =>
    expect(`Play ${(await fake.player()).current?.track.title}`).toBe(labelOf(third)),
  );
  const shown = await fake.mix("daily:1", 50);
  const seconds = shown.tracks.reduce((sum, { track }) => sum + track.duration_s, 0);
  expect(screen.getByText(`${shown.tracks.length} songs · ${length(seconds)}`)).toBeTruthy();
  // The whole mix stands in the queue, as it was shown, and says why.
  const queue = await fake.queue(0, 1);
  expect(queue.total).toBe(songs.getAllByRole("button", { name: /^Play / }).length);
  expect(queue.rows[0]).toMatchObject({ source: "mix" });
  expect(queue.rows[0]!.reasons.length).toBeGreaterThan(0);
  await click("Play mix");
  const first = `Play ${shown.tracks[0]!.track.title}`;
  await waitFor(async () => expect(`Play ${(await fake.player()).current?.track.title}`).toBe(first));
  // As it was shown, though taste may have moved meanwhile.
  expect(fake.calls).not.toContain("play_mix");
  await click("Back");
  await screen.findByRole("region", { name: "Moods" });
});

test("a mix is saved as a living playlist, whose page says what it is made from", async () => {
  await openWindow();
  await goTo("Mixes");
  await fireEvent.contextMenu(await screen.findByRole("button", { name: /^Discover:/ }));
  await choose("Save as playlist…");
  const name = await screen.findByRole<HTMLInputElement>("textbox", { name: "Name of the playlist" });
  expect(name.value).toBe("Discover");
  await fireEvent.input(name, { target: { value: "New things" } });
  await fireEvent.click(screen.getByRole("radio", { name: "Updates daily" }));
  await click("Save playlist");
  await goTo("New things");
  await screen.findByText("Daily playlist");
  expect(screen.getByText(/The mix “Discover”/)).toBeTruthy();
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a reason is turned down on the spot, and the notice takes it back", async () => {
  const fake = await openWindow();
  await goTo("Mixes");
  await click(/^Discover:/);
  const songs = within(await list("Songs of Discover"));
  const [less] = songs.getAllByRole("button", { name: /^Less of this/ });
  expect(less!.getAttribute("aria-pressed")).toBe("false");
  await fireEvent.click(less!);
  await waitFor(() => expect(less!.getAttribute("aria-pressed")).toBe("true"));
  expect(await fake.feedback()).toMatchObject([{ kind: "less" }]);
  await undoNotice(/^Less of this: /);
  await waitFor(() => expect(less!.getAttribute("aria-pressed")).toBe("false"));
  expect(await fake.feedback()).toEqual([]);
});

test("an opinion of a pick holds, though the mix stays as it was read", async () => {
  const fake = await openWindow();
  await goTo("Mixes");
  await click(/^Discover:/);
  const songs = within(await list("Songs of Discover"));
  const like = songs.getAllByRole("button", { name: "Like" })[1]!;
  await fireEvent.click(like);
  // The library changed by it, and what stands in lists is asked for anew.
  const looks = () => fake.calls.filter((call) => call === "playlists").length;
  const before = looks();
  await waitFor(() => expect(looks()).toBeGreaterThan(before));
  await tick();
  expect(like.getAttribute("aria-pressed")).toBe("true");
});

test("keys walk a list of picks as any list of songs", async () => {
  const fake = await openWindow();
  await goTo("Mixes");
  await click(/^On repeat:/);
  const songs = await list("Songs of On repeat");
  const lines = [...songs.children] as HTMLElement[];
  expect(lines.map((line) => line.tabIndex).filter((index) => index === 0)).toHaveLength(1);
  lines[0]!.focus();
  await press("ArrowDown");
  expect(document.activeElement).toBe(lines[1]);
  await waitFor(() => expect(lines[1]!.tabIndex).toBe(0));
  await press("q");
  await screen.findByText("1 song added to the queue");
  await press("F10", { shiftKey: true });
  const menu = within(await screen.findByRole("menu", { name: "Actions" }));
  await fireEvent.click(menu.getByRole("menuitem", { name: "Never again" }));
  expect(await fake.feedback()).toMatchObject([{ kind: "never" }]);
  await press("End");
  await press("Enter");
  await waitFor(async () =>
    expect(labelOf(lines.at(-1)!)).toContain((await fake.player()).current?.track.title ?? "?"),
  );
});

test("a new listener is quietly asked which songs are theirs, and may decline", async () => {
  const fake = await openWindow({ fresh: true });
  await goTo("Mixes");
  await screen.findByRole("heading", { name: "Which of these do you like?" });
  expect(screen.queryByRole("region", { name: "Daily mixes" })).toBeNull();
  await click("No, thanks");
  await waitFor(() =>
    expect(screen.queryByRole("heading", { name: "Which of these do you like?" })).toBeNull(),
  );
  expect(fake.calls).toContain("end_first_choice");
});

test("the first choice: hear a song, like one, refuse another, done", async () => {
  const fake = await openWindow({ fresh: true });
  await goTo("Mixes");
  await click("Rate songs");
  const songs = await list("Songs to rate");
  const choices = within(songs).getAllByRole("listitem");
  expect(choices).toHaveLength(12);
  await fireEvent.click(within(choices[0]!).getByRole("button", { name: /^Listen to / }));
  await within(choices[0]!).findByRole("button", { name: /^Pause / });
  await fireEvent.click(within(choices[0]!).getByRole("radio", { name: "Like" }));
  await fireEvent.click(within(choices[1]!).getByRole("radio", { name: "Not for me" }));
  await screen.findByText("2 of 12");
  await fireEvent.click(within(choices[1]!).getByRole("radio", { name: "No rating" }));
  await screen.findByText("1 of 12");
  await click("Done");
  await waitFor(() => expect(screen.queryByRole("list", { name: "Songs to rate" })).toBeNull());
  const { rows } = await fake.songs({ text: "", album: null, sort: "title", descending: false }, 0, 900);
  expect(rows.filter(({ rating }) => rating !== null)).toMatchObject([{ rating: "like" }]);
});

test("mixes that cannot be made say so", async () => {
  const fake = await openWindow();
  vi.spyOn(fake, "mixes").mockRejectedValue({
    code: "database",
    problem: { is: "library", error: { is: "database", action: "read-plays", detail: "locked" } },
  });
  await goTo("Mixes");
  await screen.findByText("The mixes can't be made right now");
  await screen.findByText(/Could not list the mixes: cannot read the plays: locked/);
  expect(button("Songs")).toBeTruthy();
});
