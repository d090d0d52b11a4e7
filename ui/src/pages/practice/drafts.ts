import type { ItemRef } from '../../lib/api/types';

/** What was typed and not graded yet, by item: leaving a card must not lose it. */
const drafts = new Map<string, string>();
const key = (item: ItemRef) => `${item.kind}/${item.id}`;

export const draftOf = (item: ItemRef): string => drafts.get(key(item)) ?? '';
export const keepDraft = (item: ItemRef, text: string): void => void drafts.set(key(item), text);
export const dropDraft = (item: ItemRef): void => void drafts.delete(key(item));
