// How things sound: what the listener set, as the program keeps it.
import type { Backend, Crossfade, EqualizerChange, LoudnessSettings, SoundPage } from "../ipc/backend";
import type { Notices } from "./notices.svelte";
import { t } from "../words";

export class Sound {
  page = $state.raw<SoundPage | null>(null);

  constructor(
    private backend: Backend,
    private notices: Notices,
  ) {}

  async ask(): Promise<void> {
    await this.notices.attempt(t("failed.readSettings"), async () => {
      this.page = await this.backend.sound();
    });
  }

  async setLoudness(change: Partial<LoudnessSettings>): Promise<void> {
    const page = this.page;
    if (!page) return;
    await this.notices.attempt(t("failed.save"), async () => {
      const loudness = await this.backend.setLoudness({ ...page.loudness, ...change });
      if (this.page) this.page = { ...this.page, loudness };
    });
  }

  async setCrossfade(wanted: Crossfade): Promise<void> {
    await this.notices.attempt(t("failed.save"), async () => {
      const crossfade = await this.backend.setCrossfade(wanted);
      if (this.page) this.page = { ...this.page, crossfade };
    });
  }

  async setEqualizer(change: EqualizerChange): Promise<void> {
    await this.notices.attempt(t("failed.save"), async () => {
      const equalizer = await this.backend.setEqualizer(change);
      if (this.page) this.page = { ...this.page, equalizer };
    });
  }

  /** The gain of one band, of the curve as it stands. */
  async setBand(band: number, gain_db: number): Promise<void> {
    const equalizer = this.page?.equalizer.equalizer;
    if (!equalizer) return;
    const bands = equalizer.bands.map((old, place) => (place === band ? { ...old, gain_db } : old));
    await this.setEqualizer({ set: "curve", equalizer: { ...equalizer, bands } });
  }

  async setPreamp(preamp_db: number): Promise<void> {
    const equalizer = this.page?.equalizer.equalizer;
    if (equalizer) await this.setEqualizer({ set: "curve", equalizer: { ...equalizer, preamp_db } });
  }

  async importEqualizer(): Promise<void> {
    await this.notices.attempt(t("failed.readEqualizer"), async () => {
      const equalizer = await this.backend.importEqualizer(t("equalizer.importTitle"));
      if (equalizer && this.page) this.page = { ...this.page, equalizer };
    });
  }
}
