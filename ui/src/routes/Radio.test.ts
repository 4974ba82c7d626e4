// Stations from anything, alchemy, ways, and why a song plays.
// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { choose, click, furnishJsdom, goTo, list, openWindow, playAny, player, press, rows } from "./testing";

beforeAll(furnishJsdom);
afterEach(cleanup);

/** Writes into a field that finds, and waits for what it offers. */
async function find(field: string, text: string): Promise<HTMLElement[]> {
  const box = await screen.findByRole("combobox", { name: field });
  box.focus();
  await fireEvent.focusIn(box);
  await fireEvent.input(box, { target: { value: text } });
  const found = await screen.findByRole("listbox", { name: "Found" });
  return within(found).findAllByRole("option");
}

const side = (name: string) => within(screen.getByRole("list", { name }));

test("a wish is shown as it was understood, and becomes a station", async () => {
  const fake = await openWindow();
  await goTo("Radio");
  const [wish] = await find("Start from anything", "calm piano, no vocals, zorp");
  const understood = within(wish!).getByRole("group", { name: "Understood as" });
  expect(understood.textContent).toMatch(/calm.*piano.*no vocals.*not understood: zorp/s);
  await press("Enter");
  await waitFor(() => expect(side("More of these").getByText("calm piano, no vocals, zorp")).toBeTruthy());
  const preview = await list("Preview");
  await waitFor(() => expect(preview.children.length).toBeGreaterThan(1));
  await click("Start radio");
  await waitFor(async () =>
    expect((await fake.player()).station?.seeds).toMatchObject([{ seed: { of: "words" } }]),
  );
  await list("Coming up");
});

test("Shift Enter puts a seed on the other side; it can be moved over and taken away", async () => {
  const fake = await openWindow();
  await goTo("Radio");
  const [classical] = await find("Start from anything", "classical");
  expect(classical!.getAttribute("aria-selected")).toBe("true");
  await press("Enter");
  await find("Start from anything", "folk");
  await press("Enter", { shiftKey: true });
  await waitFor(() => expect(side("Less of these").getByText("Folk")).toBeTruthy());
  await click("More of this: Folk");
  await waitFor(() => expect(side("More of these").getByText("Folk")).toBeTruthy());
  await click("Less of this: Folk");
  await click("Remove Classical");
  await waitFor(() => expect(side("More of these").queryByText("Classical")).toBeNull());
  await click("Start radio");
  await waitFor(async () => expect((await fake.player()).station?.less).toMatchObject([{ name: "Folk" }]));
  expect(within(await list("Avoids")).getByText("less Folk")).toBeTruthy();
});

test("arrows walk what was found, Escape empties the field", async () => {
  await openWindow();
  await goTo("Radio");
  await find("Start from anything", "the");
  await press("ArrowDown");
  await waitFor(() =>
    expect(screen.getAllByRole("option").map((option) => option.getAttribute("aria-selected"))[1]).toBe(
      "true",
    ),
  );
  await press("Escape");
  await waitFor(() => expect(screen.queryByRole("listbox", { name: "Found" })).toBeNull());
  expect(screen.getByRole<HTMLInputElement>("combobox", { name: "Start from anything" }).value).toBe("");
});

test("words that find nothing say so", async () => {
  await openWindow();
  await goTo("Radio");
  const box = await screen.findByRole("combobox", { name: "Start from anything" });
  await fireEvent.focusIn(box);
  await fireEvent.input(box, { target: { value: "zzzz" } });
  await screen.findByText(/Nothing in your library is called/);
});

test("songs that one plays are offered to start from, and chosen ones marked", async () => {
  await openWindow();
  await goTo("Radio");
  const offered = within(await screen.findByRole("group", { name: "Start from" }));
  const [idea] = await offered.findAllByRole("button");
  await fireEvent.click(idea!);
  await click("More to start from");
  const again = within(await screen.findByRole("group", { name: "Start from" }));
  await waitFor(() => expect(again.getAllByRole("button", { pressed: true })).toHaveLength(1));
  await fireEvent.click(again.getByRole("button", { pressed: true }));
  await waitFor(() => expect(screen.queryByRole("list", { name: "Preview" })).toBeNull());
});

test("the seeds of a station on air are changed, and it is saved as a playlist", async () => {
  await openWindow();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.click(within(rows()[0]!).getByRole("button", { name: "Radio from this song" }));
  await goTo("Radio");
  await click("Save as playlist…");
  await screen.findByRole("radio", { name: "Updates daily" });
  await click("Save playlist");
  await screen.findByText(/saved: \d+ songs/);
  await click("Change seeds");
  expect(side("More of these").getAllByRole("listitem")).toHaveLength(1);
  await fireEvent.click(screen.getByRole("radio", { name: "On air" }));
  await click("Stop radio");
  await waitFor(() => expect(screen.queryByRole("radio", { name: "On air" })).toBeNull());
});

