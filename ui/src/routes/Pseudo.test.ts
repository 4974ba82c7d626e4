// @vitest-environment jsdom
// The window in the pseudo-language: on no page, in no menu and no notice is anything said that is not in the words.
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import script from "../../plain-words.js?raw";
import type { Fake } from "../ipc/fake";
import { t } from "../words";
import { click, furnishJsdom, openWindow, press, rows } from "./testing";

// Before the words are: they choose their language once.
vi.hoisted(() => localStorage.setItem("segue.language", "en-XA"));
beforeAll(furnishJsdom);
afterEach(cleanup);

// The real window runs the same text (`tests/window.rs`), and a text is no module.
// eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
const plainWords = new Function(`return ${script.slice(script.indexOf("(data) =>"))}`)() as (
  data: string[],
) => string[];

/** What the library holds, and may stand in the window as it is. */
async function dataOf(fake: Fake): Promise<string[]> {
  const query = { text: "", album: null, sort: "title", descending: false } as const;
  const [songs, playlists, status, taste, failures, outputs] = await Promise.all([
    fake.songs(query, 0, 2000),
    fake.playlists(),
    fake.status(),
    fake.taste(),
    fake.failures(),
    fake.outputs(),
  ]);
  const named = songs.rows.flatMap((row) => [
    row.title,
    ...row.artists,
    row.album ?? "",
    row.album_artist ?? "",
    ...row.genres,
    ...(row.tags ?? []),
  ]);
  const lists = playlists.map((playlist) => playlist.name);
  const places = [...status.roots.map((root) => root.path), ...failures.map((failure) => failure.path)];
  const names = places.map((path) => path.split("/").at(-1)!);
  const cards = outputs.devices.map((device) => device.name);
  return [
    ...named,
    ...lists,
    ...places,
    ...names,
    ...cards,
    status.version,
    status.model ?? "",
    "CPU",
    // Codecs have one name everywhere.
    ...["flac", "mp3", "aac", "alac", "opus", "vorbis"].map((codec) => codec.toUpperCase()),
    taste.version,
  ];
}

async function nothingPlain(fake: Fake, where: string, typed: string[] = []): Promise<void> {
  expect.soft(plainWords([...(await dataOf(fake)), ...typed]), where).toEqual([]);
}

const goTo = async (page: string) => {
  const way = within(await screen.findByRole("navigation", { name: "Segue" }));
  await fireEvent.click(await way.findByRole("button", { name: page }));
};

const PAGES = ["songs", "albums", "mixes", "radio", "taste", "queue", "settings"] as const;

test.each(PAGES)("the page %s speaks the language of the window", async (page) => {
  const fake = await openWindow({ tracks: 300 });
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.dblClick(rows()[2]!);
  await screen.findByRole("button", { name: t("player.pause") });
  await goTo(t(`window.pages.${page}`));
  // Its answers come a moment later.
  await waitFor(() => expect(document.querySelector("main h1")?.textContent).toBe(t(`window.pages.${page}`)));
  await waitFor(() => expect(document.querySelectorAll("main bdi").length).toBeGreaterThan(2));
  await nothingPlain(fake, page);
});

test("a station, its reasons and what a description is understood as do so too", async () => {
  const fake = await openWindow({ tracks: 300 });
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.click(within(rows()[0]!).getByRole("button", { name: t("songs.radio") }));
  await click(t("player.why"));
  await screen.findByRole("dialog", { name: t("player.why") });
  await nothingPlain(fake, "why");
  await goTo(t("window.pages.radio"));
  await screen.findByRole("list", { name: t("radio.comingUp") });
  await nothingPlain(fake, "on air");
  await fireEvent.click(screen.getByRole("radio", { name: t("radio.newStation") }));
  const field = await screen.findByRole("combobox", { name: t("radio.search") });
  const text = "calm piano, no vocals";
  field.focus();
  await fireEvent.input(field, { target: { value: text } });
  await screen.findAllByRole("option");
  await nothingPlain(fake, "found", [text, "calm", "piano", "vocals"]);
  await fireEvent.click(screen.getByRole("radio", { name: t("radio.path") }));
  await nothingPlain(fake, "path");
});

test("menus, dialogs and notices do so too", async () => {
  const fake = await openWindow({ tracks: 300 });
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  await fireEvent.contextMenu(rows()[1]!);
  await screen.findByRole("menu");
  await nothingPlain(fake, "menu");
  await fireEvent.click(await screen.findByRole("menuitem", { name: t("songs.addToQueue") }));
  await screen.findByText(t("done.queued", { count: 1 }));
  await press("?");
  await screen.findByRole("dialog", { name: t("shortcuts.title") });
  await nothingPlain(fake, "shortcuts and a notice");
  await fireEvent.click(screen.getByRole("button", { name: t("window.close") }));
  await click(t("playlists.add"));
  await fireEvent.click(await screen.findByRole("menuitem", { name: t("playlists.newItem") }));
  await screen.findByRole("dialog", { name: t("playlists.new") });
  await nothingPlain(fake, "new playlist");
});

test("the first run does so too", async () => {
  const fake = await openWindow({ empty: true });
  await screen.findByRole("heading", { name: t("firstRun.title") });
  const status = await fake.status();
  expect(plainWords([status.suggested_folder ?? ""])).toEqual([]);
});
