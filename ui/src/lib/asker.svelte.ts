import { ApiError } from './api';

/** Asks the core, and keeps what went wrong last; what goes well clears it. */
export class Asker {
  error = $state.raw<ApiError | null>(null);
  /** Whether something asked by `once` is on its way. */
  busy = $state(false);

  /** One request at a time: a second click before the answer does nothing. */
  async once(act: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    await this.#run(act, () => (this.busy = false));
  }

  /** Asks, whatever else is on its way. */
  ask(act: () => Promise<void>): Promise<void> {
    return this.#run(act);
  }

  // What is shown and that nothing is on its way any more come together: what just appeared can be clicked.
  async #run(act: () => Promise<void>, done?: () => void): Promise<void> {
    try {
      await act();
      this.error = null;
    } catch (cause) {
      this.error = ApiError.from(cause);
    } finally {
      done?.();
    }
  }
}
