import { ApiError } from './api';

/** Keeps what is typed a little after the last key press: one request at a time, and again after one that failed. */
export class Autosave {
  /** Whether all that was typed is kept; false before anything was. */
  saved = $state(false);
  error = $state.raw<ApiError | null>(null);
  #typed = 0;
  #kept = 0;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;

  /**
   * @param keep keeps what is there when it is called
   * @param wait milliseconds without a key press
   */
  constructor(
    private readonly keep: () => Promise<void>,
    private readonly wait = 600,
  ) {}

  /** Whether something is typed and not kept yet. */
  get waiting(): boolean {
    return this.#typed !== this.#kept;
  }

  /** Says that something was typed. */
  touch(): void {
    this.#typed++;
    this.saved = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), this.wait);
  }

  /** Keeps now what is not kept yet; gives whether everything is. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#again = true;
    this.#running ??= this.#run();
    await this.#running;
    return !this.waiting;
  }

  /** Forgets what is not kept. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#again = false;
    this.#kept = this.#typed;
  }

  async #run(): Promise<void> {
    // Not before `#running` is set, even where `keep` throws at once.
    await Promise.resolve();
    // Whoever asks while a request is under way is answered by one more, even when that one fails.
    while (this.#again && this.waiting) {
      this.#again = false;
      const typed = this.#typed;
      try {
        await this.keep();
        this.#kept = Math.max(this.#kept, typed);
        this.error = null;
        this.saved = !this.waiting;
      } catch (cause) {
        this.error = ApiError.from(cause);
      }
    }
    this.#running = null;
  }
}
