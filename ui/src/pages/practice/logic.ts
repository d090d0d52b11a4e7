import type { Answer, Card, Grade, ItemRef, Language, SessionKind } from '../../lib/api/types';

/** The grades from the worst to the best, as their keys 1 to 4 stand. */
export const GRADES: readonly Grade[] = ['again', 'hard', 'good', 'easy'];

/** The core keeps times in 31 bits; a card left open for weeks stays within them. */
const MOST_MS = 2 ** 31 - 1;

/** Milliseconds between two readings of `performance.now()`: whole, never negative, at most 2^31 - 1. */
export function elapsedMs(from: number, to: number): number {
  if (!Number.isFinite(from) || !Number.isFinite(to)) return 0;
  return Math.min(MOST_MS, Math.max(0, Math.round(to - from)));
}

/** When what happened, on the clock of `performance.now()`. */
export interface Times {
  shown: number;
  revealed: number;
  graded: number;
}

/** An answer as the core takes it. */
export function answerOf(
  card: Card,
  grade: Grade,
  session: SessionKind,
  ticked: readonly string[],
  typed: string,
  languages: { prompt: Language; reveal: Language },
  times: Times,
): Answer {
  const answer = typed.trim();
  return {
    item: card.view.item,
    revision: card.view.revision,
    session,
    grade,
    ticked: [...ticked],
    answer_mode: answer ? 'typed' : 'thought',
    answer: answer || null,
    prompt_language: languages.prompt,
    reveal_language: languages.reveal,
    think_ms: elapsedMs(times.shown, times.revealed),
    total_ms: elapsedMs(times.shown, times.graded),
    drill: null,
    play: null,
  };
}

/** The next language of a card that has several; the same one if it has no other. */
export function nextLanguage(languages: readonly Language[], now: Language): Language {
  return languages[(languages.indexOf(now) + 1) % languages.length] ?? now;
}

/** Whether an item is told at length: a prompt for a story, or a story itself. */
export function isTold(item: ItemRef): boolean {
  return item.kind === 'prompt' || item.kind === 'story';
}

/** Adds or removes an id. */
export function toggled(ids: readonly string[], id: string): string[] {
  return ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id];
}
