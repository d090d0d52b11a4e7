import * as api from '../../lib/api';
import type { FiguresPage, Language, Progress } from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';
import { figuresAlone } from '../../lib/selection';

/** How study goes. */
export class ProgressState extends Asker {
  progress = $state.raw<Progress | null>(null);
  page = $state.raw<FiguresPage | null>(null);
  /** The figure that was written to a file last, and where. */
  saved = $state.raw<{ figure: string; path: string } | null>(null);

  load(language: Language): Promise<void> {
    return this.ask(async () => {
      const [progress, page] = await Promise.all([api.progressShow(), api.progressFigures(language)]);
      this.progress = progress;
      this.page = page;
    });
  }

  save(figure: string, language: Language, numbers: boolean): Promise<void> {
    return this.once(async () => {
      const path = await api.progressSave(figure, language, numbers);
      this.saved = path === null ? null : { figure, path };
    });
  }

  report(language: Language): Promise<void> {
    return this.once(async () => {
      const path = await api.shareReport(figuresAlone(), language);
      this.saved = path === null ? null : { figure: 'report', path };
    });
  }
}
