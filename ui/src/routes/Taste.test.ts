// The taste page: what was learned, corrected, forgotten; guests.
// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { Fake } from "../ipc/fake";
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
  rows,
  undoNotice,
} from "./testing";

beforeAll(furnishJsdom);
afterEach(cleanup);

async function openTaste(options = {}): Promise<Fake> {
  const fake = await openWindow(options);
  await goTo("Taste");
  await screen.findByRole("heading", { name: "Your rules" });
  return fake;
}

test("what was learned is told in words, with pictures that say the same and numbers for those who want them", async () => {
  await openTaste();
  expect(screen.getByText(/right 76 times out of 100/)).toBeTruthy();
  expect(screen.getByText(/not used: it didn't help/)).toBeTruthy();
  const interests = within(await list("Your styles")).getAllByRole("listitem");
  expect(interests).toHaveLength(4);
  expect(
    within(interests[0]!).getByRole("img", { name: /^Half of it between \d+:00 and \d+:00$/ }),
  ).toBeTruthy();
  const liked = within(await list("Liked artists")).getAllByRole("listitem");
  expect(within(liked[0]!).getByRole("img").getAttribute("aria-label")).toMatch(
    /: (liked a little|clearly liked|strongly liked), /,
  );
  const disliked = within(await list("Disliked artists")).getAllByRole("listitem");
  expect(within(disliked[0]!).getByRole("img").getAttribute("aria-label")).toMatch(/ disliked/);
});

test("an interest plays its songs and leads to its daily mix", async () => {
  await openTaste();
  const [first] = within(await list("Your styles")).getAllByRole("listitem");
  const [cover] = within(first!).getAllByRole("button", { name: /^Play / });
  await fireEvent.click(cover!);
  await player().findByRole("button", { name: "Pause" });
  await fireEvent.click(within(first!).getByRole("button", { name: "Daily mix 1" }));
  await screen.findByRole("heading", { name: "Daily mix 1" });
});

test("a leaning is turned down; the count shows it, what holds lists it, a press takes it back", async () => {
  await openTaste();
  const genres = within(await list("Liked genres"));
  const less = genres.getAllByRole("button", { name: /^Less / })[0]!;
  const name = labelOf(less)!.replace("Less ", "");
  await fireEvent.click(less);
  const count = await screen.findByRole("button", { name: `Undo the last step of ${name}, now −1` });
  expect(within(await list("Your rules")).getByText("Less of")).toBeTruthy();
  await fireEvent.click(count);
  await waitFor(() => expect(screen.queryByText("Less of")).toBeNull());
  await fireEvent.click(genres.getAllByRole("button", { name: /^More / })[0]!);
  await screen.findByText(/^More of “/);
  await press("z", { ctrlKey: true });
  await waitFor(async () => expect(within(await list("Your rules")).queryByText("More of")).toBeNull());
});

test("long lists show a few, and all on demand", async () => {
  await openTaste();
  const artists = await list("Liked artists");
  expect(artists.children).toHaveLength(5);
  await click(/^Show all \d+: Liked artists$/);
  await waitFor(() => expect(artists.children.length).toBeGreaterThan(5));
  await click("Show fewer: Liked artists");
  await waitFor(() => expect(artists.children).toHaveLength(5));
});

test("what was turned by hand stays in sight, however long the list before it", async () => {
  const fake = await openWindow();
  const page = await fake.taste();
  const row = (name: string, turned: number) => ({
    ...page.liked_tags[0]!,
    ...{ name, turned, term: `tag:${name}` },
  });
  const liked_tags = ["a", "b", "c", "d", "e", "f", "g"].map((name) => row(name, name === "g" ? -2 : 0));
  vi.spyOn(fake, "taste").mockResolvedValue({ ...page, liked_tags });
  await goTo("Taste");
  const tags = within(await list("Liked tags"));
  expect(tags.getAllByRole("listitem").map((item) => item.querySelector(".name")?.textContent)).toEqual([
    ...["a", "b", "c", "d", "e", "g"],
  ]);
});

test("what was said of songs stands on the page until it is taken back there", async () => {
  const fake = await openWindow();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.click(within(rows()[0]!).getByRole("button", { name: "Radio from this song" }));
  await goTo("Radio");
  const coming = await list("Coming up");
  await waitFor(() => expect(coming.children.length).toBeGreaterThan(3));
  await fireEvent.contextMenu(coming.children[1]!);
  await choose("Doesn't fit after the previous song");
  await goTo("Taste");
  const holds = within(await list("Your rules"));
  await holds.findByText("Doesn't fit after");
  await fireEvent.click(holds.getByRole("button", { name: /^Remove: Doesn't fit after/ }));
  await holds.findByText(/^No rules yet/);
  expect(await fake.feedback()).toEqual([]);
});

test("a stretch is forgotten since yesterday or a moment of one's own, and learned again", async () => {
  const fake = await openTaste();
  const forget = vi.spyOn(fake, "forget");
  await click("Forget since yesterday");
  const midnight = new Date();
  midnight.setDate(midnight.getDate() - 1);
  midnight.setHours(0, 0, 0, 0);
  expect(forget).toHaveBeenLastCalledWith(midnight.toISOString());
  await fireEvent.click(await screen.findByRole("button", { name: /^Learn again: Since / }));
  await waitFor(() => expect(screen.queryByRole("list", { name: "Forgotten" })).toBeNull());
  const own = screen.getByLabelText("Date and time");
  await fireEvent.input(own, { target: { value: "2099-01-01T10:00" } });
  expect(screen.queryByRole("button", { name: "Forget since then" })).toBeNull();
  await fireEvent.input(own, { target: { value: "2024-05-06T18:30" } });
  await click("Forget since then");
  expect(forget).toHaveBeenLastCalledWith(new Date(2024, 4, 6, 18, 30).toISOString());
  await undoNotice("Forgotten");
  await waitFor(async () => expect((await fake.taste()).forgotten).toEqual([]));
});

test("starting over is asked twice, and can be undone", async () => {
  const fake = await openTaste();
  await click("Start over…");
  const sheet = within(await screen.findByRole("dialog", { name: "Start over?" }));
  expect(sheet.getByText(/Your songs, playlists, likes and rules stay/)).toBeTruthy();
  await fireEvent.click(sheet.getByRole("button", { name: "Cancel" }));
  expect(fake.calls).not.toContain("forget");
  await click("Start over…");
  await fireEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Start over" }));
  await screen.findByText("Segue doesn't know your taste yet");
  await click(/^Learn again: Everything until/);
  await list("Your styles");
});

test("a guest session is said plainly on every page, and ended from there", async () => {
  const fake = await openTaste();
  await fireEvent.click(screen.getByRole("switch", { name: "Guest session" }));
  await screen.findByText(/Segue doesn't learn from what is played now/);
  await goTo("Songs");
  expect(
    within(screen.getByRole("group", { name: "Guest session" })).getByText("Segue isn't learning"),
  ).toBeTruthy();
  await click("End the guest session");
  await waitFor(async () => expect((await fake.player()).guest).toBe(false));
  expect(screen.queryByRole("group", { name: "Guest session" })).toBeNull();
  await fireEvent.dblClick(rows()[2]!);
  await fireEvent.contextMenu(await player().findByRole("button", { name: "Go to album" }));
  await fireEvent.click(await screen.findByRole("menuitemcheckbox", { name: "Guest session" }));
  await screen.findByRole("group", { name: "Guest session" });
});

test("a new listener reads how to begin, and is shown to the first choice", async () => {
  await openTaste({ fresh: true });
  await screen.findByText("Segue doesn't know your taste yet");
  expect(screen.queryByRole("list", { name: "Your styles" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Start over…" })).toBeNull();
  await click("Rate a dozen songs");
  await screen.findByRole("heading", { name: "Which of these do you like?" });
});

test("what was learned is exported, and asked for again when it changes in sight", async () => {
  const fake = await openTaste();
  await click("Export taste");
  await screen.findByText("Saved: /home/mila/segue-taste.json");
  const before = fake.calls.filter((call) => call === "taste").length;
  fake.tell({ event: "taste" });
  await waitFor(() => expect(fake.calls.filter((call) => call === "taste").length).toBe(before + 1));
  expect(button("Export taste")).toBeTruthy();
});
