import type { Route } from '../../app.svelte';
import type { Account, Answer, Card, Grade, ItemRef, RehearsalPage } from '../../lib/api/types';
import { elapsedMs } from '../practice/logic';

/** Where the learner came from, and goes back to. */
export type From = 'stories' | 'practice' | 'browse';

/** What is done now. */
export type Step = 'choosing' | 'telling' | 'told' | 'probes' | 'scoring' | 'finished';

/** Longest time on the page that counts as study: the page may stand open over lunch. */
const MOST_MS = 30 * 60_000;

/** Where a rehearsal that was left goes on. */
export function stepOf(page: RehearsalPage): Step {
  const { scores, probes } = page.account;
  if (page.ended) return 'finished';
  if (Object.keys(scores).length > 0) return 'scoring';
  if (probes.length === 0) return 'telling';
  return probes.some((probe) => probe.words !== '' || probe.at_ms !== null) ? 'probes' : 'told';
}

/** Whether nothing was told, so that nothing is lost with it. */
export function isUntold(page: Pick<RehearsalPage, 'account'>): boolean {
  const { told_ms, words, probes } = page.account;
  return told_ms === 0 && words.trim() === '' && probes.length === 0;
}

/** The page to go back to. */
export function backTo(from: From, item: ItemRef): Route {
  if (from === 'stories') return { page: 'stories', story: item.id };
  return from === 'practice' ? { page: 'practice', item: null } : { page: 'browse', item };
}

/** The grade of a rehearsal as the core takes it; `onPageMs` is the time from opening the page to the grade. */
export function answerOf(card: Card, account: Account, grade: Grade, from: From, onPageMs: number): Answer {
  const think = Math.min(MOST_MS, account.told_ms);
  const words = account.manner === 'typed' ? account.words.trim() : '';
  return {
    item: card.view.item,
    revision: card.view.revision,
    session: from === 'practice' ? 'today' : 'browse',
    grade,
    ticked: [...account.ticked],
    answer_mode: words ? 'typed' : 'thought',
    answer: words || null,
    prompt_language: account.language,
    reveal_language: account.language,
    think_ms: think,
    // Told in an earlier sitting, it may be longer than this one.
    total_ms: Math.max(think, Math.min(MOST_MS, elapsedMs(0, onPageMs))),
    drill: null,
    play: null,
  };
}
