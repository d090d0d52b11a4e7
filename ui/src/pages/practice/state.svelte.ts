import * as api from '../../lib/api';
import type { Grade, ItemRef, Language, Practice } from '../../lib/api';
import { DrillState } from '../../lib/drill.svelte';
import { Asker } from '../../lib/asker.svelte';
import { faceOf, languagesOf } from '../../lib/text';
import { dropDraft, draftOf, keepDraft } from './drafts';
import { answerOf, nextLanguage, toggled } from './logic';

/** One sitting: the card, what the learner did with it so far, and what the core says next. */
export class PracticeState extends Asker {
  practice = $state.raw<Practice | null>(null);
  /** Readings of performance.now(): when the prompt was painted, when its answer was. */
  shownAt = $state<number | null>(null);
  revealedAt = $state<number | null>(null);
  ticked = $state.raw<string[]>([]);
  proposal = $state<Grade | null>(null);
  typed = $state('');
  wanted = $state<Language>('en');
  /** A follow-up or a term of this card, to be asked next; none for what the list says. */
  next = $state.raw<ItemRef | null>(null);
  /** The case, where the card is a drill. */
  drill = $state.raw<DrillState | null>(null);

  card = $derived(this.practice?.card ?? null);
  revealed = $derived(this.revealedAt !== null);
  shown = $derived(this.card ? faceOf(this.card.view, this.wanted) : null);
  languages = $derived(this.card ? languagesOf(this.card.view) : []);
  otherLanguage = $derived(this.shown ? nextLanguage(this.languages, this.shown.language) : null);

  #promptLanguage: Language = 'en';
  #revealLanguage: Language = 'en';
  #asked = 0;

  /**
   * @param item an item chosen in Browse; none for the day's list
   * @param contentLanguage what prompts come up in
   * @param onfinished called when an item from Browse is graded
   */
  constructor(
    private readonly item: ItemRef | null,
    private readonly contentLanguage: Language,
    private readonly onfinished: () => void,
  ) {
    super();
  }

  get session() {
    return this.item ? 'browse' : 'today';
  }

  open(): Promise<void> {
    const item = this.item;
    return this.#next(() => (item ? api.practiceOpen(item) : api.practiceNext()));
  }

  /** Ten more minutes after the list is done. */
  more(): Promise<void> {
    return this.#next(() => api.practiceMore());
  }

  /** The prompt is on the screen: from now on the learner thinks. */
  painted(now: number): void {
    if (this.shownAt === null) this.shownAt = now;
  }

  reveal(now: number): void {
    if (!this.card || this.revealed) return;
    this.painted(now);
    this.revealedAt = now;
    this.#revealLanguage = this.shown?.language ?? this.wanted;
  }

  /** Judges the answers of a drill; what cannot be read is asked for again, the rest is the reveal. */
  async check(giveUp: boolean, clock: () => number): Promise<void> {
    if (!this.drill || this.revealed) return;
    if (!(await (giveUp ? this.drill.giveUp() : this.drill.check()))) return;
    this.reveal(clock());
    this.proposal = this.drill.verdict?.proposed ?? null;
  }

  /** Shows the card in its other language; the next card comes up in the chosen one again. */
  switchLanguage(): void {
    if (this.otherLanguage) this.wanted = this.otherLanguage;
  }

  /** Chooses what is asked after this card is graded; choosing it again takes that back. */
  askNext(item: ItemRef): void {
    this.next = this.next?.id === item.id ? null : item;
  }

  type(text: string): void {
    this.typed = text;
    if (this.card) keepDraft(this.card.view.item, text);
  }

  /** Ticks or unticks a key point, and asks which grade that suggests. */
  async tick(id: string): Promise<void> {
    if (!this.card || !this.revealed) return;
    this.ticked = toggled(this.ticked, id);
    // Answers may overtake each other: only the one to the last question counts.
    const asked = ++this.#asked;
    if (this.ticked.length === 0) {
      this.proposal = null;
      return;
    }
    try {
      const proposal = await api.practicePropose(this.card.view.item, this.ticked);
      if (asked === this.#asked) this.proposal = proposal;
    } catch {
      // A proposal is a courtesy: without one the learner grades as always.
      if (asked === this.#asked) this.proposal = null;
    }
  }

  async grade(grade: Grade, now: number): Promise<void> {
    const card = this.card;
    if (!card || this.revealedAt === null || this.shownAt === null) return;
    const answer = answerOf(
      card,
      grade,
      this.session,
      this.ticked,
      this.typed,
      { prompt: this.#promptLanguage, reveal: this.#revealLanguage },
      { shown: this.shownAt, revealed: this.revealedAt, graded: now },
    );
    if (this.drill) answer.drill = this.drill.answer;
    const followUp = this.next;
    await this.#next(async () => {
      const next = await api.practiceGrade(answer);
      dropDraft(answer.item);
      return followUp ? api.practiceOpen(followUp).catch(() => next) : next;
    });
    if (!this.error && this.item && !this.card) this.onfinished();
  }

  /** Whether the card can be put off: it was not revealed, and it was not picked by hand. */
  get canPutOff(): boolean {
    return this.card !== null && !this.revealed && this.item === null;
  }

  async putOff(): Promise<void> {
    const item = this.card?.view.item;
    if (item && this.canPutOff) await this.#next(() => api.practicePutOff(item));
  }

  async undo(): Promise<void> {
    if (this.practice?.can_undo) await this.#next(() => api.practiceUndo());
  }

  /** One question to the core at a time: a second key press must not grade a card nobody has seen. */
  #next(question: () => Promise<Practice>): Promise<void> {
    return this.once(async () => this.#show(await question()));
  }

  #show(practice: Practice): void {
    this.practice = practice;
    this.shownAt = null;
    this.revealedAt = null;
    this.ticked = [];
    this.proposal = null;
    this.next = null;
    const drill = practice.card?.drill ?? null;
    this.drill = drill && new DrillState(drill);
    this.#asked++;
    this.wanted = this.contentLanguage;
    this.typed = practice.card ? draftOf(practice.card.view.item) : '';
    this.#promptLanguage = this.shown?.language ?? this.wanted;
  }
}
