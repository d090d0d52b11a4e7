import * as api from '../../lib/api';
import type { DrillRow } from '../../lib/api';

/** The families, as they were read last: coming back shows them at once. */
class DrillList {
  rows = $state.raw<DrillRow[] | null>(null);
  error = $state.raw<api.ApiError | null>(null);

  async load(): Promise<void> {
    try {
      this.rows = (await api.drillsList()).rows;
      this.error = null;
    } catch (cause) {
      this.error = api.ApiError.from(cause);
    }
  }
}

export const drillList = new DrillList();
