import { SvelteMap } from 'svelte/reactivity';
import * as api from '../../lib/api';
import type {
  Draft,
  Interviewer,
  Language,
  SharedStory,
  StoriesPage,
  Story,
  StoryId,
  StoryPage,
  Strength,
  Telling,
  VersionRow,
} from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';
import { Autosave } from '../../lib/autosave.svelte';
import { firstSide, namesOf, tellingOf, type Side } from './logic';

export type Tab = 'list' | 'matrix' | 'panel';

/** The story bank as the learner left it: it outlives the page, so that what could not be kept is not lost. */
export class StoryBank extends Asker {
  page = $state.raw<StoriesPage | null>(null);
  tab = $state<Tab>('list');
  /** The panel and the private names as they are typed. */
  panel = $state<Interviewer[]>([]);
  names = $state('');
  panelSaving = new Autosave(() => this.#keepPanel());
  namesSaving = new Autosave(() => api.storiesSavePrivateNames(namesOf(this.names)).then(() => undefined));
  #asked = 0;

  /** Reads everything, after what is still on its way from the desks. */
  async load(): Promise<void> {
    const waiting = [this.panelSaving, this.namesSaving, ...[...desks.values()].map((desk) => desk.saving)];
    await Promise.all(waiting.map((saving) => saving.flush()));
    await this.ask(() => this.#read());
  }

  /** Begins a story; gives its id. */
  async create(): Promise<StoryId | null> {
    let id: StoryId | null = null;
    await this.ask(async () => {
      id = (await api.storiesCreate()).id;
    });
    return id;
  }

  setName(index: number, name: string): void {
    const person = this.panel[index];
    if (!person) return;
    person.name = name;
    this.panelSaving.touch();
  }

  setBarRaiser(index: number, raises: boolean): void {
    const person = this.panel[index];
    if (!person) return;
    person.bar_raiser = raises;
    this.#keepPanelNow();
  }

  /** Adds a principle to what an interviewer asks about, or takes it away. */
  togglePrinciple(index: number, id: string): void {
    const person = this.panel[index];
    if (!person) return;
    person.principles = person.principles.includes(id)
      ? person.principles.filter((other) => other !== id)
      : [...person.principles, id];
    this.#keepPanelNow();
  }

  addPerson(): void {
    this.panel.push({ name: '', principles: [], bar_raiser: false });
    this.#keepPanelNow();
  }

  removePerson(index: number): void {
    this.panel.splice(index, 1);
    this.#keepPanelNow();
  }

  setNames(text: string): void {
    this.names = text;
    this.namesSaving.touch();
  }

  /** Keeps what is not kept yet. */
  leave(): void {
    void this.panelSaving.flush();
    void this.namesSaving.flush();
  }

  #keepPanelNow(): void {
    this.panelSaving.touch();
    void this.panelSaving.flush();
  }

  async #keepPanel(): Promise<void> {
    await api.storiesSavePanel($state.snapshot(this.panel));
    await this.#read();
  }

  async #read(): Promise<void> {
    const asked = ++this.#asked;
    const page = await api.storiesShow();
    if (asked !== this.#asked) return;
    this.page = page;
    if (!this.panelSaving.waiting) this.panel = page.panel;
    if (!this.namesSaving.waiting) this.names = page.private_names.join('\n');
  }
}

export const bank = new StoryBank();

/** Desks that are open, or that were left with words the core has not kept. */
const desks = new SvelteMap<StoryId, StoryDesk>();

/** The desk of a story: the one that still holds words of it, or a new one. */
export function deskOf(id: StoryId): StoryDesk {
  const desk = desks.get(id) ?? new StoryDesk(id);
  desks.set(id, desk);
  desk.open = true;
  return desk;
}

/** Desks whose words could not be kept. */
export function unkeptDesks(): StoryDesk[] {
  return [...desks.values()].filter((desk) => desk.saving.waiting && desk.saving.error);
}

