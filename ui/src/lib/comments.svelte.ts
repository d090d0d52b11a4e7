import * as api from './api';
import type { CommentView, ItemRef } from './api';
import { isSame, rowKey } from './comments';

/** What mentors said on the items that a page shows. */
export class ItemComments {
  all = $state.raw<CommentView[]>([]);
  #asked = 0;
  #seen: string[] = [];
  #kept: ItemRef[] = [];

  /** Reads what there is. It stands beside what the page is about: where it cannot be read, the page goes on without. */
  async load(items: readonly ItemRef[]): Promise<void> {
    const asked = ++this.#asked;
    const each = items.filter((item, i) => items.findIndex((other) => isSame(item, other)) === i);
    const found = await Promise.all(each.map((item) => api.shareComments(item).catch(() => [])));
    if (asked !== this.#asked) return;
    this.all = found.flat();
    this.#seen = [];
    this.#kept = [];
  }

  /** Comments that were on the screen. An item is kept as read when none of its new ones is left unseen. */
  seen(views: readonly CommentView[]): void {
    this.#seen.push(...views.map(rowKey));
    for (const { read, comment } of views) {
      if (read || this.#kept.some((item) => isSame(item, comment.item))) continue;
      const unread = this.all.filter((view) => !view.read && isSame(view.comment.item, comment.item));
      if (!unread.every((view) => this.#seen.includes(rowKey(view)))) continue;
      this.#kept.push(comment.item);
      // They stay marked as new on this page, and when it fails, until they are seen again.
      api.shareCommentsRead(comment.item).catch(() => undefined);
    }
  }
}
