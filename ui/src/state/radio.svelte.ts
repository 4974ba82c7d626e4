// A station before and while it runs: what it is to be like and unlike, its dial, a hearing of what it would play.
import type {
  Backend,
  Facet,
  PickRow,
  SeedRef,
  SeedRow,
  Station,
  StationRequest,
  TrackRow,
} from "../ipc/backend";
import type { WishRow } from "../ipc/backend";
import { LatestQuery } from "./latestquery.svelte";
import { artistsOf } from "./format";
import { latest } from "./latest";
import type { Notices } from "./notices.svelte";
import type { Player } from "./player.svelte";
import { seedKey, SeedSearch } from "./seeds.svelte";
import { t } from "../words";

const SEEDS_MAX = 5;
const PREVIEW = 8;
const IDEAS = 12;
const NAMES = 15;

export type MoreLess = "more" | "less";
export const opposite: Record<MoreLess, MoreLess> = { more: "less", less: "more" };

/** What the dial says at `discovery` (0 familiar .. 1 new). */
export function dialWords(discovery: number): string {
  if (discovery < 0.15) return t("radio.dial.known");
  if (discovery < 0.4) return t("radio.dial.mostlyKnown");
  if (discovery <= 0.6) return t("radio.dial.even");
  if (discovery <= 0.85) return t("radio.dial.mostlyNew");
  return t("radio.dial.allNew");
}

/** At most `most` of `ids`, from all along them: many songs give a few to start from, not all of themselves. */
export function spread(ids: number[], most = SEEDS_MAX): number[] {
  if (ids.length <= most) return ids;
  return Array.from({ length: most }, (_, i) => ids[Math.floor((i * ids.length) / most)]!);
}

/** A station from some seeds, the dial in the middle; nearer to them by one side of music, if any. */
export function stationFrom(seeds: SeedRef[], more: Facet | null = null): StationRequest {
  return { seeds, less: [], discovery: null, more };
}

/** What the radio page shows: the station on air, one to be made, a way from song to song. */
export type RadioView = "air" | "new" | "path";

export class Radio {
  /** As chosen; without a station nothing is on air. */
  #view = $state<RadioView>("air");
  /** What the station to come should be like, and unlike. */
  seeds = $state.raw<Record<MoreLess, SeedRow[]>>({ more: [], less: [] });
  discovery = $state(0.5);
  /** By which side of music it is to be nearer to its seeds, taken over from the station on air. */
  facet = $state<Facet | null>(null);
  preview: LatestQuery<PickRow[]>;
  search: SeedSearch;
  /** Where nothing is chosen: songs to start from, and names. */
  ideas = $state.raw<TrackRow[]>([]);
  names = $state.raw<SeedRow[]>([]);
  /** How the wishes among the seeds were understood, by their words. */
  wishes = $state.raw<Record<string, WishRow>>({});
  #sendTune: (discovery: number) => Promise<void>;