/** A story while it is written. `error` is what went wrong other than in keeping the words. */
export class StoryDesk extends Asker {
  story = $state<Story | null>(null);
  /** The people's names as they are typed, one a line. */
  people = $state('');
  side = $state<Side>('en');
  drafts = $state.raw<Draft[]>([]);
  versions = $state.raw<VersionRow[]>([]);
  /** An old version that is looked at. */
  old = $state.raw<{ number: number; story: Story } | null>(null);
  /** What would leave the machine; gone with the next key press, because it is no longer that. */
  shared = $state.raw<SharedStory | null>(null);
  redact = $state(true);
  written = $state<string | null>(null);
  saving = new Autosave(() => this.#keep());
  /** Whether somebody sits at it. */
  open = false;

  constructor(readonly id: StoryId) {
    super();
  }

  draft = $derived(this.drafts.find(({ language }) => (language === 'en') === (this.side === 'en')) ?? null);
  /** The language of the telling: the learner's own Chinese on the Chinese side. */
  language = $derived<Language>(this.draft?.language ?? (this.side === 'en' ? 'en' : 'zh-TW'));
  telling = $derived<Telling | null>(this.story ? tellingOf(this.story, this.side) : null);

  get title(): string {
    const story = this.story;
    if (!story) return '';
    const [first, second] =
      this.side === 'en' ? [story.english, story.chinese] : [story.chinese, story.english];
    return first.title.trim() || second.title.trim();
  }

  /** Reads the story, unless its words are here already and not kept yet. */
  async load(preferred: Language): Promise<void> {
    if (this.saving.waiting) {
      await this.saving.flush();
      return;
    }
    await this.ask(async () => {
      const page = await api.storiesOpen(this.id);
      if (this.saving.waiting) return;
      this.#show(page);
      this.side = firstSide(page.story, preferred);
    });
  }

  write(field: keyof Telling, text: string): void {
    if (!this.story) return;
    tellingOf(this.story, this.side)[field] = text;
    this.#touch();
  }

  setWhen(text: string): void {
    if (!this.story) return;
    this.story.when = text;
    this.#touch();
  }

  setPeople(text: string): void {
    if (!this.story) return;
    this.people = text;
    this.story.people = namesOf(text);
    this.#touch();
  }

  setStrength(principle: string, strength: Strength | null): void {
    if (!this.story) return;
    if (strength === null) delete this.story.principles[principle];
    else this.story.principles[principle] = strength;
    this.#touch();
    void this.saving.flush();
  }

  switchSide(side: Side): void {
    this.side = side;
    this.closeShare();
  }

  async lookAt(number: number): Promise<void> {
    await this.ask(async () => {
      this.old = { number, story: await api.storiesVersion(this.id, number) };
    });
  }

  /** Makes an old version the newest. What is typed meanwhile wins: it is newer. */
  async restore(number: number): Promise<void> {
    await this.once(async () => {
      await this.saving.flush();
      const page = await api.storiesRestore(this.id, number);
      this.old = null;
      if (this.saving.waiting) this.#takeAdvice(page);
      else this.#show(page);
    });
  }

  /** Shows what would leave the machine. */
  async share(): Promise<void> {
    await this.once(async () => {
      this.written = null;
      if (!(await this.saving.flush())) return;
      this.shared = await api.storiesShared(this.id, this.language);
    });
  }

  closeShare(): void {
    this.shared = null;
    this.written = null;
  }

  async writeFile(): Promise<void> {
    await this.once(async () => {
      this.written = await api.storiesWrite(this.id, this.language, this.redact);
    });
  }

  /** Deletes the story; gives whether it is gone. */
  async delete(): Promise<boolean> {
    let gone = false;
    await this.once(async () => {
      await this.saving.flush();
      await api.storiesDelete(this.id);
      this.saving.drop();
      gone = true;
    });
    return gone;
  }

  /** Keeps what is not kept yet; what cannot be kept stays here for when the learner comes back. */
  async leave(): Promise<void> {
    this.open = false;
    if ((await this.saving.flush()) && !this.open) desks.delete(this.id);
  }

  #touch(): void {
    this.closeShare();
    this.saving.touch();
  }

  async #keep(): Promise<void> {
    if (!this.story) return;
    this.#takeAdvice(await api.storiesSave(this.id, $state.snapshot(this.story)));
  }

  /** The words on the desk are newer than any answer: only what is said about them is taken. */
  #takeAdvice(page: StoryPage): void {
    this.drafts = page.drafts;
    this.versions = page.versions;
  }

  #show(page: StoryPage): void {
    this.#takeAdvice(page);
    this.story = page.story;
    this.people = page.story.people.join('\n');
  }
}
