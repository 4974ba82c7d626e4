// What plays, and the orders one can give it. The program owns the state; this mirrors its events and, between
// two of them, lets time pass on its own clock.
import type { AppEvent, Backend, DjMode, PlayerCommand, PlayerState, RepeatMode } from "../ipc/backend";
import type { TrackRow, WaveformRow } from "../ipc/backend";
import { SILENT } from "../ipc/silence";
import { latest } from "./latest";
import type { Notices } from "./notices.svelte";
import { t } from "../words";

const NEXT_REPEAT: Record<RepeatMode, RepeatMode> = { off: "all", all: "one", one: "off" };

export class Player {
  state = $state.raw<PlayerState>(SILENT);
  position_s = $state(0);
  /** The waveform of what plays; `null` while it is unknown. */
  waveform = $state.raw<WaveformRow | null>(null);
  #waveformOf: number | null = null;
  #told = { position_s: 0, at_ms: 0 };
  #volumeBeforeMute = 0.7;
  #sendVolume: (volume: number) => Promise<void>;

  constructor(
    private backend: Backend,
    private notices: Notices,
    private now_ms: () => number,
  ) {
    this.#sendVolume = latest((volume) => this.do({ do: "volume", volume }));
  }

  get track(): TrackRow | null {
    return this.state.current?.track ?? null;
  }

  get playing(): boolean {
    return this.state.status === "playing";
  }

  async start(): Promise<void> {
    try {
      this.hear({ event: "player", state: await this.backend.player() });
    } catch (error) {
      this.notices.error(t("failed.reachPlayer"), error);
    }
  }

  hear(event: AppEvent): void {
    if (event.event === "player") {
      const failed = event.state.output_error;
      if (failed && JSON.stringify(failed) !== JSON.stringify(this.state.output_error)) {
        this.notices.error(t("failed.noSound"), {
          code: "no-device",
          problem: { is: "output", error: failed },
        });
      }
      this.state = event.state;
      this.#set(event.state.position_s);
      void this.#readWaveform();
    } else if (event.event === "position" && event.entry === this.state.current?.entry) {
      this.#set(event.position_s);
    }
  }

  /** The library changed: perhaps what plays was measured. */
  heardLibrary(): void {
    if (this.#waveformOf !== null && this.waveform === null) void this.#ask(this.#waveformOf);
  }

  /** Time passed: called a few times a second by the window while it can be seen. */
  tick(): void {
    if (!this.playing) return;
    const since_s = (this.now_ms() - this.#told.at_ms) / 1000;
    this.position_s = Math.min(this.#told.position_s + since_s, this.state.duration_s);
  }

  redo = () => this.do({ do: "redo" });
  toggle = () => this.do({ do: "toggle" });
  next = () => this.do({ do: "next" });
  previous = () => this.do({ do: "previous" });
  cycleRepeat = () => this.do({ do: "repeat", mode: NEXT_REPEAT[this.state.repeat] });
  setDj = (mode: DjMode | null) => this.do({ do: "dj", mode });
  setGuest = (on: boolean) => this.do({ do: "guest", on });
  toggleShuffle = () => this.do({ do: "shuffle", on: !this.state.shuffle });

  seek(position_s: number): Promise<void> {
    if (!this.state.current) return Promise.resolve();
    const target = Math.min(Math.max(0, position_s), this.state.duration_s);
    this.#set(target);
    return this.do({ do: "seek", position_s: target });
  }

  setVolume(volume: number): Promise<void> {
    const target = Math.min(1, Math.max(0, volume));
    this.state = { ...this.state, volume: target };
    return this.#sendVolume(target);
  }

  toggleMute(): Promise<void> {
    if (this.state.volume > 0) {
      this.#volumeBeforeMute = this.state.volume;
      return this.setVolume(0);
    }
    return this.setVolume(this.#volumeBeforeMute);
  }

  async do(command: PlayerCommand): Promise<void> {
    await this.notices.attempt(t("failed.player"), () => this.backend.command(command));
  }

  #readWaveform(): Promise<void> {
    const id = this.track?.id ?? null;
    if (id === this.#waveformOf) return Promise.resolve();
    this.#waveformOf = id;
    this.waveform = null;
    return id === null ? Promise.resolve() : this.#ask(id);
  }

  async #ask(id: number): Promise<void> {
    try {
      const waveform = await this.backend.waveform(id);
      if (id === this.#waveformOf) this.waveform = waveform;
    } catch {
      // A seek bar without a waveform still seeks; the library's own errors are told elsewhere.
    }
  }

  #set(position_s: number): void {
    this.#told = { position_s, at_ms: this.now_ms() };
    this.position_s = position_s;
  }
}
