// The menu that says for how long it plays on: what is asked of the program, and what stands there meanwhile.
import { describe, expect, it, vi } from "vitest";
import type { PlayerState } from "../ipc/backend";
import type { MenuChoice, MenuItem } from "../elements/menu";
import { SILENT } from "../ipc/silence";
import { type Player } from "./player.svelte";
import { untilMenu } from "./until";

const current = { entry: 7, track: { album: "Night" } } as PlayerState["current"];

function menu(change: Partial<PlayerState>, began: number | null = null, position_s = 30) {
  const sent = vi.fn();
  const begun = vi.fn();
  const player = { state: { ...SILENT, current, ...change }, position_s, do: sent } as unknown as Player;
  const items = untilMenu(player, began, begun);
  const flat = (items: MenuItem[]): MenuChoice[] =>
    items.flatMap((item) => (item === "line" ? [] : "items" in item ? flat(item.items) : [item]));
  const act = (label: string) =>
    flat(items)
      .find((item) => item.label.startsWith(label))!
      .act();
  return { sent, begun, act, flat: flat(items) };
}

describe("the menu beside the volume", () => {
  it("stops after the song or its album, and plays on again", () => {
    const { sent, act } = menu({ stop_after: "album" });
    act("Stop after this song");
    expect(sent).toHaveBeenLastCalledWith({ do: "stop-after", what: "song" });
    act("Stop after this album");
    expect(sent).toHaveBeenLastCalledWith({ do: "stop-after", what: null });
  });

  it("sets the sleep timer", () => {
    const { sent, act } = menu({ sleeps_in_s: 100 });
    act("45 minutes");
    expect(sent).toHaveBeenLastCalledWith({ do: "sleep", minutes: 45 });
    act("Off");
    expect(sent).toHaveBeenLastCalledWith({ do: "sleep", minutes: null });
  });

  it("repeats from one place to another, and ends that", () => {
    const first = menu({});
    first.act("Repeat from here");
    expect(first.begun).toHaveBeenCalledWith(30);
    const second = menu({}, 12.5);
    second.act("… to here");
    expect(second.sent).toHaveBeenCalledWith({ do: "loop", stretch: { from_s: 12.5, to_s: 30 } });
    expect(second.begun).toHaveBeenCalledWith(null);
    // Wound back before it, it begins anew.
    menu({}, 40).act("Repeat from here");
    const third = menu({ stretch: { from_s: 12.5, to_s: 30 } });
    third.act("Play on");
    expect(third.sent).toHaveBeenCalledWith({ do: "loop", stretch: null });
  });

  it("offers little while nothing plays", () => {
    const able = menu({ current: null }).flat.filter((item) => !item.disabled);
    expect(able.map((item) => item.label)).toEqual([
      "15 minutes",
      "30 minutes",
      "45 minutes",
      "60 minutes",
      "90 minutes",
    ]);
  });
});
