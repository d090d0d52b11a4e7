import { app } from '../../app.svelte';
import { ApiError } from '../../lib/api';
import type { Language } from '../../lib/api/types';
import { dateFault, firstRounds, minutesFault, STEPS, type Step } from './logic';

/** The first four answers, kept only when all are given. */
export class FirstRunState {
  step = $state<Step>('language');
  contentLanguage = $state<Language>(app.language);
  track = $state(app.settings.track);
  hasDate = $state(true);
  date = $state('');
  name = $state('');
  minutes = $state(app.settings.minutes_per_day);
  /** A fault is told when the learner wants to go on, not while they type. */
  checked = $state(false);
  error = $state.raw<ApiError | null>(null);
  saving = $state(false);

  at = $derived(STEPS.indexOf(this.step));
  dateFault = $derived(this.hasDate && this.checked ? dateFault(this.date, app.today) : null);
  minutesFault = $derived(minutesFault(this.minutes));

  back(): void {
    this.checked = false;
    this.error = null;
    this.step = STEPS[this.at - 1] ?? this.step;
  }

  /** Goes on, or says why not; after the last step everything is kept and practice begins. */
  async next(): Promise<void> {
    if (this.saving) return;
    this.checked = true;
    if (this.step === 'date' && this.dateFault !== null) return;
    if (this.step === 'minutes' && this.minutesFault) return;
    const next = STEPS[this.at + 1];
    if (next) {
      this.step = next;
      this.checked = false;
    } else {
      await this.#finish();
    }
  }

  async #finish(): Promise<void> {
    this.saving = true;
    try {
      // Rounds first: `set_up` comes last, so that a failure in between asks again instead of skipping a question.
      await app.saveRounds(firstRounds(this.hasDate, this.date, this.name));
      await app.saveSettings({
        ...app.settings,
        set_up: true,
        interface_language: app.language,
        content_language: this.contentLanguage,
        track: this.track,
        minutes_per_day: this.minutes,
      });
      app.phase = 'ready';
      app.go({ page: 'practice', item: null });
    } catch (cause) {
      this.error = ApiError.from(cause);
    } finally {
      this.saving = false;
    }
  }
}
