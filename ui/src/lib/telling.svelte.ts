import * as api from './api';
import {
  ApiError,
  type Account,
  type RecorderState,
  type RehearsalPage,
  type Score,
  type StoryId,
} from './api';

/** How long what changed waits before it is kept. */
const KEEP_MS = 1000;
/** How often the clock moves and the recorder is asked. */
const TICK_MS = 250;
/** Marks of an answer: where task, action, result and lesson begin. */
export const MOST_MARKS = 4;

/**
 * One answer while it is told, asked back and scored. What was typed here is newer than any reply: replies only add what
 * the core computed.
 */
export class Telling {
  account = $state<Account>() as Account;
  story = $state<StoryId | null>(null);
  /** Whether the clock runs. */
  running = $state(false);
  /** Milliseconds told, with those of an earlier sitting. */
  elapsedMs = $state(0);
  /** What the recorder said last; none before it was started. */
  recorder = $state.raw<RecorderState | null>(null);
  /** What could not be kept or read; cleared by what works. */
  fault = $state.raw<ApiError | null>(null);
  /** Why nothing is recorded; without params where a running recording ended. `mutedWords` says it calmly. */
  muted = $state.raw<ApiError | null>(null);
  /** Probes that were asked so far. */
  asked = $state(0);
  /** What the core computed last: figures, shape, weak points, the proposed grade. */
  page = $state.raw<RehearsalPage>() as RehearsalPage;

  recording = $derived(this.recorder?.number === this.page.number);

  #typed = 0;
  #kept = 0;
  #from = 0;
  #polls = 0;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;
  #polling: ReturnType<typeof setInterval> | undefined;
  #line: Promise<unknown> = Promise.resolve();
  #ending: Promise<RehearsalPage | null> | null = null;

  /**
   * @param page the rehearsal, new or left unfinished
   * @param clock `performance.now()`, or a test's
   */
  constructor(
    page: RehearsalPage,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.page = page;
    this.account = $state.snapshot(page.account) as Account;
    this.story = page.story;
    this.elapsedMs = page.account.told_ms;
    // Asked before it was left: those that have an answer, or a place on the recording.
    page.account.probes.forEach((probe, i) => {
      if (probe.words !== '' || probe.at_ms !== null) this.asked = i + 1;
    });
  }

  get number(): number {
    return this.page.number;
  }

  /** Whether something is typed and not kept. */
  get unkept(): boolean {
    return this.#typed !== this.#kept;
  }

  /** Starts the clock, or lets it go on. For a recording call `record()` first, so that both begin together. */
  start(now: number): void {
    if (this.running) return;
    this.#from = now - this.elapsedMs;
    this.running = true;
    this.#ticking = setInterval(() => this.#tick(this.clock()), TICK_MS);
  }

  stop(now: number): void {
    if (!this.running) return;
    clearInterval(this.#ticking);
    this.#tick(now);
    this.running = false;
  }

  /** The next part begins. */
  mark(now: number): void {
    if (!this.running || this.account.marks_ms.length >= MOST_MARKS) return;
    this.#tick(now);
    this.account.marks_ms.push(this.account.told_ms);
    this.#touch();
  }

  type(words: string): void {
    this.account.words = words;
    this.#touch();
  }

  chooseStory(story: StoryId | null): void {
    this.story = story;
    this.#touch();
  }

  /** Asks the next probe, and notes where on the recording. */
  ask(): void {
    const probe = this.account.probes[this.asked];
    if (!probe) return;
    if (this.recording) probe.at_ms = this.recorder?.length_ms ?? null;
    this.asked++;
    this.#touch();
  }

  answerProbe(index: number, words: string): void {
    const probe = this.account.probes[index];
    if (!probe) return;
    probe.words = words;
    this.#touch();
  }

  score(dimension: string, score: Score | null): void {
    if (score) this.account.scores[dimension] = score;
    else delete this.account.scores[dimension];
    this.#touch();
  }

  /** Says that a key point was named, or takes it back. */
  tick(id: string): void {
    const { ticked } = this.account;
    this.account.ticked = ticked.includes(id) ? ticked.filter((other) => other !== id) : [...ticked, id];
    this.#touch();
  }

  /** Records, going on after what is recorded already. Where that cannot be, says why in `muted`; telling goes on. */
  async record(): Promise<void> {
    await this.#turn(async () => {
      if (this.recording) return;
      try {
        this.#heard(++this.#polls, await api.recorderStart(this.number));
        this.muted = null;
        clearInterval(this.#polling);
        this.#polling = setInterval(() => void this.#poll(), TICK_MS);
      } catch (cause) {
        this.muted = ApiError.from(cause);
      }
    });
  }

