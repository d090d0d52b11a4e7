import { SvelteMap } from 'svelte/reactivity';
import * as api from '../../lib/api';
import type {
  Language,
  Manner,
  MockAnswer,
  MockPage,
  MocksPage,
  MockStage,
  StoryId,
  Text,
} from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';
import { Autosave } from '../../lib/autosave.svelte';
import { Telling } from '../../lib/telling.svelte';
import { scoredOf, seedOf, USUAL_ROUNDS } from './logic';

/** The page before a loop: what is wished for, and the loops so far. */
export class MockLobby extends Asker {
  page = $state.raw<MocksPage | null>(null);
  rounds = $state(USUAL_ROUNDS);
  /** The language of each round that there may be. */
  languages = $state<Language[]>([]);
  manner = $state<Manner>('typed');
  seedText = $state('');
  /** Whether a start was tried with what is typed now. */
  checked = $state(false);
  seed = $derived(seedOf(this.seedText));

  constructor(content: Language, most: number) {
    super();
    this.languages = Array.from({ length: most }, () => content);
  }

  load(): Promise<void> {
    return this.once(() => this.#read());
  }

  setLanguage(round: number, language: Language): void {
    this.languages[round] = language;
  }

  /** Draws a loop; gives its number. */
  async start(): Promise<number | null> {
    this.checked = true;
    const seed = this.seed;
    if (seed === null) return null;
    let number: number | null = null;
    await this.once(async () => {
      const languages = $state.snapshot(this.languages).slice(0, this.rounds);
      number = (await api.mockStart({ seed, languages, manner: this.manner })).number;
    });
    return number;
  }

  delete(number: number): Promise<void> {
    return this.once(async () => {
      await api.mockDelete(number);
      await this.#read();
    });
  }

  async #read(): Promise<void> {
    this.page = await api.mockList();
    if (this.seedText === '') this.seedText = String(this.page.seed);
  }
}

/** Answers that were left with words the core has not kept, by number. */
const unkept = new SvelteMap<number, Telling>();
/** Time spent on rounds in this sitting of the window, by loop and round, in milliseconds. */
const spent = new SvelteMap<string, number>();

const tellingOf = ({ answer }: MockAnswer): Telling => unkept.get(answer.number) ?? new Telling(answer);

/** A loop, at whatever stage it stands. */
export class MockLoop extends Asker {
  page = $state.raw<MockPage | null>(null);
  /** The answer that is told now. */
  telling = $state.raw<Telling | null>(null);
  /** Whether its telling is over: probes follow, or which terms were said. */
  told = $state(false);
  /** Terms that the learner says a spoken answer named. */
  said = $state.raw<string[]>([]);
  /** The answers of the round that is scored, in the order asked. */
  scoring = $state.raw<Telling[]>([]);
  /** Which of them is looked at. */
  at = $state(0);
  /** Time spent on this round, as of the last start or stop. */
  roundMs = $state(0);
  /** When the round's clock went on; none while it stands. */
  roundFrom = $state<number | null>(null);
  own = $state('');
  ownSaving = new Autosave(async () => {
    await api.mockOwnQuestions(this.number, this.own, false);
  });
  /** Titles of the learner's stories, for the debrief. */
  titles = $state.raw<Record<StoryId, Text>>({});
  /** Whether the learner was told that something is not kept. */
  warned = $state(false);
  /** The round whose clock this is. */
  #round: number | null = null;

  constructor(
    readonly number: number,
    private readonly clock: () => number = () => performance.now(),
  ) {
    super();
  }

  stage = $derived<MockStage | null>(this.page?.stage ?? null);

