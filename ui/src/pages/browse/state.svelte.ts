import * as api from '../../lib/api';
import type { BrowseItem, BrowseRow, ItemRef } from '../../lib/api';
import { EVERYTHING, narrowed, PAGE, type Wanted } from './logic';

/** The list as the learner left it: it outlives the page, so that coming back from an item finds the place. */
class BrowseList {
  wanted = $state.raw<Wanted>(EVERYTHING);
  rows = $state.raw<BrowseRow[] | null>(null);
  total = $state(0);
  error = $state.raw<api.ApiError | null>(null);
  /** Where the page was scrolled to, and which item was opened there. */
  scroll = 0;
  opened: string | null = null;
  #asked = 0;

  more = $derived(Math.min(PAGE, this.total - (this.rows?.length ?? 0)));

  narrow(change: Partial<Wanted>): Promise<void> {
    this.wanted = narrowed(this.wanted, change);
    return this.load();
  }

  /** Reads the list anew, as long as it was. */
  load(): Promise<void> {
    return this.#ask(0, Math.min(500, Math.max(PAGE, this.rows?.length ?? 0)));
  }

  loadMore(): Promise<void> {
    return this.#ask(this.rows?.length ?? 0, PAGE);
  }

  async #ask(offset: number, limit: number): Promise<void> {
    const asked = ++this.#asked;
    try {
      const page = await api.browseList({ ...this.wanted, offset, limit });
      if (asked !== this.#asked) return;
      this.rows = offset === 0 ? page.rows : [...(this.rows ?? []), ...page.rows];
      this.total = page.total;
      this.error = null;
    } catch (cause) {
      if (asked === this.#asked) this.error = api.ApiError.from(cause);
    }
  }
}

export const browseList = new BrowseList();

/** One item, read whole. */
export class ItemState {
  item = $state.raw<BrowseItem | null>(null);
  error = $state.raw<api.ApiError | null>(null);

  async load(ref: ItemRef): Promise<void> {
    try {
      this.item = await api.browseShow(ref);
      this.error = null;
    } catch (cause) {
      this.error = api.ApiError.from(cause);
    }
  }
}