  constructor(
    private backend: Backend,
    private notices: Notices,
    private player: Player,
  ) {
    this.preview = new LatestQuery((error) => notices.error(t("failed.station"), error));
    this.search = new SeedSearch(backend, notices, "anything");
    this.#sendTune = latest(async (discovery) => {
      await notices.attempt(t("failed.tune"), () => backend.tune(discovery));
    });
  }

  get station(): Station | null {
    return this.player.state.station;
  }

  get view(): RadioView {
    return this.#view === "air" && this.station === null ? "new" : this.#view;
  }

  show = (view: RadioView): void => {
    this.#view = view;
  };

  /** The station that the sides and the dial ask for. */
  get request(): StationRequest {
    const refs = (side: MoreLess) => this.seeds[side].map((row) => row.seed);
    return { seeds: refs("more"), less: refs("less"), discovery: this.discovery, more: this.facet };
  }

  get chosen(): boolean {
    return this.seeds.more.length + this.seeds.less.length > 0;
  }

  start(request: StationRequest): Promise<boolean> {
    return this.notices.attempt(t("failed.startRadio"), async () => {
      await this.backend.startRadio(request);
      this.#view = "air";
    });
  }

  stop(): Promise<boolean> {
    return this.notices.attempt(t("failed.stopRadio"), () => this.backend.stopRadio());
  }

  tune(discovery: number): Promise<void> {
    return this.#sendTune(discovery);
  }

  /** Puts a seed on a side; it leaves the other. */
  put(row: SeedRow, side: MoreLess): void {
    const without = this.#without(row);
    const full = [...without[side], row];
    if (full.length > SEEDS_MAX) {
      this.notices.info(t("done.seedsFull", { count: SEEDS_MAX }));
      return;
    }
    this.#weigh({ ...without, [side]: full });
    if (row.seed.of === "words") void this.#understand(row.seed.text);
  }

  drop(row: SeedRow): void {
    this.#weigh(this.#without(row));
  }

  /** Words a wish otherwise, where it stands; without words it is dropped. */
  async reword(row: SeedRow, text: string): Promise<void> {
    if (text.trim() === "") return this.drop(row);
    await this.notices.attempt(t("failed.understand"), async () => {
      const [worded] = await this.backend.seeds([{ of: "words", text }]);
      const side = this.sideOf(row);
      if (side === null) return;
      if (!worded || this.sideOf(worded) !== null) return this.drop(row);
      const place = (held: SeedRow) => (seedKey(held.seed) === seedKey(row.seed) ? worded : held);
      this.#weigh({ ...this.seeds, [side]: this.seeds[side].map(place) });
      await this.#understand(text);
    });
  }

  /** The side that a seed lies on. */
  sideOf(row: SeedRow): MoreLess | null {
    const on = (side: MoreLess) => this.seeds[side].some((held) => seedKey(held.seed) === seedKey(row.seed));
    return on("more") ? "more" : on("less") ? "less" : null;
  }

  /** The sides as those of the station on air, to be changed. */
  take(station: Station): void {
    this.#view = "new";
    this.discovery = station.discovery;
    this.facet = station.more;
    this.#weigh({ more: station.seeds, less: station.less });
    for (const { seed } of [...station.seeds, ...station.less])
      if (seed.of === "words") void this.#understand(seed.text);
  }

  setDiscovery(discovery: number): void {
    this.discovery = discovery;
    void this.audition();
  }

  /** Asks what the sides would play. */
  async audition(): Promise<void> {
    if (!this.chosen) return this.preview.clear();
    await this.preview.ask(() => this.backend.radio(this.request, PREVIEW));
  }

  /** Looks for what to start from: what was played most, else what was added last; and names that are common. */
  async think(): Promise<void> {
    await this.notices.attempt(t("failed.ideas"), async () => {
      const query = { text: "", album: null, descending: true } as const;
      const played = await this.backend.songs({ ...query, sort: "plays" }, 0, 40);
      const loved = played.rows.filter((row) => row.plays > 0);
      const rows =
        loved.length >= 6 ? loved : (await this.backend.songs({ ...query, sort: "added" }, 0, 40)).rows;
      // eslint-disable-next-line svelte/prefer-svelte-reactivity -- it lives as long as this call
      const artists = new Set<string>();
      const unlike = rows.filter((row) => !artists.has(artistsOf(row)) && artists.add(artistsOf(row)));
      this.ideas = unlike.slice(0, IDEAS);
      this.names = await this.backend.findSeeds("", NAMES);
    });
  }

  async startChosen(): Promise<void> {
    if (!(await this.start(this.request))) return;
    this.facet = null;
    this.#weigh({ more: [], less: [] });
  }

  #weigh(seeds: Record<MoreLess, SeedRow[]>): void {
    this.seeds = seeds;
    void this.audition();
  }

  #without(row: SeedRow): Record<MoreLess, SeedRow[]> {
    const rest = (side: MoreLess) =>
      this.seeds[side].filter((held) => seedKey(held.seed) !== seedKey(row.seed));
    return { more: rest("more"), less: rest("less") };
  }

  async #understand(text: string): Promise<void> {
    await this.notices.attempt(t("failed.understand"), async () => {
      this.wishes = { ...this.wishes, [text]: await this.backend.understand(text) };
    });
  }
}
