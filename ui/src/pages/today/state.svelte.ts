import * as api from '../../lib/api';
import type { AssignmentView, Today } from '../../lib/api';

/** The day's list, summed up. */
export class TodayState {
  today = $state.raw<Today | null>(null);
  error = $state.raw<api.ApiError | null>(null);
  /** Why a tick was not kept. */
  tickError = $state.raw<api.ApiError | null>(null);

  async load(): Promise<void> {
    try {
      this.today = await api.todayShow();
      this.error = null;
    } catch (cause) {
      this.error = api.ApiError.from(cause);
    }
  }

  /** Ticks an assignment off, and reads the day anew: it stood on the day's list. */
  async tick({ packet, id }: AssignmentView, done: boolean): Promise<void> {
    try {
      await api.shareAssignmentDone(packet, id, done);
      this.tickError = null;
    } catch (cause) {
      this.tickError = api.ApiError.from(cause);
      return;
    }
    await this.load();
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
