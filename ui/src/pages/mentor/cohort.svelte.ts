import * as api from '../../lib/api';
import type { CohortPage } from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';
import { Adding } from './adding.svelte';
import { STARTS_HIGH, type Column } from './review';

/** The mentor's learners, as they were read last: coming back shows them at once. */
export class Cohort extends Asker {
  page = $state.raw<CohortPage | null>(null);
  column = $state<Column>('waiting');
  /** A learner who is added before their first packet. */
  readonly adding = new Adding('learner', async (number) => {
    await this.load();
    return this.page?.learners.find(({ contact }) => contact.number === number)?.contact.name;
  });
  /** Whether the highest stands first. */
  high = $state(true);

  load(): Promise<void> {
    return this.ask(async () => {
      this.page = await api.mentorCohort();
    });
  }

  /** One's own name was changed. */
  rename(name: string): void {
    if (this.page) this.page = { ...this.page, me: { ...this.page.me, name } };
  }

  /** Sorts by a column; by the same again, the other way round. */
  sortBy(column: Column): void {
    this.high = column === this.column ? !this.high : STARTS_HIGH[column];
    this.column = column;
  }
}

export const cohort = new Cohort();
