import * as api from '../../lib/api';
import type {
  Grade,
  ItemRef,
  Language,
  Manner,
  Recordings,
  RehearsalDesk,
  RehearsalPage,
  StoryId,
} from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';
import { Telling } from '../../lib/telling.svelte';
import { faceOf, languagesOf } from '../../lib/text';
import { answerOf, isUntold, stepOf, type From, type Step } from './logic';

/** An item rehearsed: chosen, told, asked back, scored, graded. */
export class Rehearsal extends Asker {
  desk = $state.raw<RehearsalDesk | null>(null);
  telling = $state.raw<Telling | null>(null);
  step = $state<Step>('choosing');
  /** A rehearsal that was left and can be gone on with. */
  open = $state.raw<RehearsalPage | null>(null);
  /** The telling with its figures; those of the end count the answers to the probes, too. */
  told = $state.raw<RehearsalPage | null>(null);
  past = $state.raw<RehearsalPage[]>([]);
  recordings = $state.raw<Recordings | null>(null);
  wanted = $state<Language>('en');
  story = $state<StoryId | null>(null);
  /** Whether this one is recorded. */
  records = $state(false);
  /** The recording, once somebody wants to hear it. */
  bytes = $state.raw<ArrayBuffer | null>(null);
  positionMs = $state(0);
  /** Said that something could not be kept: leaving again leaves without it. */
  warned = $state(false);
  #gone = false;

  shown = $derived.by(() => {
    const language = this.telling?.account.language ?? this.wanted;
    return this.desk ? faceOf(this.desk.card.view, language) : null;
  });
  languages = $derived(this.desk ? languagesOf(this.desk.card.view) : []);
  /** Probes that are still to be asked. */
  left = $derived(this.telling ? this.telling.account.probes.length - this.telling.asked : 0);

  constructor(
    readonly item: ItemRef,
    readonly from: From,
    language: Language,
    private readonly openedAt: number,
  ) {
    super();
    this.wanted = language;
  }

  load(): Promise<void> {
    return this.once(async () => {
      const desk = await api.rehearsalDesk(this.item);
      if (this.#gone) return;
      this.desk = desk;
      this.past = desk.past;
      this.recordings = desk.recordings;
      // One in which nothing was told is as good as none.
      this.open = desk.open && !isUntold(desk.open) ? desk.open : null;
      this.story = desk.stories.find(({ strength }) => strength !== null)?.id ?? null;
    });
  }

  /** Begins; what was begun before and not finished goes. */
  begin(manner: Manner, records: boolean): Promise<void> {
    return this.once(async () => {
      const language = this.shown?.language ?? this.wanted;
      const page = await api.rehearsalBegin(this.item, manner, language);
      // The new one is there: what cannot be deleted now stays as it is, and nobody waits for it.
      if (this.desk?.open) await api.rehearsalDelete(this.desk.open.number).catch(() => undefined);
      const telling = new Telling(page);
      if (this.item.kind !== 'story' && this.story) telling.chooseStory(this.story);
      this.records = records;
      this.#tell(telling, 'telling');
    });
  }

  /** Goes on where it was left. */
  goOn(): void {
    const { open } = this;
    if (!open) return;
    this.records = open.account.manner === 'spoken' && open.recording_bytes !== null;
    this.told = open;
    const step = stepOf(open);
    this.#tell(new Telling(open), step);
    // What was being asked when it was left is asked still; its answer may go on the recording.
    if (step === 'probes' && this.records) void this.telling?.record();
  }

  startAgain(): void {
    this.open = null;
  }

  /** Starts the clock, and the recording with it. */
  async start(clock: () => number = () => performance.now()): Promise<void> {
    const { telling } = this;
    if (!telling || telling.running || this.busy || this.step !== 'telling') return;
    await this.once(async () => {
      if (this.records) await telling.record();
    });
    if (this.#gone) return telling.dispose();
    telling.start(clock());
  }

  done(): Promise<void> {
    return this.once(async () => {
      const { telling } = this;
      if (this.step !== 'telling' || !telling || (!telling.running && isUntold(telling))) return;
      const page = await telling.told();
      if (!page) return;
      this.told = page;
      this.step = 'told';
    });
  }

  /** The first question comes; recording goes on with it. */
  toProbes(): Promise<void> {
    return this.once(async () => {
      const { telling } = this;
      if (this.step !== 'told' || !telling) return;
      this.bytes = null;
      if (this.records) await telling.record();
      telling.ask();
      this.step = 'probes';
    });
  }

  nextProbe(): void {
    if (this.step === 'probes') this.telling?.ask();
  }

  toScores(): Promise<void> {
    return this.once(async () => {
      if (this.step !== 'probes' || !this.telling) return;
      await this.telling.stopRecording();
      await this.telling.flush();
      this.step = 'scoring';
    });
  }

  finish(): Promise<void> {
    return this.once(async () => {
      if (this.step !== 'scoring' || !this.telling) return;
      if (await this.telling.finish()) this.step = 'finished';
    });
  }

  /** Keeps the grade; gives whether it is kept. */
  async grade(grade: Grade, now: number): Promise<boolean> {
    let kept = false;
    await this.once(async () => {
      const { desk, telling } = this;
      if (this.step !== 'finished' || !desk || !telling) return;
      await api.practiceGrade(answerOf(desk.card, telling.account, grade, this.from, now - this.openedAt));
      kept = true;
    });
    return kept;
  }

  /** Reads the recording. */
  listen(): Promise<void> {
    return this.once(async () => {
      if (this.telling) this.bytes = await api.rehearsalRecording(this.telling.number);
    });
  }

  /** Deletes a past rehearsal. */
  remove(number: number): Promise<void> {
    return this.once(async () => {
      await api.rehearsalDelete(number);
      this.past = this.past.filter((page) => page.number !== number);
      this.recordings = await api.rehearsalRecordings();
    });
  }

  removeRecording(number: number): Promise<void> {
    return this.once(async () => {
      this.recordings = await api.rehearsalDeleteRecording(number);
      this.past = this.past.map((page) =>
        page.number === number ? { ...page, recording_bytes: null } : page,
      );
    });
  }

  /** Leaves, keeping everything; gives false once where something could not be kept. */
  async leave(): Promise<boolean> {
    const { telling } = this;
    if (!telling || this.step === 'finished') return true;
    await telling.dispose();
    if (!telling.unkept || this.warned) return true;
    this.warned = true;
    return false;
  }

  /** The page is gone, however that came. */
  dispose(): void {
    this.#gone = true;
    if (this.step !== 'finished') void this.telling?.dispose();
  }

  #tell(telling: Telling, step: Step): void {
    this.telling = telling;
    this.step = step;
    this.open = null;
  }
}
