import * as api from '../../lib/api';
import type { Grade, IncidentRow, Mark, PlayDraft, PlayPage, UpdatePart } from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';
import { Autosave } from '../../lib/autosave.svelte';

/** The incidents, as they were read last: coming back shows them at once. */
class IncidentList extends Asker {
  rows = $state.raw<IncidentRow[] | null>(null);

  load(): Promise<void> {
    return this.ask(async () => {
      this.rows = (await api.incidentsList()).rows;
    });
  }

  /** Begins a play and gives its number; none where it cannot be begun. */
  async start(incident: string, seed: string | null): Promise<number | null> {
    let number: number | null = null;
    await this.once(async () => {
      number = (await api.incidentsStart(incident, seed)).number;
    });
    return number;
  }
}

export const incidentList = new IncidentList();

/** A play at the desk. */
export class DeskState extends Asker {
  page = $state.raw<PlayPage | null>(null);
  /** The check whose evidence is read. */
  open = $state<string | null>(null);
  /** Where evidence was written to last. */
  saved = $state<string | null>(null);
  draft = $state<PlayDraft>({
    marks: {},
    update: '',
    parts: [],
    post: { mechanism: '', owner: '', date: '' },
  });
  runbook = $state('');
  graded = $state(false);
  #startedAt = performance.now();

  readonly autosave = new Autosave(async () => {
    if (!this.page || this.page.ended) return;
    // What came back must not run over what was typed meanwhile: only the hints are taken.
    this.page = await api.incidentsKeep(this.number, $state.snapshot(this.draft));
  });

  constructor(readonly number: number) {
    super();
  }

  load(): Promise<void> {
    return this.#do(async () => {
      const page = await api.incidentsShow(this.number);
      this.draft = {
        marks: page.play.marks,
        update: page.play.update,
        parts: page.play.parts,
        post: page.play.post,
      };
      this.runbook = page.runbook ?? '';
      this.open = page.checks.find(({ view }) => view)?.id ?? null;
      return page;
    });
  }

  /** Reads evidence; what was not asked for yet is asked for. */
  async check(id: string): Promise<void> {
    const known = this.page?.checks.find((check) => check.id === id)?.view;
    if (!known) await this.#do(() => api.incidentsCheck(this.number, id));
    if (this.page?.checks.find((check) => check.id === id)?.view) {
      this.open = id;
      this.saved = null;
    }
  }

  /** Writes a check's evidence into a file the learner chooses. */
  async save(check: string): Promise<void> {
    await this.ask(async () => {
      this.saved = await api.incidentsSave(this.number, check);
    });
  }

  /** Marks a hypothesis; the same mark again takes it off. */
  mark(id: string, mark: Mark): void {
    const marks = { ...this.draft.marks };
    if (marks[id] === mark) delete marks[id];
    else marks[id] = mark;
    this.draft.marks = marks;
    this.autosave.touch();
  }

  name(id: string): Promise<void> {
    return this.#do(() => api.incidentsCause(this.number, id));
  }

  act(id: string): Promise<void> {
    return this.#do(() => api.incidentsAct(this.number, id));
  }

  part(part: UpdatePart): void {
    const parts = this.draft.parts;
    this.draft.parts = parts.includes(part) ? parts.filter((other) => other !== part) : [...parts, part];
    this.autosave.touch();
  }

  async send(): Promise<void> {
    if (!(await this.autosave.flush())) return;
    await this.#do(() => api.incidentsSend(this.number));
  }

  async end(): Promise<void> {
    if (!(await this.autosave.flush())) return;
    await this.#do(() => api.incidentsEnd(this.number));
    window.scrollTo(0, 0);
  }

  async keepRunbook(): Promise<boolean> {
    const incident = this.page?.item.id;
    if (!incident) return false;
    let kept = false;
    await this.#do(async () => {
      await api.incidentsRunbook(incident, this.runbook);
      kept = true;
      return api.incidentsShow(this.number);
    });
    return kept;
  }

  /** Grades the play as an answer to its incident. */
  async grade(grade: Grade, language: api.Language, session: api.SessionKind): Promise<boolean> {
    const page = this.page;
    if (!page || this.graded) return false;
    const total = Math.min(2 ** 31 - 1, Math.round(performance.now() - this.#startedAt));
    await this.ask(async () => {
      await api.practiceGrade({
        item: page.item,
        revision: page.revision,
        session,
        grade,
        ticked: [],
        answer_mode: this.draft.update.trim() ? 'typed' : 'thought',
        answer: this.draft.update.trim() || null,
        prompt_language: language,
        reveal_language: language,
        think_ms: total,
        total_ms: total,
        drill: null,
        play: this.number,
      });
      this.graded = true;
    });
    return this.graded;
  }

  #do(work: () => Promise<PlayPage>): Promise<void> {
    return this.once(async () => {
      this.page = await work();
    });
  }
}
