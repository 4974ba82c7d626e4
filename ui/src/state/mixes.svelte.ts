// The mixes that can be had now, in groups as they are shown, and the one whose page is in front.
import type { Backend, MixFound, MixRow } from "../ipc/backend";
import { LatestQuery } from "./latestquery.svelte";
import { pickRef } from "./format";
import type { Notices } from "./notices.svelte";
import { t } from "../words";
import { mixTitle } from "../words/names";

/** Songs in a mix. */
export const MIX_SONGS = 50;

const GROUPS: [name: string, kinds: string[]][] = [
  [t("mixes.groups.forYou"), ["for-you", "discover", "rediscover", "on-repeat", "deep-cuts"]],
  [t("mixes.groups.daily"), ["daily"]],
  [t("mixes.groups.moods"), ["mood"]],
  [t("mixes.groups.decades"), ["decade"]],
  [t("mixes.groups.library"), ["time-travel", "on-this-day", "random-album"]],
];

export type MixGroup = { name: string; mixes: MixRow[] };

/** In the order given within each group; kinds of a newer program stand at the end. */
export function grouped(mixes: MixRow[]): MixGroup[] {
  const known = GROUPS.flatMap(([, kinds]) => kinds);
  const groups = GROUPS.map(([name, kinds]) => ({
    name,
    mixes: mixes.filter(({ kind }) => kinds.includes(kind)),
  }));
  const rest = { name: t("mixes.groups.more"), mixes: mixes.filter(({ kind }) => !known.includes(kind)) };
  return [...groups, rest].filter((group) => group.mixes.length > 0);
}

export class Mixes {
  list: LatestQuery<MixRow[]>;
  found: LatestQuery<MixFound>;
  /** Kept here so that the page is found where it was left. */
  scrollTop = 0;

  constructor(
    private backend: Backend,
    private notices: Notices,
  ) {
    this.list = new LatestQuery((error) => notices.error(t("failed.listMixes"), error));
    this.found = new LatestQuery((error) => notices.error(t("failed.makeMix"), error));
  }

  ask(): Promise<void> {
    return this.list.ask(() => this.backend.mixes());
  }

  open(id: string): Promise<void> {
    if (this.found.value?.mix.id !== id) this.found.clear();
    return this.found.ask(() => this.backend.mix(id, MIX_SONGS));
  }

  /** What the list knows of a mix before its songs are there. */
  row(id: string): MixRow | null {
    const { value } = this.found;
    if (value?.mix.id === id) return value.mix;
    return this.list.value?.find((mix) => mix.id === id) ?? null;
  }

  play(mix: MixRow): Promise<boolean> {
    return this.notices.attempt(t("failed.playNamed", { name: mixTitle(mix.title) }), () =>
      this.backend.playMix(mix.id, MIX_SONGS),
    );
  }

  /** Plays the mix in front as it stands there, from the song at `index` on. */
  async playFrom(index: number): Promise<void> {
    const { value } = this.found;
    if (value === null) return;
    await this.notices.attempt(t("failed.playNamed", { name: mixTitle(value.mix.title) }), () =>
      this.backend.playPicks(
        { of: "mix", id: value.mix.id, count: value.tracks.length },
        value.tracks.map(pickRef),
        index,
      ),
    );
  }
}
