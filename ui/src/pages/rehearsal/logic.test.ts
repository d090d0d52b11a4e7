import { describe, expect, it } from 'vitest';
import { accountOf, rehearsalOf } from '../../dev/builders';
import type { Account, Card, ProbeAnswer } from '../../lib/api/types';
import { answerOf, backTo, isUntold, stepOf } from './logic';

const item = { kind: 'prompt', id: 'dive-deep/x' };
const card = { view: { item, revision: 3 } } as Card;
const account = (more: Partial<Account> = {}) => accountOf({ language: 'zh-TW', ...more });
const page = (more: Partial<Account> = {}, ended = false) => rehearsalOf(account(more), { ended });
const probe = (more: Partial<ProbeAnswer> = {}): ProbeAnswer => ({
  text: { en: 'Why?', 'zh-TW': '為什麼？' },
  about: null,
  words: '',
  at_ms: null,
  ...more,
});

describe('the grade', () => {
  it('of a typed rehearsal carries its words, of a spoken one none', () => {
    const typed = answerOf(
      card,
      account({ words: ' 我先看 ', told_ms: 90_000 }),
      'good',
      'practice',
      240_000.4,
    );
    expect(typed).toMatchObject({
      item,
      revision: 3,
      session: 'today',
      grade: 'good',
      answer_mode: 'typed',
      answer: '我先看',
      prompt_language: 'zh-TW',
      think_ms: 90_000,
      total_ms: 240_000,
      drill: null,
      play: null,
    });
    const notes = account({ manner: 'spoken', words: 'notes' });
    const spoken = answerOf(card, notes, 'hard', 'browse', 1_000);
    expect(spoken).toMatchObject({ session: 'browse', answer_mode: 'thought', answer: null });
    expect(answerOf(card, notes, 'hard', 'stories', 1_000).session).toBe('browse');
  });

  it('counts half an hour at most, and never less than the telling', () => {
    const long = answerOf(card, account({ told_ms: 120_000 }), 'good', 'browse', 9 * 3_600_000);
    expect([long.think_ms, long.total_ms]).toEqual([120_000, 1_800_000]);
    const gone = answerOf(card, account({ told_ms: 120_000 }), 'good', 'browse', 20_000);
    expect([gone.think_ms, gone.total_ms]).toEqual([120_000, 120_000]);
    const open = answerOf(card, account({ told_ms: 7_200_000 }), 'good', 'browse', 20_000);
    expect([open.think_ms, open.total_ms]).toEqual([1_800_000, 1_800_000]);
  });
});

describe('what was left', () => {
  it('goes on where it stood', () => {
    expect(stepOf(page({ told_ms: 5_000 }))).toBe('telling');
    expect(stepOf(page({ probes: [probe()] }))).toBe('told');
    expect(stepOf(page({ probes: [probe({ words: 'yes' }), probe()] }))).toBe('probes');
    expect(stepOf(page({ probes: [probe({ at_ms: 5 }), probe()] }))).toBe('probes');
    const scores = { action: { value: 3, because: '', at_ms: null } };
    expect(stepOf(page({ probes: [probe()], scores }))).toBe('scoring');
    expect(stepOf(page({ scores }, true))).toBe('finished');
  });

  it('is nothing where nothing was told', () => {
    expect(isUntold(page({ words: ' \n' }))).toBe(true);
    expect(isUntold(page({ words: 'a' }))).toBe(false);
    expect(isUntold(page({ told_ms: 1 }))).toBe(false);
  });
});

it('leads back to where it came from', () => {
  expect(backTo('practice', item)).toEqual({ page: 'practice', item: null });
  expect(backTo('browse', item)).toEqual({ page: 'browse', item });
  expect(backTo('stories', { kind: 'story', id: 'a1' })).toEqual({ page: 'stories', story: 'a1' });
});
