import { describe, expect, it } from 'vitest';
import { LANGUAGES, messagesFor } from '../messages';
import type { Figures, Reason, RubricDimension, Score } from './api/types';
import {
  dimensionName,
  meanOf,
  meanText,
  megabytes,
  meter,
  mutedWords,
  paceOf,
  partAfter,
  reasonWords,
  secondsText,
  shapeWords,
  weakestOf,
  whyAsked,
} from './rehearsal';

const en = messagesFor('en');
const zh = messagesFor('zh-TW');
const score = (value: number): Score => ({ value, because: '', at_ms: null });
const rubric = [
  { id: 'action', name: { en: 'Depth of action', 'zh-TW': '行動的深度' } },
] as RubricDimension[];
const figures: Figures = {
  speech_ms: 60_000,
  pauses: 4,
  paused_ms: 3_000,
  longest_pause_ms: 1_200,
  longest_pause_at_ms: 20_000,
  syllables_per_minute: 213.6,
};

describe('the shape in words', () => {
  it('says each share, what is wanted, and which is off', () => {
    const rows = shapeWords(en, 'en', { opening: 41, action: 45, ending: 14 });
    expect(rows.map(({ part, share, off }) => [part, share.replace('\u00a0', ' '), off])).toEqual([
      ['opening', '41 %', true],
      ['action', '45 %', true],
      ['ending', '14 %', true],
    ]);
    expect(rows[0]?.wanted.replace('\u00a0', ' ')).toBe('at most 30 %');
  });

  it('is content with the limits themselves', () => {
    const rows = shapeWords(zh, 'zh-TW', { opening: 30, action: 55, ending: 15 });
    expect(rows.some(({ off }) => off)).toBe(false);
    expect(rows.map(({ share }) => share)).toEqual(['30%', '55%', '15%']);
  });
});

describe('reasons', () => {
  const reasons: Reason[] = [
    { code: 'long_opening', percent: 44 },
    { code: 'short_action', percent: 36 },
    { code: 'short_ending', percent: 9 },
    { code: 'few_numbers', found: 0 },
    { code: 'few_numbers', found: 1 },
    { code: 'low_score', value: 2 },
  ];

  it.each(LANGUAGES)('are sentences with their numbers in %s', (language) => {
    const words = reasons.map((reason) => reasonWords(messagesFor(language), language, reason));
    expect(new Set(words).size).toBe(reasons.length);
    for (const sentence of words) expect(sentence).toMatch(/[.。]$/);
    expect(words[0]).toContain('44');
    expect(words[1]).toContain('36');
    expect(words[2]).toContain('9');
    expect(words[5]).toContain('2');
  });

  it('stand with a probe only where it goes for a weak point', () => {
    const weak = [{ dimension: 'action', reason: reasons[1]! }];
    expect(whyAsked(en, 'en', { about: 'action' }, weak, rubric)).toContain('“Depth of action”');
    expect(whyAsked(zh, 'zh-TW', { about: 'action' }, weak, rubric)).toContain('「行動的深度」');
    expect(whyAsked(en, 'en', { about: 'result' }, weak, rubric)).toBe('');
    expect(whyAsked(en, 'en', { about: null }, weak, rubric)).toBe('');
  });
});

describe('scores', () => {
  it('have a mean and two that are lowest, in the order of the core', () => {
    const scores = { task: score(2), action: score(4), fit: score(2), result: score(1) };
    expect(meanOf(scores)).toBe(2.25);
    expect(weakestOf(scores)).toEqual(['result', 'fit']);
    expect(meanOf({})).toBeNull();
    expect(weakestOf({})).toEqual([]);
    expect(meanText(3)).toBe('3.0');
  });

  it('of a dimension that is not known show its id', () => {
    expect(dimensionName(rubric, 'action', 'zh-TW')).toBe('行動的深度');
    expect(dimensionName(rubric, 'new', 'en')).toBe('new');
  });
});

describe('figures', () => {
  it('have a pace to the nearest ten, and none for less than five seconds of speech', () => {
    expect(paceOf(figures)).toBe(210);
    expect(paceOf({ ...figures, speech_ms: 4_999 })).toBeNull();
    expect(paceOf({ ...figures, syllables_per_minute: null })).toBeNull();
  });

  it('are times as people read them', () => {
    expect(secondsText(en, 1_440)).toBe('1.4 s');
    expect(secondsText(zh, 12_000)).toBe('12秒');
  });

  it.each([
    [0, '0'],
    [12, '0.1'],
    [6_180_000, '6.2'],
    [500_000_000, '500'],
  ])('%d bytes are %s MB', (bytes, words) => expect(megabytes(bytes)).toBe(words));
});

it('a meter is empty in silence and full at the loudest', () => {
  expect([0, 0.001, 1, 3, NaN].map(meter)).toEqual([0, 0, 1, 1, 0]);
  expect(meter(0.1)).toBeCloseTo(0.6);
});

it('parts follow the marks, and the lesson stays the last', () => {
  expect([0, 1, 2, 3, 4, 9].map(partAfter)).toEqual([
    'situation',
    'task',
    'action',
    'result',
    'lesson',
    'lesson',
  ]);
});

it('a microphone that is not there has a reason, one that went away has none', () => {
  const none = mutedWords(en, 'en', { code: 'no_microphone', params: { reason: 'there is none' } });
  expect(none).toContain('there is none');
  expect(mutedWords(en, 'en', { code: 'no_microphone', params: {} })).toBe(en.rehearsal.cut);
});
