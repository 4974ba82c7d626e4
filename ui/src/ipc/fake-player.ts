// The fake twin's player: a queue in playing order, a clock that may be told the time, a guest DJ, and no sound.
import type { DjMode, PickRow, PlayerCommand, PlayerState, PlayerStatus, QueueEdit } from "./types";
import type { QueuePage, QueueRow, QueueSource, ReasonRow, Station, TrackRow } from "./types";
import { signalOf } from "./fake-signal";
import { SILENT } from "./silence";

export type Ears = {
  changed: () => void;
  /** A song was left, for another or for silence. */
  left: (row: QueueRow, guest: boolean) => void;
  /** What a station plays after what stands in the queue. */
  refill: (station: Station, heard: QueueRow[]) => PickRow[];
  /** What the guest DJ puts between two songs. */
  thread: (mode: DjMode, before: TrackRow, after: TrackRow | null) => PickRow | null;
};

/** The queue on the other side of an edit, and where its current song was. */
type Step = {
  edit: QueueEdit;
  rows: QueueRow[];
  at: number | null;
  station: Station | null;
  status: PlayerStatus;
  position_s: number;
};

/** So many of the songs to come get a threaded one after them. */
const THREADED = 12;

export class FakePlayer {
  rows: QueueRow[] = [];
  at: number | null = null;
  state: PlayerState = { ...SILENT, volume: 0.7, queue_revision: 1 };
  #entry = 1;
  #edits = 0;
  #done: Step[] = [];
  #undone: Step[] = [];

  constructor(private ears: Ears) {}

  row(track: TrackRow, source: QueueSource, reasons: ReasonRow[] = []): QueueRow {
    return { entry: this.#entry++, track, source, reasons };
  }

  play(rows: QueueRow[], start: number, station: Station | null = null, shuffle = false): void {
    const index = Math.min(start, rows.length - 1);
    this.#edit(this.rows.length > 0 ? "replaced" : "added", this.rows.length || rows.length);
    this.rows = rows;
    this.state.station = station;
    this.state.shuffle = shuffle;
    this.#thread(index);
    this.#touch();
    this.#go(rows.length > 0 ? index : null);
  }

  insert(rows: QueueRow[], at: "next" | "last"): void {
    this.#edit("added", rows.length);
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
    const { stretch, sleeps_in_s, stop_after } = this.state;
    if (sleeps_in_s !== null) {
      const left_s = Math.max(0, sleeps_in_s - seconds);
      this.state = { ...this.state, sleeps_in_s: left_s > 0 ? left_s : null };
      if (left_s === 0) this.do({ do: "pause" });
    }
    if (stretch && this.state.position_s >= stretch.to_s) {
      this.do({ do: "seek", position_s: stretch.from_s });
    } else if (this.state.position_s >= this.state.duration_s) {
      this.do({ do: "next" });
      if (stop_after === "song") this.#tell({ status: "stopped", stop_after: null });
    }
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
      case "stop-after":
        return this.#tell({ stop_after: this.at === null ? null : command.what });
      case "sleep":
        return this.#tell({ sleeps_in_s: command.minutes === null ? null : 60 * command.minutes });
      case "loop":
        return this.#tell({ stretch: this.at === null ? null : command.stretch });
      case "jump":
        return this.#go(found < 0 ? this.at : found);
      case "remove":
        if (found < 0) return;
        this.#edit("removed", 1);
        this.rows.splice(found, 1);
        this.#touch();
        if (found === this.at) return this.#go(found < this.rows.length ? found : null);
        if (this.at !== null && found < this.at) this.at--;
        return this.#tell();
      case "move": {
        if (found < 0) return;
        this.#edit("moved", 1);
        const playing = this.at === null ? undefined : this.rows[this.at];
        const [row] = this.rows.splice(found, 1);
        this.rows.splice(command.index, 0, row!);
        if (playing) this.at = this.rows.indexOf(playing);
        return this.#tellTouched();
      }
      case "clear":
        this.#edit("cleared", this.rows.length);
        this.rows = [];
        this.state.station = null;
        this.#touch();
        return this.#go(null);
      case "undo":
        return this.#stepTo(this.#done, this.#undone);
      case "redo":
        return this.#stepTo(this.#undone, this.#done);
      case "dj":
        this.state.dj = command.mode;
        this.#thread(this.at ?? 0);
        return this.#tellTouched();
      case "guest":
        return this.#tell({ guest: command.on });
    }
  }

  /** Keeps the queue as it is before an edit. */
  #edit(kind: QueueEdit["kind"], songs: number): void {
    if (songs === 0) return;
    this.#done.push(this.#step({ number: ++this.#edits, kind, songs }));
    this.#undone = [];
  }

  #step(edit: QueueEdit): Step {
    const { station, status, position_s } = this.state;
    return { edit, rows: [...this.rows], at: this.at, station, status, position_s };
  }

  /** To the other side of an edit: what plays plays on, unless the edit took out what played there. */
  #stepTo(from: Step[], to: Step[]): void {
    const step = from.pop();
    if (!step) return;
    to.push(this.#step(step.edit));
    const { current, guest } = this.state;
    const was = step.at === null ? undefined : step.rows[step.at];
    const tookOut = was !== undefined && !this.rows.some((row) => row.entry === was.entry);
    const place = tookOut ? -1 : step.rows.findIndex((row) => row.entry === current?.entry);
    this.rows = step.rows;
    this.state.station = step.station;
    this.#touch();
    if (place >= 0) {
      this.at = place;
      return this.#tell();
    }
    if (current) this.ears.left(current, guest);
    this.at = step.at;
    const back = was ?? null;
    const status = this.state.status === "paused" ? "paused" : step.status;
    this.#tell({
      current: back,
      status,
      position_s: step.position_s,
      duration_s: back?.track.duration_s ?? 0,
    });
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
    const track = ("current" in change ? change.current : this.state.current)?.track;
    const signal = track ? signalOf(track) : null;
    const [undo, redo] = [this.#done, this.#undone].map((steps) => steps.at(-1)?.edit ?? null);
    this.state = { ...this.state, ...change, signal, undo: undo!, redo: redo! };
    this.ears.changed();
  }
}
