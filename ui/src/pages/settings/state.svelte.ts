import { app } from '../../app.svelte';
import * as api from '../../lib/api';
import type { Round, Settings, SettingsPage } from '../../lib/api';

/** The learner's choices; each is kept as soon as it is made. */
export class SettingsState {
  page = $state.raw<SettingsPage | null>(null);
  error = $state.raw<api.ApiError | null>(null);
  /** Which part was just kept, so that it can say so. */
  saved = $state<string | null>(null);
  exported = $state<string | null>(null);
  #quiet: ReturnType<typeof setTimeout> | undefined;

  async load(): Promise<void> {
    await this.#try(async () => {
      this.page = await api.settingsShow();
    });
  }

  async save(part: keyof Settings, change: Partial<Settings>): Promise<void> {
    await this.#try(async () => {
      await app.saveSettings({ ...app.settings, ...change });
      this.#say(part);
    });
  }

  /** Whether the rounds were kept. */
  async saveRounds(rounds: Round[]): Promise<boolean> {
    return this.#try(async () => {
      await app.saveRounds(rounds);
      this.#say('rounds');
    });
  }

  async export(): Promise<void> {
    this.exported = null;
    await this.#try(async () => {
      this.exported = await api.settingsExport();
    });
  }

  async openFolder(): Promise<void> {
    await this.#try(async () => {
      await api.settingsOpenDataFolder();
    });
  }

  async #try(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      this.error = null;
      return true;
    } catch (cause) {
      this.error = api.ApiError.from(cause);
      return false;
    }
  }

  #say(part: string): void {
    this.saved = part;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => (this.saved = null), 2500);
  }
}
