import { app } from '../../app.svelte';
import * as api from '../../lib/api';
import type { DayChoice, LearningState, PlanPage, PlanWish, Settings } from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';
import { withDays } from './logic';

/** How often learning is looked after while it runs, in milliseconds. */
const LOOK_MS = 300;

/** The plan, and what it would be with other minutes and other days. */
export class PlanState extends Asker {
  /** The plan as it would be with what is chosen; null until the core has answered. */
  plan = $state.raw<PlanPage | null>(null);
  /** The plan as it is kept. */
  kept = $state.raw<PlanPage | null>(null);
  /** What the slider says; null for the learner's own minutes. */
  minutes = $state<number | null>(null);
  /** Days chosen but not kept. */
  days = $state.raw<readonly DayChoice[]>([]);
  /** Minutes that reach the goal; undefined until known, null where none do. */
  enough = $state<number | null | undefined>(undefined);
  learning = $state.raw<LearningState>({ running: null, ended: null });
  #asking = false;
  #again = false;

  /** Whether something is chosen that is not kept. */
  get changed(): boolean {
    return this.days.length > 0 || (this.minutes !== null && this.minutes !== app.settings.minutes_per_day);
  }

  get #wish(): PlanWish {
    return { minutes_per_day: this.minutes, days: [...this.days] };
  }

  /** Asks for the plan with what is chosen now; while one is on its way, only the newest choice is asked next. */
  async load(): Promise<void> {
    this.#again = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    await this.ask(async () => {
      do {
        this.#again = false;
        const changed = this.changed;
        const plan = await api.planShow(this.#wish);
        this.plan = plan;
        if (!changed) this.kept = plan;
      } while (this.#again);
    });
    this.#asking = false;
    if (this.kept && this.kept.rounds.length > 0 && this.kept.reached === null && this.enough === undefined) {
      await this.ask(async () => {
        this.enough = await api.planMinutesForGoal();
      });
    }
  }

  chooseMinutes(minutes: number): void {
    this.minutes = minutes;
    void this.load();
  }

  /** Makes days something else, on top of what is chosen already. */
  chooseDays(days: readonly DayChoice[]): void {
    this.days = withDays(this.days, days);
    void this.load();
  }

  discard(): void {
    this.minutes = null;
    this.days = [];
    void this.load();
  }

  /** Keeps what is chosen. */
  async keep(): Promise<void> {
    await this.ask(async () => {
      if (this.days.length > 0) await api.planSaveDays([...this.days]);
      if (this.minutes !== null) {
        await app.saveSettings({ ...app.settings, minutes_per_day: this.minutes });
      }
      this.enough = undefined;
      this.discard();
    });
  }

  /** Keeps a choice that changes the plan. */
  async saveSettings(change: Partial<Settings>): Promise<void> {
    await this.ask(async () => {
      await app.saveSettings({ ...app.settings, ...change });
      this.enough = undefined;
      await this.load();
    });
  }

  /** Learns from the answers, and follows it to its end; the plan is made anew when something was learnt. */
  async learn(): Promise<void> {
    await this.ask(async () => {
      this.learning = await api.learningStart(true);
      await this.follow();
    });
  }

  /** Follows learning that runs. */
  async follow(): Promise<void> {
    if (this.learning.running === null) return;
    while (this.learning.running !== null) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      this.learning = await api.learningShow();
    }
    if (this.learning.ended === 'kept') {
      this.enough = undefined;
      await this.load();
    }
  }

  /** Where learning stands when the page opens. */
  async lookAtLearning(): Promise<void> {
    await this.ask(async () => {
      this.learning = await api.learningShow();
      await this.follow();
    });
  }

  async cancelLearning(): Promise<void> {
    await this.ask(async () => {
      await api.learningCancel();
    });
  }
}
