import { SvelteMap } from 'svelte/reactivity';
import * as api from '../../lib/api';
import type {
  Assignment,
  Comment,
  Feedback,
  ItemRef,
  Language,
  Place,
  ReviewPage,
  Text,
} from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';
import { Autosave } from '../../lib/autosave.svelte';
import { addDays } from '../../lib/format';
import { assignmentOf, commentsAt, isSilent, leaving, noFeedback, quoteOf, USUAL_DAYS } from './review';

/** Desks that are open, or that were left with words the core has not kept. */
const desks = new SvelteMap<number, ReviewDesk>();

/** The desk of a learner: the one that still holds words for them, or a new one. */
export function deskOf(learner: number): ReviewDesk {
  const desk = desks.get(learner) ?? new ReviewDesk(learner);
  desks.set(learner, desk);
  desk.open = true;
  return desk;
}

/** Forgets every desk; what a learner who was removed left must not come back under the same number. */
export function forgetDesk(learner: number): void {
  desks.get(learner)?.saving.drop();
  desks.delete(learner);
}

/** A learner's packet and the feedback to it. `error` is what went wrong other than in keeping the draft. */
export class ReviewDesk extends Asker {
  page = $state.raw<ReviewPage | null>(null);
  draft = $state<Feedback>(noFeedback());
  /** Whether what leaves is looked at. */
  previewing = $state(false);
  /** Where the feedback was written to. */
  made = $state<string | null>(null);
  /** Words that are selected within a place. */
  selected = $state.raw<{ place: string; words: string } | null>(null);
  /** The comment that was just begun: its field takes the focus. */
  fresh = $state.raw<number | null>(null);
  saving = new Autosave(() =>
    api.mentorKeep(this.learner, leaving($state.snapshot(this.draft))).then(() => {}),
  );
  /** Whether somebody sits at it. */
  open = false;

  constructor(readonly learner: number) {
    super();
  }

  silent = $derived(isSilent(this.draft));

  /** Reads the packet; the draft, unless words of it are here and not kept yet. */
  async load(language: Language): Promise<void> {
    if (this.saving.waiting) await this.saving.flush();
    await this.ask(async () => {
      const page = await api.mentorReview(this.learner, language);
      this.page = page;
      if (!this.saving.waiting) this.draft = page.draft;
    });
  }

  setWords(words: string): void {
    this.draft.words = words;
    this.#touch();
  }

  /** Remembers what is selected; a click on a button takes the selection away in some engines. */
  select(place: string, words: string): void {
    const quote = quoteOf(words);
    if (quote) this.selected = { place, words: quote };
  }

  /** Begins a comment. */
  comment(item: ItemRef, title: Text, place: Place, quote: string): void {
    this.draft.comments.push({ item, title, place, quote, words: '', scores: {} });
    this.fresh = this.draft.comments.length - 1;
    this.selected = null;
    this.#touch();
  }

  setComment(index: number, words: string): void {
    const comment = this.draft.comments[index];
    if (!comment) return;
    comment.words = words;
    this.#touch();
  }

  removeComment(index: number): void {
    this.draft.comments.splice(index, 1);
    this.fresh = null;
    this.#touch();
  }

  /** The comment that carries the scores of a place, and where it stands. */
  scored(item: ItemRef, place: Place): Comment | null {
    const here = commentsAt(this.draft.comments, item, place);
    return here.find(({ comment }) => Object.keys(comment.scores).length > 0)?.comment ?? null;
  }

  /** Scores a dimension; the same value again takes the score away. */
  score(item: ItemRef, title: Text, place: Place, dimension: string, value: number | null): void {
    let comment = this.scored(item, place) ?? commentsAt(this.draft.comments, item, place)[0]?.comment;
    if (!comment) {
      if (value === null) return;
      this.draft.comments.push({ item, title, place, quote: '', words: '', scores: {} });
      comment = this.draft.comments.at(-1);
    }
    if (!comment) return;
    if (value === null) delete comment.scores[dimension];
    else comment.scores[dimension] = { value, because: '', at_ms: null };
    this.#touch();
  }

  assignment(item: ItemRef): Assignment | null {
    return assignmentOf(this.draft.assignments, item);
  }

  /** Assigns an item, or with null anything else. */
  assign(item: ItemRef | null, title: Text, today: string): void {
    if (item && this.assignment(item)) return;
    this.draft.assignments.push({ item, title, words: '', due: addDays(today, USUAL_DAYS) });
    this.#touch();
  }

  setAssignment(index: number, change: Partial<Pick<Assignment, 'words' | 'due'>>): void {
    const assignment = this.draft.assignments[index];
    if (!assignment) return;
    Object.assign(assignment, change);
    this.#touch();
  }

  unassign(index: number): void {
    this.draft.assignments.splice(index, 1);
    this.#touch();
  }

  /** Shows what would leave; only what is kept can be sent. */
  async preview(): Promise<void> {
    this.made = null;
    this.previewing = true;
    await this.saving.flush();
  }

  /** Makes the feedback file where a dialog says. */
  async send(language: Language): Promise<void> {
    await this.once(async () => {
      if (!(await this.saving.flush())) return;
      const path = await api.mentorSend(this.learner);
      if (path === null) return;
      this.made = path;
      this.previewing = false;
      this.draft = noFeedback();
      this.saving.drop();
      this.saving.saved = false;
      const page = await api.mentorReview(this.learner, language);
      this.page = page;
      if (!this.saving.waiting) this.draft = page.draft;
    });
  }

  async setCompared(compared: boolean): Promise<void> {
    await this.once(async () => {
      await api.contactsCompared(this.learner, compared);
      if (this.page) this.page = { ...this.page, contact: { ...this.page.contact, compared } };
    });
  }

  /** Deletes the learner with everything that came from there; gives whether it is gone. */
  async remove(): Promise<boolean> {
    let gone = false;
    await this.once(async () => {
      this.saving.drop();
      await api.contactsRemove(this.learner);
      forgetDesk(this.learner);
      gone = true;
    });
    return gone;
  }

  /** Keeps what is not kept yet; what cannot be kept stays here for when the mentor comes back. */
  async leave(): Promise<void> {
    this.open = false;
    if ((await this.saving.flush()) && !this.open) desks.delete(this.learner);
  }

  #touch(): void {
    this.made = null;
    this.saving.touch();
  }
}
