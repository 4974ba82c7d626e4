// A station before and while it runs: its seeds, its dial, a taste of what it would play.
import type { Backend, PickRow, Station, TrackRow } from "../ipc/backend";
import { artistsOf } from "./format";
import { latest } from "./latest";
import type { Notices } from "./notices.svelte";
import type { Player } from "./player.svelte";

const SEEDS_MAX = 5;
const PREVIEW = 8;

/** What the dial says at `discovery` (0 familiar .. 1 new). */
export function dialWords(discovery: number): string {
  if (discovery < 0.15) return "What you know and love";
  if (discovery < 0.4) return "Mostly what you know";
  if (discovery <= 0.6) return "An even mix";
  if (discovery <= 0.85) return "Mostly new to you";
  return "New to you";
}

/** A station by the name of its seeds. */
export function stationName(station: Station): string {
  const [first, second] = station.seeds;
  if (!first) return "Radio";
  if (!second) return first.title;
  const artists = [...new Set(station.seeds.map(artistsOf))];
  if (artists.length === 1) return artists[0]!;
  return `${first.title} and ${station.seeds.length - 1} more`;
}

/** At most `most` of `ids`, from all along them: an album gives a few songs to start from, not all of itself. */
export function spread(ids: number[], most = SEEDS_MAX): number[] {
  if (ids.length <= most) return ids;
  return Array.from({ length: most }, (_, i) => ids[Math.floor((i * ids.length) / most)]!);
}

export class Radio {
  /** Chosen for the station to come. */
  seeds = $state.raw<TrackRow[]>([]);
  discovery = $state(0.5);
  preview = $state.raw<PickRow[]>([]);
  previewing = $state(false);
  /** Songs to start from, offered where nothing is chosen. */
  ideas = $state.raw<TrackRow[]>([]);
  #asked = 0;
  #sendTune: (discovery: number) => Promise<void>;

  constructor(
    private backend: Backend,
    private notices: Notices,
    private player: Player,
  ) {
    this.#sendTune = latest((discovery) =>
      this.#try("Could not tune the station", () => backend.tune(discovery)),
    );
  }

  get station(): Station | null {
    return this.player.state.station;
  }

  /** A station from these songs, at once. */
  start(ids: number[], discovery: number | null = null): Promise<void> {
    return this.#try("Could not start the radio", () => this.backend.startRadio(spread(ids), discovery));
  }

  stop(): Promise<void> {
    return this.#try("Could not end the radio", () => this.backend.stopRadio());
  }

  tune(discovery: number): Promise<void> {
    return this.#sendTune(discovery);
  }

  toggleSeed(track: TrackRow): void {
    const without = this.seeds.filter((seed) => seed.id !== track.id);
    this.seeds = without.length < this.seeds.length ? without : [...this.seeds, track].slice(-SEEDS_MAX);
    void this.audition();
  }

  setDiscovery(discovery: number): void {
    this.discovery = discovery;
    void this.audition();
  }

  /** Asks what the chosen seeds would play; an answer overtaken by another question is dropped. */
  async audition(): Promise<void> {
    const asked = ++this.#asked;
    if (this.seeds.length === 0) {
      this.preview = [];
      return;
    }
    this.previewing = true;
    try {
      const ids = this.seeds.map((seed) => seed.id);
      const picks = await this.backend.radio(ids, this.discovery, PREVIEW);
      if (asked === this.#asked) this.preview = picks;
    } catch (error) {
      if (asked === this.#asked) this.notices.error("Could not ask for a station", error);
    } finally {
      if (asked === this.#asked) this.previewing = false;
    }
  }

  /** Looks for songs to start from: what was played most, else what was added last. */
  async think(): Promise<void> {
    try {
      const query = { text: "", album: null, descending: true } as const;
      const played = await this.backend.songs({ ...query, sort: "plays" }, 0, 40);
      const loved = played.rows.filter((row) => row.plays > 0);
      const rows =
        loved.length >= 6 ? loved : (await this.backend.songs({ ...query, sort: "added" }, 0, 40)).rows;
      const artists = new Set<string>();
      const unlike = rows.filter((row) => !artists.has(artistsOf(row)) && artists.add(artistsOf(row)));
      this.ideas = unlike.slice(0, 12);
    } catch (error) {
      this.notices.error("Could not look for songs to start from", error);
    }
  }

  async startChosen(): Promise<void> {
    await this.start(
      this.seeds.map((seed) => seed.id),
      this.discovery,
    );
    this.seeds = [];
    this.preview = [];
  }

  async #try(attempt: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.notices.error(attempt, error);
    }
  }
}
