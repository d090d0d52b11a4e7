import * as api from '../../lib/api';
import type { Progress } from '../../lib/api';

/** How study goes. */
export class ProgressState {
  progress = $state.raw<Progress | null>(null);
  error = $state.raw<api.ApiError | null>(null);

  async load(): Promise<void> {
    try {
      this.progress = await api.progressShow();
      this.error = null;
    } catch (cause) {
      this.error = api.ApiError.from(cause);
    }
  }
}
