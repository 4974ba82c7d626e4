// Playlists in the sidebar and on their pages, and the guest DJ in the queue.
// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import {
  button,
  choose,
  click,
  furnishJsdom,
  goTo,
  labelOf,
  list,
  openWindow,
  playAny,
  player,
  press,
  rows,
  undoNotice,
} from "./testing";

beforeAll(furnishJsdom);
afterEach(cleanup);

const inSidebar = async () =>
  within(await list("Playlists"))
    .getAllByRole("button")
    .map(labelOf);

/** Opens a playlist and waits for its songs. */
async function open(name: string): Promise<void> {
  await goTo(name);
  await screen.findByRole("grid", { name: `Songs of ${name}` });
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
}

test("songs are added from their menu to a playlist, or to a new one", async () => {
  const fake = await openWindow();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.click(rows()[1]!);
  await fireEvent.click(rows()[3]!, { shiftKey: true });
  await fireEvent.contextMenu(rows()[2]!);
  await choose("Add to playlist", "Für Mama");
  await screen.findByText("3 songs added to “Für Mama”");
  await fireEvent.contextMenu(rows()[2]!);
  await choose("Add to playlist", "New playlist…");
  await fireEvent.input(await screen.findByRole("textbox", { name: "Name of the playlist" }), {
    target: { value: "Three of them" },
  });
  expect(screen.queryByRole("radio", { name: "Updates daily" })).toBeNull();
  await click("Save playlist");
  await waitFor(async () => expect(await inSidebar()).toContain("Three of them"));
  const made = (await fake.playlists()).find(({ name }) => name === "Three of them");
  expect(made?.tracks).toBe(3);
});

test("a playlist plays from the row that is pressed, and marks what plays", async () => {
  const fake = await openWindow();
  await open("Für Mama");
  expect(labelOf(screen.getByRole("grid"))).toBe("Songs of Für Mama");
  await fireEvent.dblClick(rows()[4]!);
  await player().findByRole("button", { name: "Pause" });
  const { current } = await fake.player();
  expect(current?.source).toBe("playlist");
  expect(labelOf(rows()[4]!)).toContain(current!.track.title);
  await click("Shuffle playlist");
  await waitFor(async () => expect((await fake.player()).shuffle).toBe(true));
});

test("rows are moved by keys and taken out by Delete", async () => {
  await openWindow();
  await open("Für Mama");
  const order = () => rows().slice(0, 4).map(labelOf);
  const [a, b, c, d] = order();
  await fireEvent.click(rows()[1]!);
  await press("ArrowDown", { altKey: true });
  await waitFor(() => expect(order()).toEqual([a, c, b, d]));
  await press("ArrowUp", { altKey: true });
  await waitFor(() => expect(order()).toEqual([a, b, c, d]));
  await press("Delete");
  await waitFor(() => expect(order().slice(0, 3)).toEqual([a, c, d]));
  await fireEvent.contextMenu(rows()[0]!);
  await choose("Remove from playlist");
  await waitFor(() => expect(order().slice(0, 2)).toEqual([c, d]));
});

test("songs that are not in the library keep their place and are shown as such", async () => {
  await openWindow();
  await open("Sunday kitchen");
  expect(screen.getByText(/34 songs · .* · 2 not in your library/)).toBeTruthy();
  const missing = rows()[4]!;
  expect(within(missing).getByText("Missing")).toBeTruthy();
  expect(within(missing).queryByRole("button")).toBeNull();
  await fireEvent.click(missing);
  await press("Delete");
  await screen.findByText(/33 songs · .* · 1 not in your library/);
});

