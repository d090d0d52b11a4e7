import * as api from './api';
import { Asker } from './asker.svelte';
import type { DrillAnswer, DrillCase, DrillVerdict } from './api';
import { toggledLetter } from './letters';

/** A case being answered: what is typed so far, and what became of it. */
export class DrillState extends Asker {
  typed = $state<string[]>([]);
  /** None before the answers were checked and could all be read. */
  verdict = $state.raw<DrillVerdict | null>(null);
  /** Places of answers that could not be read and can be typed again. */
  unreadable = $state.raw<number[]>([]);
  #givenUp = false;

  constructor(readonly shown: DrillCase) {
    super();
    this.typed = shown.asks.map(() => '');
  }

  get answer(): DrillAnswer {
    const { family, level, seed } = this.shown;
    return { family, level, seed, typed: [...this.typed], given_up: this.#givenUp };
  }

  type(place: number, text: string): void {
    this.typed[place] = text;
    this.unreadable = this.unreadable.filter((other) => other !== place);
  }

  /** Chooses one option, or puts one of several in or out. */
  choose(place: number, letter: string, several: boolean): void {
    const chosen = this.typed[place] ?? '';
    if (!several) this.type(place, letter);
    else this.type(place, toggledLetter(chosen, letter));
  }

  /** Shows the answers: what was not answered so far is not known. */
  async giveUp(): Promise<boolean> {
    this.#givenUp = true;
    return this.check();
  }

  /** Judges the answers; gives whether they all could be read. */
  async check(): Promise<boolean> {
    if (this.verdict) return false;
    await this.once(async () => {
      const verdict = await api.drillsCheck(this.answer);
      this.unreadable = verdict.asks.flatMap((ask, place) => (ask.right === null ? [place] : []));
      if (this.unreadable.length === 0) this.verdict = verdict;
    });
    return this.verdict !== null;
  }
}
