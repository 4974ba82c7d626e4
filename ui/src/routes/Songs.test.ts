// A search that means nothing, and one that is misspelt: what the page of songs says of them.
// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { furnishJsdom, openWindow, rows } from "./testing";

beforeAll(furnishJsdom);
afterEach(cleanup);

const field = () => screen.getByRole("searchbox", { name: "Search" });
const type = (text: string) => fireEvent.input(field(), { target: { value: text } });

test("what cannot be read is marked at its place, and no notice disturbs whoever types", async () => {
  const fake = await openWindow();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  const songs = fake.songs.bind(fake);
  fake.songs = (query, offset, limit) =>
    query.text === "björk year:x"
      ? Promise.reject(
          Object.assign(new Error(), {
            code: "invalid",
            problem: {
              is: "bad-query",
              text: query.text,
              fault: { from: 6, to: 12, kind: { is: "not-a-number", field: "year", text: "x" } },
            },
          }),
        )
      : songs(query, offset, limit);
  await type("björk year:x");
  await screen.findByRole("heading", { name: "This search cannot be read" });
  expect(document.querySelector("mark")?.textContent).toBe("year:x");
  expect(screen.getByText(/“x” is not a number for “year”/)).toBeTruthy();
  expect(screen.queryByRole("alert")?.textContent ?? "").toBe("");
  await type("");
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  expect(document.querySelector("mark")).toBeNull();
});

test("for a misspelt search the songs that were meant are shown, and can be searched for", async () => {
  const fake = await openWindow();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  const songs = fake.songs.bind(fake);
  fake.songs = async (query, offset, limit) =>
    query.text === "coltrain"
      ? { ...(await songs({ ...query, text: "" }, offset, limit)), corrected: "coltrane" }
      : songs(query, offset, limit);
  await type("coltrain");
  await screen.findByText(/Nothing matches “coltrain”. These are the songs for “coltrane”./);
  expect(rows().length).toBeGreaterThan(5);
  await fireEvent.click(screen.getByRole("button", { name: "Search for “coltrane”" }));
  await waitFor(() => expect((field() as HTMLInputElement).value).toBe("coltrane"));
  await waitFor(() => expect(screen.queryByText(/These are the songs for/)).toBeNull());
});