test("a playlist is renamed, exported, deleted and brought back", async () => {
  await openWindow();
  await open("Für Mama");
  await click("More for this playlist");
  await choose("Rename…");
  await fireEvent.input(await screen.findByRole("textbox", { name: "Name of the playlist" }), {
    target: { value: "Für Papa" },
  });
  await click("Rename");
  await screen.findByRole("heading", { name: "Für Papa" });
  await click("More for this playlist");
  await choose("Export…");
  await screen.findByText("Saved: /home/mila/Für Papa.m3u8");
  await click("More for this playlist");
  await choose("Delete");
  await waitFor(async () => expect(await inSidebar()).not.toContain("Für Papa"));
  await screen.findByRole("grid", { name: "Songs" });
  await undoNotice("“Für Papa” deleted");
  await waitFor(async () => expect(await inSidebar()).toContain("Für Papa"));
});

test("a living playlist says so, is made anew now, and cannot be changed by hand", async () => {
  const fake = await openWindow();
  await open("Discoveries");
  expect(screen.getByText("Daily playlist")).toBeTruthy();
  expect(screen.getByRole("columnheader", { name: "Why" })).toBeTruthy();
  await click("Update now");
  await screen.findByText("“Discoveries” updated");
  await fireEvent.contextMenu(rows()[0]!);
  await screen.findByRole("menu");
  expect(screen.queryByRole("menuitem", { name: "Remove from playlist" })).toBeNull();
  await press("Escape");
  await fireEvent.click(rows()[0]!);
  await press("Delete");
  expect(fake.calls).not.toContain("remove_from_playlist");
});

test("a playlist is begun empty, from the queue, or from a file", async () => {
  await openWindow();
  await click("Add a playlist");
  await choose("New playlist…");
  const save = () => button("Save playlist") as HTMLButtonElement;
  await screen.findByRole("dialog", { name: "New playlist" });
  expect(save().disabled).toBe(true);
  await fireEvent.input(screen.getByRole("textbox", { name: "Name of the playlist" }), {
    target: { value: "Later" },
  });
  await click("Save playlist");
  await goTo("Later");
  await screen.findByText("This playlist is empty");
  await click("Add a playlist");
  await choose("Import a playlist…");
  await screen.findByRole("heading", { name: "Road trip 2019" });
  await goTo("Songs");
  await playAny();
  await goTo("Queue");
  await click("Save the queue as a playlist");
  await screen.findByRole("dialog", { name: "New playlist" });
  await click("Cancel");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("what a search found is saved as a playlist that lives", async () => {
  const fake = await openWindow();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  expect(screen.queryByRole("button", { name: "Save the search as a playlist" })).toBeNull();
  await fireEvent.input(screen.getByRole("searchbox", { name: "Search" }), { target: { value: "jazz" } });
  await click("Save the search as a playlist");
  await fireEvent.click(await screen.findByRole("radio", { name: "Updates daily" }));
  await click("Save playlist");
  await waitFor(async () =>
    expect(await fake.playlists()).toContainEqual(expect.objectContaining({ name: "jazz", living: true })),
  );
});

test("the guest DJ threads songs into the queue, says why, and takes them out again", async () => {
  await openWindow();
  await playAny();
  await goTo("Queue");
  const queue = () => within(screen.getByRole("grid", { name: "Queue" }));
  await waitFor(() => expect(queue().getAllByRole("row").length).toBeGreaterThan(5));
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "Off" }).checked).toBe(true);
  await fireEvent.click(screen.getByRole("radio", { name: "Bridge" }));
  await waitFor(() => expect(queue().getAllByText("Guest DJ").length).toBeGreaterThan(3));
  expect(queue().getAllByText(/^Leads from “/).length).toBeGreaterThan(3);
  const threaded = queue().getAllByText("Guest DJ")[0]!.closest<HTMLElement>("[role=row]")!;
  await fireEvent.contextMenu(threaded);
  await fireEvent.click(await screen.findByRole("menuitem", { name: "Less of" }));
  const beside = within(await screen.findByRole("menu", { name: "Less of" }));
  await fireEvent.click(beside.getAllByRole("menuitemcheckbox")[0]!);
  await screen.findByText(/^Less of this: /);
  await fireEvent.click(screen.getByRole("radio", { name: "Off" }));
  await waitFor(() => expect(queue().queryAllByText("Guest DJ")).toEqual([]));
});
