import { describe, expect, it } from 'vitest';
import type { Card } from '../../lib/api/types';
import { answerOf, elapsedMs, nextLanguage, toggled } from './logic';

const card = { view: { item: { kind: 'question', id: 'a/b/c' }, revision: 3 } } as Card;
const languages = { prompt: 'en', reveal: 'zh-TW' } as const;

describe('an answer', () => {
  it('carries what was done', () => {
    const times = { shown: 100.4, revealed: 72_100.9, graded: 90_000 };
    expect(answerOf(card, 'good', 'today', ['x'], ' my words ', languages, times)).toEqual({
      item: { kind: 'question', id: 'a/b/c' },
      revision: 3,
      session: 'today',
      grade: 'good',
      ticked: ['x'],
      answer_mode: 'typed',
      answer: 'my words',
      prompt_language: 'en',
      reveal_language: 'zh-TW',
      think_ms: 72_001,
      total_ms: 89_900,
      drill: null,
      play: null,
    });
  });

  it('of blanks was thought, not typed', () => {
    const times = { shown: 0, revealed: 1, graded: 2 };
    const answer = answerOf(card, 'again', 'browse', [], ' \n ', languages, times);
    expect(answer.answer_mode).toBe('thought');
    expect(answer.answer).toBeNull();
  });
});

it.each([
  [0, 1.6, 2],
  [5, 3, 0],
  [0, 2 ** 33, 2 ** 31 - 1],
  [NaN, 3, 0],
])('from %d to %d are %d ms', (from, to, ms) => expect(elapsedMs(from, to)).toBe(ms));

it('languages take turns', () => {
  expect(nextLanguage(['en', 'zh-TW'], 'en')).toBe('zh-TW');
  expect(nextLanguage(['en', 'zh-TW'], 'zh-TW')).toBe('en');
  expect(nextLanguage(['en'], 'en')).toBe('en');
  expect(nextLanguage([], 'en')).toBe('en');
});

it('ticks come and go', () => {
  expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
  expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
});
