// How things sound: what the listener set, as the program keeps it.
import type { Backend, LoudnessSettings, SoundPage } from "../ipc/backend";
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
      this.page = { ...page, loudness };
    });
  }
}
