// Where the sound goes: the cards that there are, and what the listener chose, as the program keeps it.
import type { Backend, OutputPage, OutputSettings } from "../ipc/backend";
import type { Notices } from "./notices.svelte";
import { t } from "../words";

export class Output {
  page = $state.raw<OutputPage | null>(null);

  constructor(
    private backend: Backend,
    private notices: Notices,
  ) {}

  async ask(): Promise<void> {
    await this.notices.attempt(t("failed.readOutputs"), async () => {
      this.page = await this.backend.outputs();
    });
  }

  async set(change: Partial<OutputSettings>): Promise<void> {
    const page = this.page;
    if (!page) return;
    await this.notices.attempt(t("failed.save"), async () => {
      this.page = await this.backend.setOutput({ ...page.settings, ...change });
    });
  }
}