  load(): Promise<void> {
    return this.once(async () => this.#show(await api.mockShow(this.number)));
  }

  /** The learner begins to answer, or goes on: recorded where the loop is spoken. */
  async begin(): Promise<void> {
    const telling = this.telling;
    if (!telling || telling.running || this.told) return;
    if (this.page?.manner === 'spoken') await telling.record();
    telling.start(this.clock());
    this.roundFrom ??= this.clock();
  }

  /** The telling is over, and what follows it is shown. */
  async endTelling(): Promise<void> {
    const telling = this.telling;
    if (!telling || this.told || !this.page) return;
    await this.once(async () => {
      const page = await telling.told();
      if (!page) throw telling.fault ?? new Error('not told');
      this.told = true;
      // What is asked back is answered aloud, too.
      if (this.page?.manner === 'spoken' && telling.account.probes.length > 0) await telling.record();
      if (telling.asked === 0) telling.ask();
    });
  }

  /** What is asked back is recorded again, after the learner was away. */
  async recordOn(): Promise<void> {
    if (this.told && this.page?.manner === 'spoken') await this.telling?.record();
  }

  /** Says that a term was said, or takes it back. */
  say(term: string): void {
    this.said = this.said.includes(term) ? this.said.filter((other) => other !== term) : [...this.said, term];
  }

  /** Ends the answer; the next question comes, or the round is over. */
  next(): Promise<void> {
    return this.once(async () => {
      const telling = this.telling;
      if (!telling) return;
      await telling.dispose();
      const account = $state.snapshot(telling.account);
      const page = await api.mockNext(this.number, telling.number, account, this.said);
      unkept.delete(telling.number);
      this.#show(page);
    });
  }

  /** Keeps the marks and goes on to the next round. */
  score(): Promise<void> {
    return this.once(async () => {
      if (this.stage?.name !== 'scoring') return;
      await Promise.all(this.scoring.map((telling) => telling.flush()));
      const answers = this.scoring.map((telling) =>
        scoredOf($state.snapshot(telling.account), telling.number, telling.story),
      );
      const page = await api.mockScore(this.number, this.stage.round, answers);
      for (const telling of this.scoring) unkept.delete(telling.number);
      this.#show(page);
    });
  }

  typeOwn(words: string): void {
    this.own = words;
    this.ownSaving.touch();
  }

  /** Ends the loop with the learner's own questions. */
  end(): Promise<void> {
    return this.once(async () => {
      await this.ownSaving.flush();
      const page = await api.mockOwnQuestions(this.number, this.own, true);
      this.ownSaving.drop();
      this.#show(page);
    });
  }

  /** Ends the loop where it stands. An answer that was begun belongs to it. */
  stop(): Promise<void> {
    return this.once(async () => {
      const telling = this.telling;
      if (telling && (telling.account.words.trim() !== '' || telling.elapsedMs > 0)) {
        if (!(await telling.finish())) throw telling.fault ?? new Error('not finished');
      }
      await telling?.dispose();
      await Promise.all(this.scoring.map((telling) => telling.flush()));
      await this.ownSaving.flush();
      this.#show(await api.mockStop(this.number));
    });
  }

  /** Draws the same loop again; gives its number. */
  async again(): Promise<number | null> {
    const page = this.page;
    if (!page) return null;
    let number: number | null = null;
    await this.once(async () => {
      const languages = page.rounds.map(({ language }) => language);
      number = (await api.mockStart({ seed: page.seed, languages, manner: page.manner })).number;
    });
    return number;
  }

  /** Keeps everything before the page is left; false the first time that something cannot be kept, so that it is seen. */
  async leave(): Promise<boolean> {
    this.#stopRound();
    const tellings = [...(this.telling ? [this.telling] : []), ...this.scoring];
    await Promise.all(tellings.map((telling) => telling.dispose()));
    await this.ownSaving.flush();
    for (const telling of tellings) {
      if (telling.unkept) unkept.set(telling.number, telling);
      else unkept.delete(telling.number);
    }
    if ((!tellings.some((telling) => telling.unkept) && !this.ownSaving.waiting) || this.warned) return true;
    this.warned = true;
    return false;
  }

  /** What could not be kept. */
  get fault(): api.ApiError | null {
    const scored = this.scoring.find((telling) => telling.fault)?.fault ?? null;
    return this.error ?? this.telling?.fault ?? scored ?? this.ownSaving.error;
  }

  #show(page: MockPage): void {
    this.page = page;
    const { stage } = page;
    if (stage.name === 'asking') {
      if (this.telling?.number !== stage.question.answer.number) this.#ask(stage.question);
      if (this.#round !== stage.round) this.#openRound(stage.round);
    } else {
      this.#stopRound();
      this.#round = null;
      this.telling = null;
    }
    if (stage.name === 'scoring') {
      this.scoring = stage.answers.map(tellingOf);
      this.at = 0;
    } else {
      this.scoring = [];
    }
    if (!this.ownSaving.waiting) this.own = page.own_questions;
    if (stage.name === 'debrief') void this.#readTitles(stage.answers);
  }

  #ask(question: MockAnswer): void {
    this.telling = tellingOf(question);
    this.told = this.telling.asked > 0;
    this.said = [];
  }

  #openRound(round: number): void {
    this.#stopRound();
    this.#round = round;
    const known = spent.get(this.#key(round));
    this.roundMs = known ?? 0;
    // After the window was closed: what the answers of this round took is still known.
    if (known === undefined) void this.#readRound(round);
  }

  async #readRound(round: number): Promise<void> {
    const now = this.telling?.page;
    const asked = this.page?.rounds[round]?.questions ?? [];
    const others = asked.flatMap(({ answer }) => (answer === null || answer === now?.number ? [] : [answer]));
    try {
      const pages = await Promise.all(others.map((answer) => api.rehearsalShow(answer)));
      const told = pages.reduce((sum, page) => sum + page.account.told_ms, now?.account.told_ms ?? 0);
      if (this.#round === round) this.roundMs += told;
    } catch {
      // A round's clock is a courtesy.
    }
  }

  #stopRound(): void {
    if (this.roundFrom !== null) this.roundMs += this.clock() - this.roundFrom;
    this.roundFrom = null;
    if (this.#round !== null) spent.set(this.#key(this.#round), this.roundMs);
  }

  #key(round: number): string {
    return `${this.number}/${round}`;
  }

  async #readTitles(answers: readonly MockAnswer[]): Promise<void> {
    if (answers.every(({ answer }) => answer.story === null)) return;
    try {
      const { stories } = await api.storiesShow();
      this.titles = Object.fromEntries(stories.map(({ id, title }) => [id, title]));
    } catch {
      // Without its title a story is not named; its marks stand all the same.
    }
  }
}
