// For how long it plays on by itself, as a menu: to the end of the song or its album, until one falls asleep, round a stretch.
import type { MenuItem } from "../elements/menu";
import type { Player } from "./player.svelte";
import { clock } from "./format";
import { t } from "../words";

const SLEEP_MIN = [15, 30, 45, 60, 90];

/** The menu beside the volume. `began` is where a stretch was begun, for `begin` to keep. */
export function untilMenu(
  player: Player,
  began: number | null,
  begin: (at_s: number | null) => void,
): MenuItem[] {
  const { stop_after, sleeps_in_s, stretch, current } = player.state;
  const idle = current === null;
  const stop = (what: "song" | "album") => () =>
    void player.do({ do: "stop-after", what: stop_after === what ? null : what });
  const sleep = (minutes: number | null) => void player.do({ do: "sleep", minutes });
  const here_s = player.position_s;
  const end = (from_s: number) => () => {
    begin(null);
    void player.do({ do: "loop", stretch: { from_s, to_s: here_s } });
  };
  const round: MenuItem = stretch
    ? {
        label: t("until.endLoop"),
        detail: t("until.stretch", { from: clock(stretch.from_s), to: clock(stretch.to_s) }),
        icon: "repeat",
        checked: true,
        act: () => void player.do({ do: "loop", stretch: null }),
      }
    : began !== null && began < here_s
      ? { label: t("until.loopTo", { from: clock(began) }), icon: "repeat", act: end(began) }
      : { label: t("until.loopFrom"), icon: "repeat", disabled: idle, act: () => begin(here_s) };
  return [
    {
      label: t("until.stopAfterSong"),
      icon: "stop",
      disabled: idle,
      checked: stop_after === "song",
      act: stop("song"),
    },
    {
      label: t("until.stopAfterAlbum"),
      icon: "album",
      disabled: idle || current.track.album === null,
      checked: stop_after === "album",
      act: stop("album"),
    },
    {
      label: t("until.sleep"),
      icon: "clock",
      items: [
        ...SLEEP_MIN.map((minutes) => ({
          label: t("until.minutes", { count: minutes }),
          act: () => sleep(minutes),
        })),
        "line" as const,
        { label: t("until.noSleep"), disabled: sleeps_in_s === null, act: () => sleep(null) },
      ],
    },
    "line",
    round,
  ];
}
