import * as api from '../../lib/api';
import type { Today } from '../../lib/api';

/** The day's list, summed up. */
export class TodayState {
  today = $state.raw<Today | null>(null);
  error = $state.raw<api.ApiError | null>(null);

  async load(): Promise<void> {
    try {
      this.today = await api.todayShow();
      this.error = null;
    } catch (cause) {
      this.error = api.ApiError.from(cause);
    }
  }

  /** Whether a calibration now heads the list. */
  async calibrate(): Promise<boolean> {
    try {
      await api.todayCalibrate();
      return true;
    } catch (cause) {
      this.error = api.ApiError.from(cause);
      return false;
    }
  }
}
