import * as api from '../../lib/api';
import type { CohortPage } from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';
import { STARTS_HIGH, type Column } from './review';

/** The mentor's learners, as they were read last: coming back shows them at once. */
export class Cohort extends Asker {
  page = $state.raw<CohortPage | null>(null);
  column = $state<Column>('waiting');
  /** A learner who is added by address, as it is typed. */
  newName = $state('');
  newAddress = $state('');
  added = $state<string | null>(null);
  readonly adding = new Asker();
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

  /** Makes a learner of an address; gives whether it was one. */
  async add(): Promise<boolean> {
    const [name, address] = [this.newName.trim(), this.newAddress.trim()];
    if (!name || !address) return false;
    let done = false;
    await this.adding.once(async () => {
      await api.contactsAdd('learner', name, address);
      this.added = name;
      this.newName = '';
      this.newAddress = '';
      done = true;
      await this.load();
    });
    return done;
  }

  /** Sorts by a column; by the same again, the other way round. */
  sortBy(column: Column): void {
    this.high = column === this.column ? !this.high : STARTS_HIGH[column];
    this.column = column;
  }
}

export const cohort = new Cohort();