  /** Ends the recording; it is whole on the disk afterwards. */
  async stopRecording(): Promise<void> {
    await this.#turn(() => this.#stopRecorder());
  }

  /** Keeps what is not kept yet. */
  async flush(): Promise<void> {
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    await this.#turn(() => this.#keep());
  }

  /**
   * The telling is over: stops clock and recording; gives figures and probes, or null and a `fault`. To record the answers
   * to the probes, call `record()` again.
   */
  told(): Promise<RehearsalPage | null> {
    this.stop(this.clock());
    return this.#end(api.rehearsalTold);
  }

  /** The answer is over with its scores; gives it, or null and a `fault`. */
  finish(): Promise<RehearsalPage | null> {
    this.stop(this.clock());
    return this.#end(api.rehearsalFinish);
  }

  /** Leaves: stops everything and keeps everything; what could not be kept is `unkept` afterwards. */
  async dispose(): Promise<void> {
    this.stop(this.clock());
    await this.flush();
    await this.stopRecording();
  }

  /** A second click before the answer is the same end. */
  #end(command: typeof api.rehearsalTold): Promise<RehearsalPage | null> {
    this.#ending ??= this.#turn(async () => {
      clearTimeout(this.#keeping);
      this.#keeping = undefined;
      try {
        await this.#stopRecorder();
        const typed = this.#typed;
        const page = await command(this.number, this.story, $state.snapshot(this.account));
        this.#kept = Math.max(this.#kept, typed);
        this.#take(page);
        this.fault = null;
        return page;
      } catch (cause) {
        this.fault = ApiError.from(cause);
        return null;
      } finally {
        this.#ending = null;
        if (this.unkept) this.#wait();
      }
    });
    return this.#ending;
  }

  #take(page: RehearsalPage): void {
    this.page = page;
    this.account.delivery = page.account.delivery;
    if (this.account.probes.length === 0) this.account.probes = $state.snapshot(page.account.probes);
  }

  #tick(now: number): void {
    // A clock that is set back takes nothing away.
    const elapsed = Math.max(this.elapsedMs, now - this.#from);
    if (elapsed === this.elapsedMs) return;
    this.elapsedMs = elapsed;
    this.account.told_ms = Math.round(elapsed);
    this.#touch();
  }

  #touch(): void {
    this.#typed++;
    this.#wait();
  }

  #wait(): void {
    this.#keeping ??= setTimeout(() => void this.flush(), KEEP_MS);
  }

  async #keep(): Promise<void> {
    if (!this.unkept) return;
    const typed = this.#typed;
    try {
      await api.rehearsalKeep(this.number, this.story, $state.snapshot(this.account));
      this.#kept = Math.max(this.#kept, typed);
      this.fault = null;
    } catch (cause) {
      this.fault = ApiError.from(cause);
    }
  }

  async #stopRecorder(): Promise<void> {
    if (!this.recording) return;
    clearInterval(this.#polling);
    const asked = ++this.#polls;
    try {
      this.#heard(asked, await api.recorderStop());
    } catch {
      // What was recorded is on the disk; there is only no word of its end.
      this.recorder = { number: null, length_ms: this.recorder?.length_ms ?? 0, level: 0, fault: null };
    }
  }

  async #poll(): Promise<void> {
    const asked = ++this.#polls;
    try {
      this.#heard(asked, await api.recorderShow());
    } catch {
      // The next poll asks again.
    }
  }

  /** Answers may overtake each other: only the one to the last question counts. */
  #heard(asked: number, state: RecorderState): void {
    if (asked !== this.#polls) return;
    this.recorder = state;
    if (state.number === this.number) return;
    clearInterval(this.#polling);
    if (state.fault !== null) this.muted = new ApiError(state.fault, {}, state.fault);
  }

  /** One request at a time, in the order in which they were made. */
  #turn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(act);
    this.#line = turn.catch(() => undefined);
    return turn;
  }
}
