// The fake twin's sound cards: what is chosen is kept, and heard by nobody.
import type { Backend, OutputPage, OutputSettings } from "./backend";
import type { World } from "./fake-world";

type Calls = Pick<Backend, "outputs" | "setOutput">;

const CARDS = [
  { id: "fake:built-in", name: "Built-in Audio" },
  { id: "fake:usb", name: "USB Headphones" },
  { id: "fake:hdmi", name: "HDMI / DisplayPort" },
];

export function fakeOutput({ answer }: World): Calls {
  let settings: OutputSettings = { device: null, when_lost: "pause", match_rate: false };
  const page = (): OutputPage => {
    const chosen = settings.device?.id ?? null;
    return {
      devices: CARDS.map(({ id, name }, place) => ({
        id,
        name,
        is_default: place === 0,
        chosen: id === chosen,
      })),
      settings,
      in_use: (CARDS.find(({ id }) => id === chosen) ?? CARDS[0]!).name,
      rate_hz: 48_000,
    };
  };
  return {
    outputs: () => answer("outputs", page),
    setOutput: (chosen) =>
      answer("setOutput", () => {
        const { device, when_lost, match_rate } = chosen;
        settings = { device, when_lost, match_rate };
        return page();
      }),
  };
}
