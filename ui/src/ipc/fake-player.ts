// The fake twin's player: a queue in playing order, a clock that may be told the time, a guest DJ, and no sound.
import type { DjMode, PickRow, PlayerCommand, PlayerState, QueuePage, QueueRow } from "./types";
import type { ReasonRow, Station, TrackRow } from "./types";

export type Ears = {
  changed: () => void;
  /** A song was left, for another or for silence. */
  left: (row: QueueRow, guest: boolean) => void;
  /** What a station plays after what stands in the queue. */
  refill: (station: Station, heard: QueueRow[]) => PickRow[];
  /** What the guest DJ puts between two songs. */
  thread: (mode: DjMode, before: TrackRow, after: TrackRow | null) => PickRow | null;
};

/** So many of the songs to come get a threaded one after them. */
const THREADED = 12;

export class FakePlayer {
  rows: QueueRow[] = [];
  at: number | null = null;
  state: PlayerState = {
    status: "stopped",
    current: null,
    position_s: 0,
    duration_s: 0,
    volume: 0.7,
    repeat: "off",
    shuffle: false,
    station: null,
    dj: null,
    guest: false,
    queue_revision: 1,
    output_error: null,
  };
  #entry = 1;

  constructor(private ears: Ears) {}

  row(track: TrackRow, source: string, reasons: ReasonRow[] = []): QueueRow {
    return { entry: this.#entry++, track, source, reasons };
  }

  play(rows: QueueRow[], index: number, station: Station | null = null): void {
    this.rows = rows;
    this.state.station = station;
    this.#thread(index);
    this.#touch();
    this.#go(rows.length > 0 ? index : null);
  }

  insert(rows: QueueRow[], at: "next" | "last"): void {
    this.rows.splice(at === "next" ? (this.at ?? -1) + 1 : this.rows.length, 0, ...rows);
    this.#thread(this.at ?? 0);
    this.#tellTouched();
  }

  tune(station: Station | null): void {
    this.state.station = station;
    if (station) this.rows = this.rows.slice(0, (this.at ?? -1) + 1);
    this.#fill();
    this.#tellTouched();
  }

  page(offset: number, limit: number): QueuePage {
    return {
      total: this.rows.length,
      offset,
      current: this.at,
      rows: this.rows.slice(offset, offset + limit),
    };
  }

  /** `seconds` went by. */
  pass(seconds: number): { entry: number; position_s: number } | null {
    const { current } = this.state;
    if (this.state.status !== "playing" || !current) return null;
    this.state = { ...this.state, position_s: this.state.position_s + seconds };
    if (this.state.position_s >= this.state.duration_s) this.do({ do: "next" });
    return { entry: current.entry, position_s: this.state.position_s };
  }

  do(command: PlayerCommand): void {
    const found = "entry" in command ? this.rows.findIndex((row) => row.entry === command.entry) : -1;
    switch (command.do) {
      case "toggle":
        return this.do({ do: this.state.status === "playing" ? "pause" : "play" });
      case "play":
        if (this.at === null) return this.#go(this.rows.length > 0 ? 0 : null);
        return this.#tell({ status: "playing" });
      case "pause":
        return this.#tell({ status: "paused" });
      case "next":
        return this.#go(this.at === null || this.at + 1 >= this.rows.length ? null : this.at + 1);
      case "previous":
        return this.state.position_s > 3
          ? this.#tell({ position_s: 0 })
          : this.#go(Math.max(0, (this.at ?? 0) - 1));
      case "seek":
        return this.#tell({ position_s: command.position_s });
      case "volume":
        return this.#tell({ volume: command.volume });
      case "repeat":
        return this.#tell({ repeat: command.mode });
      case "shuffle":
        return this.#tell({ shuffle: command.on });
      case "jump":
        return this.#go(found < 0 ? this.at : found);
      case "remove":
        if (found < 0) return;
        this.rows.splice(found, 1);
        if (this.at !== null && found < this.at) this.at--;
        return this.#tellTouched();
      case "move": {
        if (found < 0) return;
        const playing = this.at === null ? undefined : this.rows[this.at];
        const [row] = this.rows.splice(found, 1);
        this.rows.splice(command.index, 0, row!);
        if (playing) this.at = this.rows.indexOf(playing);
        return this.#tellTouched();
      }
      case "clear":
        this.rows = this.at === null ? [] : this.rows.slice(this.at, this.at + 1);
        this.at = this.rows.length > 0 ? 0 : null;
        this.state.station = null;
        return this.#tellTouched();
      case "dj":
        this.state.dj = command.mode;
        this.#thread(this.at ?? 0);
        return this.#tellTouched();
      case "guest":
        return this.#tell({ guest: command.on });
    }
  }

  #go(index: number | null): void {
    if (this.state.current) this.ears.left(this.state.current, this.state.guest);
    this.at = index;
    const current = index === null ? null : (this.rows[index] ?? null);
    this.#fill();
    const status = current ? "playing" : "stopped";
    this.#tell({ current, status, position_s: 0, duration_s: current?.track.duration_s ?? 0 });
  }

  /** A station never runs dry. */
  #fill(): void {
    const { station } = this.state;
    if (!station || this.rows.length - (this.at ?? 0) > 12) return;
    const picks = this.ears.refill(station, this.rows);
    this.rows.push(...picks.map(({ track, reasons }) => this.row(track, "radio", reasons)));
    this.#touch();
  }

  /** Takes out what was threaded in after `at`, and threads anew if the guest DJ is there. */
  #thread(at: number): void {
    const { dj, station } = this.state;
    const own = this.rows.filter((row, place) => place <= at || row.source !== "dj");
    this.rows = own.flatMap((row, place) => {
      const wanted = dj !== null && station === null && place >= at && place < at + THREADED;
      const pick = wanted ? this.ears.thread(dj, row.track, own[place + 1]?.track ?? null) : null;
      return pick ? [row, this.row(pick.track, "dj", pick.reasons)] : [row];
    });
  }

  #touch(): void {
    this.state = { ...this.state, queue_revision: this.state.queue_revision + 1 };
  }

  #tellTouched(): void {
    this.#touch();
    this.#tell();
  }

  #tell(change: Partial<PlayerState> = {}): void {
    this.state = { ...this.state, ...change };
    this.ears.changed();
  }
}
