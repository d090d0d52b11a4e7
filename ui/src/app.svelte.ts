/** What the whole window shares: what the core said at the start, the words, and which page is shown. */
import * as api from './lib/api';
import type { ItemRef, Language, Outline, Round, Settings, Start, StoryId } from './lib/api';
import { applyTheme } from './lib/theme';
import { errorSentence, guessLanguage, messagesFor, type Messages } from './messages';

/** Where the learner is. Practice remembers the item it began with in Browse, or that it begins with more minutes. */
export type Route =
  | { page: 'today' }
  | { page: 'plan' }
  | { page: 'stories'; story: StoryId | null }
  | { page: 'rehearsal'; item: ItemRef; from: 'stories' | 'practice' | 'browse' }
  | { page: 'mock'; number: number | null }
  | { page: 'drills'; wanted: { family: string; level: number; seed: string } | null }
  | { page: 'incidents'; play: number | null; from?: 'incidents' | 'practice' }
  | { page: 'practice'; item: ItemRef | null; more?: boolean }
  | { page: 'browse'; item: ItemRef | null }
  | { page: 'progress' }
  | { page: 'mentor'; learner: number | null }
  | { page: 'settings' };

export type PageName = Route['page'];

class App {
  phase = $state<'opening' | 'failed' | 'first-run' | 'ready'>('opening');
  error = $state.raw<api.ApiError | null>(null);
  start = $state.raw<Start | null>(null);
  route = $state.raw<Route>({ page: 'today' });
  /** Chosen or guessed: there are words even before the core answers. */
  language = $state<Language>(guessLanguage());

  /** The words of the interface. */
  t = $derived<Messages>(messagesFor(this.language));

  get settings(): Settings {
    return this.#loaded.settings;
  }
  get outline(): Outline {
    return this.#loaded.outline;
  }
  get rounds(): Round[] {
    return this.#loaded.rounds;
  }
  get today(): string {
    return this.#loaded.today;
  }

  get #loaded(): Start {
    if (!this.start) throw new Error('a page was shown before the start');
    return this.start;
  }

  /** Asks the core for the start; what fails is kept for the error page. */
  async load(): Promise<void> {
    try {
      const start = await api.startShow();
      this.start = start;
      this.error = null;
      if (start.settings.set_up) this.#apply(start.settings);
      else applyTheme(start.settings.theme);
      this.phase = start.settings.set_up ? 'ready' : 'first-run';
      // Nobody asked for it, so nobody is told when it cannot be done; it is tried again the next time.
      if (start.settings.set_up) api.learningStart(false).catch(() => undefined);
    } catch (cause) {
      this.error = api.ApiError.from(cause);
      this.phase = 'failed';
    }
  }

  /** Keeps the learner's choices, and shows the window accordingly. */
  async saveSettings(settings: Settings): Promise<void> {
    const saved = await api.settingsSave(settings);
    if (this.start) this.start = { ...this.start, settings: saved };
    this.#apply(saved);
  }

  /** Keeps the interview rounds. */
  async saveRounds(rounds: Round[]): Promise<void> {
    const saved = await api.settingsSaveRounds(rounds);
    if (this.start) this.start = { ...this.start, rounds: saved };
  }

  /** Writes an error report about an item; gives the file's path, or a sentence that says why not. */
  async report(
    item: ItemRef,
    language: Language,
    words: string,
  ): Promise<{ path: string } | { sentence: string }> {
    try {
      return { path: await api.browseReport(item, language, words) };
    } catch (cause) {
      return { sentence: errorSentence(this.language, api.ApiError.from(cause)) };
    }
  }

  go(route: Route): void {
    this.route = route;
    window.scrollTo(0, 0);
  }

  /** Speaks another language at once, saved or not. */
  speak(language: Language): void {
    this.language = language;
    document.documentElement.lang = language;
  }

  #apply(settings: Settings): void {
    this.speak(settings.interface_language);
    applyTheme(settings.theme);
  }
}

export const app = new App();