test("the menu of a song starts radios from all it bears", async () => {
  const fake = await openWindow();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.contextMenu(rows()[3]!);
  await choose("Radio from", /^Genre /);
  await waitFor(async () =>
    expect((await fake.player()).station?.seeds).toMatchObject([{ seed: { of: "genre" } }]),
  );
  await fireEvent.contextMenu(rows()[3]!);
  await choose("Radio from", /^Album /);
  await waitFor(async () =>
    expect((await fake.player()).station?.seeds).toMatchObject([{ seed: { of: "album" } }]),
  );
  await fireEvent.contextMenu(rows()[3]!);
  await choose("Radio from", "Radio: same groove");
  await waitFor(async () =>
    expect((await fake.player()).station).toMatchObject({
      more: "rhythm",
      seeds: [{ seed: { of: "track" } }],
    }),
  );
});

test("a menu within a menu is walked by keys", async () => {
  await openWindow();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.contextMenu(rows()[3]!);
  const item = await screen.findByRole("menuitem", { name: "Radio from" });
  item.focus();
  await press("ArrowRight");
  await screen.findByRole("menu", { name: "Radio from" });
  expect(item.getAttribute("aria-expanded")).toBe("true");
  expect(document.activeElement?.textContent?.trim()).toMatch(/^Artist/);
  await press("ArrowLeft");
  await waitFor(() => expect(screen.queryByRole("menu", { name: "Radio from" })).toBeNull());
  expect(document.activeElement).toBe(item);
  await press("Escape");
  await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
});

test("what was heard in a song, and its album, have radios of their own", async () => {
  const fake = await openWindow();
  await playAny();
  await fireEvent.click(player().getByRole("button", { name: "Show queue" }));
  const [tag] = within(await list("Tags of this song")).getAllByRole("button");
  await fireEvent.contextMenu(tag!);
  await choose("Radio from this tag");
  await waitFor(async () =>
    expect((await fake.player()).station?.title).toMatchObject({ seeds: [{ name: tag!.textContent }] }),
  );
  await fireEvent.click(player().getByRole("button", { name: "Go to album" }));
  await click("More for this album");
  await choose("Radio from this artist");
  await waitFor(async () =>
    expect((await fake.player()).station?.seeds).toMatchObject([{ seed: { of: "artist" } }]),
  );
});

test("a way from song to song is heard before it is played", async () => {
  const fake = await openWindow();
  await playAny();
  await goTo("Radio");
  await fireEvent.click(await screen.findByRole("radio", { name: "Path" }));
  await click("Use the current song");
  await find("To which song", "a");
  await press("ArrowDown");
  await press("Enter");
  const way = await list("Path");
  expect(way.children).toHaveLength(10);
  await fireEvent.click(screen.getByRole("radio", { name: "6 songs" }));
  await waitFor(() => expect(way.children).toHaveLength(6));
  const last = way.children[5]!.getAttribute("aria-label")!;
  await click("Reverse");
  await waitFor(() => expect(way.children[0]!.getAttribute("aria-label")).toBe(last));
  await click("Play path");
  await waitFor(async () => expect(last).toContain((await fake.player()).current!.track.title));
  const to = within(screen.getByRole("group", { name: "To" }));
  await fireEvent.click(to.getByRole("button", { name: /^Choose a song other than/ }));
  await waitFor(() => expect(screen.queryByRole("list", { name: "Path" })).toBeNull());
});

test("the sheet tells why a song plays and turns a reason down", async () => {
  const fake = await openWindow();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.click(within(rows()[0]!).getByRole("button", { name: "Radio from this song" }));
  await player().findByRole("button", { name: "Pause" });
  await fireEvent.click(player().getByRole("button", { name: "Next" }));
  await waitFor(() =>
    expect(player().getByRole("button", { name: "Why this song" }).textContent).toContain("Sounds like"),
  );
  await fireEvent.click(player().getByRole("button", { name: "Why this song" }));
  const sheet = within(await screen.findByRole("dialog", { name: "Why this song" }));
  const less = sheet.getAllByRole("button", { name: /^Less of this: / })[0]!;
  await fireEvent.click(less);
  await waitFor(() => expect(less.textContent).toContain("Undo"));
  expect(await fake.feedback()).toMatchObject([{ kind: "less" }]);
  await fireEvent.click(less);
  await waitFor(async () => expect(await fake.feedback()).toEqual([]));
  await fireEvent.keyDown(less, { key: "Escape" });
  await waitFor(() => expect(screen.queryByRole("dialog", { name: "Why this song" })).toBeNull());
});
