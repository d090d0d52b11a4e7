import { describe, expect, it } from 'vitest';
import { items, outline } from '../../dev/bank';
import { accountOf, rehearsalOf } from '../../dev/builders';
import type { Account, MockAnswer, MockPage, MockRound, MockRow, Settings } from '../../lib/api/types';
import { LANGUAGES, messagesFor } from '../../messages';
import {
  areaShares,
  asksForStory,
  change,
  chineseOf,
  dimensionMeans,
  figuresLine,
  HEIGHT,
  interviewerName,
  isScored,
  loopTime,
  lowest,
  notNamed,
  panelWords,
  placeOf,
  points,
  seedOf,
  shareOf,
  trendWords,
  WIDTH,
} from './logic';

const t = messagesFor('en');
const question = items.find((view) => !asksForStory(view))!;
const prompt = items.find(asksForStory)!;

const account = accountOf();

function answer(number: number, more: Partial<MockAnswer> = {}, of: Partial<Account> = {}): MockAnswer {
  return {
    round: 0,
    view: question,
    language: 'en',
    term: null,
    share: null,
    answer: rehearsalOf(of, { number, item: question.item, ended: true }),
    ...more,
  };
}

const round = (more: Partial<MockRound> = {}): MockRound => ({
  interviewer: '',
  bar_raiser: false,
  language: 'en',
  principles: [],
  area: '',
  minutes: 30,
  questions: [],
  scored: true,
  ...more,
});

const row = (mean: number | null, technical: number | null = null): MockRow => ({
  number: 1,
  seed: 1,
  started_at_ms: 0,
  rounds: 4,
  scored: 4,
  mean,
  dimensions: {},
  technical,
});

describe('the wish', () => {
  it.each([
    ['8126', 8126],
    [' 7 ', 7],
    ['0', 0],
    ['999999999', 999_999_999],
    ['1000000000', null],
    ['', null],
    ['-1', null],
    ['1.5', null],
    ['１２', null],
  ])('reads %j as a draw number', (text, seed) => expect(seedOf(text)).toBe(seed));

  it.each([
    ['en', 'en', 'zh-TW'],
    ['en', 'zh-CN', 'zh-CN'],
    ['zh-TW', 'zh-CN', 'zh-TW'],
    ['zh-CN', 'en', 'zh-CN'],
  ] as const)('offers the Chinese that items come in: content %s, words %s', (content, words, chinese) => {
    const settings = { content_language: content, interface_language: words } as Settings;
    expect(chineseOf(settings)).toBe(chinese);
  });

  it('says who will interview', () => {
    expect(panelWords(t, 0, 4)).toBe(t.mock.panelNone);
    expect(panelWords(t, 4, 4)).toContain('The 4 people');
    expect(panelWords(t, 5, 3)).toContain('3 of the 5');
    expect(panelWords(t, 1, 2)).toContain('1 more is drawn');
    expect(loopTime(t, 4)).toBe('2 h');
    expect(loopTime(t, 3)).toBe('1.5 h');
  });
});

describe('a round', () => {
  it('names interviewers by what they are called, or by their place', () => {
    expect(interviewerName(t, round({ interviewer: ' Hiring manager ' }), 0)).toBe('Hiring manager');
    expect(interviewerName(t, round(), 1)).toBe('Interviewer 2');
  });

  it('counts its questions, with those that terms added', () => {
    const asked = (answer: number | null) => ({ item: question.item, term: null, probes: [], answer });
    const page = { rounds: [round({ questions: [asked(4), asked(9), asked(null)] })] } as MockPage;
    expect(placeOf(page, 0, 9)).toEqual({ n: 2, of: 3 });
    expect(placeOf(page, 3, 9)).toEqual({ n: 1, of: 1 });
  });

  it('weighs what was named', () => {
    const key = (id: string, weight: number) => ({ id, weight, must: false, text: [] });
    const all = [key('a', 3), key('b', 1)];
    expect(shareOf(all, ['a'])).toBe(0.75);
    expect(shareOf([], [])).toBeNull();
    expect(notNamed(all, ['a']).map(({ id }) => id)).toEqual(['b']);
    expect(isScored(account)).toBe(false);
    expect(isScored({ ...account, ticked: ['a'] })).toBe(true);
  });
});

describe('the debrief', () => {
  it('finds the lowest dimensions and says how many answers they come from', () => {
    const score = { value: 2, because: '', at_ms: null };
    const answers = [
      answer(1, { view: prompt }, { scores: { task: score } }),
      answer(2, { view: prompt }, { scores: { task: score, result: score } }),
    ];
    const means = dimensionMeans(outline.rubric, { task: 2, result: 2, situation: 3.5 }, answers);
    expect(means.map(({ dimension }) => dimension.id)).toEqual(['situation', 'task', 'result']);
    expect(lowest(means).map(({ dimension, answers }) => [dimension.id, answers])).toEqual([
      ['task', 2],
      ['result', 1],
    ]);
    expect(means.map(({ mean }) => mean)).toEqual([3.5, 2, 2]);
  });

  it('adds areas up, the weakest first, without rounds that were not scored', () => {
    const other = { ...question, domain: 'other' };
    const answers = [
      answer(1, { share: 1 }, { ticked: question.faces.en?.key_points.map(({ id }) => id) ?? [] }),
      answer(2, { share: 0.5, view: other }),
      answer(3, { share: 0, round: 1 }),
      answer(4, { view: prompt }),
    ];
    const areas = areaShares(answers, [round(), round({ scored: false })]);
    const must = question.faces.en?.key_points.filter(({ must }) => must).length ?? 0;
    expect(must).toBeGreaterThan(0);
    expect(areas).toEqual([
      { domain: 'other', share: 0.5, answers: 1, missedMust: must },
      { domain: question.domain, share: 1, answers: 1, missedMust: 0 },
    ]);
  });

  it('says how figures went, with the numbers they come from', () => {
    expect(change([row(2.8), row(null), row(2)], ({ mean }) => mean)).toEqual({ from: 2, to: 2.8, loops: 2 });
    expect(change([row(2.8)], ({ mean }) => mean)).toBeNull();
    expect(trendWords(t, 'en', [])).toEqual([]);
    expect(trendWords(t, 'en', [row(2)])).toEqual([t.mock.trendOne]);
    for (const language of LANGUAGES) {
      const words = trendWords(messagesFor(language), language, [row(2.8, 0.62), row(2.1, 0.45)]).join('');
      expect(words).toContain('2.1');
      expect(words).toContain('2.8');
      expect(words).toMatch(/45.?%.*62.?%/);
    }
  });

  it('draws a trend from the oldest, and leaves a place for a loop without scores', () => {
    const drawn = points([1, null, 4], 1, 4);
    expect(drawn).toHaveLength(2);
    expect(drawn[0]?.y).toBeGreaterThan(drawn[1]?.y ?? HEIGHT);
    expect(drawn[0]?.x).toBeLessThan(WIDTH / 2);
    expect(drawn[1]?.x).toBeGreaterThan(WIDTH / 2);
    expect(points([2], 1, 4)).toHaveLength(1);
  });

  it('puts the figures of a recording in one line', () => {
    const figures = {
      speech_ms: 3_000,
      pauses: 0,
      paused_ms: 0,
      longest_pause_ms: 0,
      longest_pause_at_ms: null,
      syllables_per_minute: 240,
    };
    expect(figuresLine(t, figures)).toContain('0:03');
    expect(figuresLine(t, figures)).toContain(t.rehearsal.paceNone);
    expect(figuresLine(t, { ...figures, speech_ms: 90_000 })).toContain('240');
  });
});
