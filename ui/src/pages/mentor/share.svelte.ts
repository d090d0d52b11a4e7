import * as api from '../../lib/api';
import type { AssignmentView, ItemRef, Language, Selection, SharePage, SharePreview } from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';
import { figuresAlone } from '../../lib/selection';
import { Adding } from './adding.svelte';
import { mentorOf, possible } from './sharing';

/** The learner's side. It outlives the page: what was chosen and typed is there when one comes back. */
export class Sharing extends Asker {
  page = $state.raw<SharePage | null>(null);
  selection = $state.raw<Selection>(figuresAlone());
  /** What would leave with the selection; gone with the next change of it, because it is no longer that. */
  preview = $state.raw<SharePreview | null>(null);
  /** The mentor that was chosen. */
  chosen = $state<number | null>(null);
  /** What was written last: whose packet, or the document. */
  written = $state.raw<{ path: string; mentor: string | null } | null>(null);
  readonly adding = new Adding('mentor', async (number) => {
    this.chosen = number;
    await this.#read();
    return this.page?.mentors.find((mentor) => mentor.number === number)?.name;
  });
  /** What went wrong with a contact: it stands where the contacts are. */
  readonly contacts = new Asker();
  #asked = 0;

  mentor = $derived(mentorOf(this.page?.mentors ?? [], this.chosen));

  /** Reads everything; what was shown as leaving is shown anew, because what it is made of may have changed. */
  load(language: Language): Promise<void> {
    return this.ask(async () => {
      await this.#read();
      if (this.preview) await this.#look(language);
    });
  }

  /** Chooses more, or less. */
  choose(change: Partial<Selection>): void {
    const wanted = { ...this.selection, ...change };
    this.selection = this.page ? possible(wanted, this.page.choices) : wanted;
    this.#asked++;
    this.preview = null;
    this.written = null;
  }

  /** Shows what would leave. */
  look(language: Language): Promise<void> {
    return this.once(() => this.#look(language));
  }

  make(): Promise<void> {
    return this.once(async () => {
      const { mentor } = this;
      if (!mentor || !this.preview) return;
      const path = await api.shareMake(this.selection, mentor.number);
      if (path === null) return;
      this.written = { path, mentor: mentor.name };
      await this.#read();
    });
  }

  saveDocument(language: Language): Promise<void> {
    return this.once(async () => {
      if (!this.preview) return;
      const path = await api.shareReport(this.selection, language);
      if (path !== null) this.written = { path, mentor: null };
    });
  }

  compared(number: number, compared: boolean): Promise<void> {
    return this.contacts.once(async () => {
      await api.contactsCompared(number, compared);
      await this.#read();
    });
  }

  removeMentor(number: number): Promise<void> {
    return this.contacts.once(async () => {
      await api.contactsRemove(number);
      this.adding.added = null;
      await this.#read();
    });
  }

  tick({ packet, id }: AssignmentView, done: boolean): Promise<void> {
    return this.ask(async () => {
      await api.shareAssignmentDone(packet, id, done);
      await this.#read();
    });
  }

  /** Marks the comments on an item as read; with null, all. */
  read(item: ItemRef | null): Promise<void> {
    return this.once(async () => {
      await api.shareCommentsRead(item);
      await this.#read();
    });
  }

  /** What one calls oneself was kept. */
  named(name: string): void {
    if (this.page) this.page = { ...this.page, me: { ...this.page.me, name } };
  }

  async #look(language: Language): Promise<void> {
    const asked = ++this.#asked;
    const preview = await api.sharePreview(this.selection, language);
    if (asked === this.#asked) this.preview = preview;
  }

  async #read(): Promise<void> {
    const page = await api.shareShow();
    this.page = page;
    this.selection = possible(this.selection, page.choices);
  }
}

export const sharing = new Sharing();
