import * as api from '../../lib/api';
import type { PlanPage } from '../../lib/api';

/** The plan, and what it would be with other minutes. */
export class PlanState {
  /** Undefined until the core has answered; null when there is nothing to plan for. */
  plan = $state.raw<PlanPage | null | undefined>(undefined);
  error = $state.raw<api.ApiError | null>(null);
  /** What the slider says; null for the learner's own minutes. */
  minutes = $state<number | null>(null);
  #asking = false;

  /** Asks for the plan with the minutes chosen now; while one is on its way, only the newest choice is asked next. */
  async load(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      let asked: number | null;
      do {
        asked = this.minutes;
        this.plan = await api.planShow(asked);
        this.error = null;
      } while (asked !== this.minutes);
    } catch (cause) {
      this.error = api.ApiError.from(cause);
    } finally {
      this.#asking = false;
    }
  }

  choose(minutes: number): void {
    this.minutes = minutes;
    void this.load();
  }
}
