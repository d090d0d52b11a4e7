import { describe, expect, it } from 'vitest';
import type { CohortRow, Comment, Feedback, Parts, Place, ToldShared } from '../../lib/api/types';
import { accountOf } from '../../dev/builders';
import {
  commentsAt,
  isSilent,
  leaving,
  noFeedback,
  placeKey,
  pointsText,
  quoteOf,
  sortRows,
  storyItem,
  tellingsOf,
  toldByLoop,
  wordsOf,
} from './review';

const text = (en: string) => ({ en, 'zh-TW': en });
const story = storyItem('a');
const comment = (place: Place, words = 'Good'): Comment => ({
  item: story,
  title: text('A'),
  place,
  quote: '',
  words,
  scores: {},
});
const told = (number: number, mock: [number, number] | null): ToldShared => ({
  number,
  item: { kind: 'prompt', id: 'x' },
  title: text('X'),
  mock,
  at_ms: 0,
  account: accountOf(),
  recording: false,
});
const parts = (more: Partial<Parts> = {}): Parts => ({
  name: 'Mei',
  question: '',
  language: 'zh-TW',
  track: 'csa',
  interview: null,
  progress: false,
  items: [],
  stories: [],
  told: [],
  mocks: [],
  plays: [],
  ...more,
});

describe('places', () => {
  it('have one name whatever the order of their fields, and another for another step', () => {
    expect(placeKey(story, { type: 'play', number: 1, step: 2 })).toBe(
      placeKey(story, { step: 2, number: 1, type: 'play' } as Place),
    );
    expect(placeKey(story, { type: 'play', number: 1, step: 2 })).not.toBe(
      placeKey(story, { type: 'play', number: 1, step: null }),
    );
    expect(placeKey(story, { type: 'whole' })).not.toBe(placeKey(storyItem('b'), { type: 'whole' }));
  });

  it('find their comments with where they stand in the draft', () => {
    const all = [comment({ type: 'whole' }), comment({ type: 'told', number: 1 })];
    expect(commentsAt(all, story, { type: 'told', number: 1 }).map(({ index }) => index)).toEqual([1]);
    expect(commentsAt(all, story, { type: 'told', number: 2 })).toEqual([]);
  });
});

describe('what leaves', () => {
  it('is what says something: scores count, empty comments and empty tasks do not', () => {
    const scored = {
      ...comment({ type: 'whole' }, ''),
      scores: { s: { value: 2, because: '', at_ms: null } },
    };
    const draft: Feedback = {
      ...noFeedback(),
      comments: [comment({ type: 'whole' }, ' '), scored],
      assignments: [
        { item: null, title: text(''), words: ' ', due: '2026-12-01' },
        { item: story, title: text('A'), words: '', due: '2026-12-01' },
      ],
    };
    expect(leaving(draft).comments).toEqual([scored]);
    expect(leaving(draft).assignments.map(({ item }) => item)).toEqual([story]);
    expect(isSilent(draft)).toBe(false);
    expect(isSilent({ ...noFeedback(), words: ' \n', comments: [comment({ type: 'whole' }, '')] })).toBe(
      true,
    );
  });

  it('quotes without line breaks, and not without end', () => {
    expect(quoteOf('  one\n two ')).toBe('one two');
    expect(quoteOf('x'.repeat(900))).toHaveLength(400);
  });
});

describe('a packet', () => {
  it('shows only tellings that are written, the Chinese one as its learner writes it', () => {
    const empty = {
      title: '',
      situation: '',
      task: '',
      action: '',
      result: '',
      lesson: '',
      metrics: '',
      seconds_30: '',
      seconds_90: '',
    };
    const shown = (language: Parts['language']) =>
      tellingsOf(parts({ language }), {
        when: '',
        english: { ...empty, title: ' ' },
        chinese: { ...empty, action: '我看了日誌。', metrics: '5%降到0.1%' },
        principles: {},
        people: [],
      });
    expect(shown('en').map(({ language }) => language)).toEqual(['zh-TW']);
    expect(shown('zh-CN')[0]).toMatchObject({
      language: 'zh-CN',
      parts: [{ part: 'action' }],
      more: ['5%降到0.1%'],
    });
  });

  it('keeps the answers of a loop together in the order of asking', () => {
    const packet = parts({
      mocks: [{ number: 9, at_ms: 0, rounds: [], own_questions: '' }],
      told: [told(5, [9, 1]), told(4, [9, 0]), told(3, null), told(2, [7, 0])],
    });
    const { loops, alone } = toldByLoop(packet);
    expect(loops[0]?.told.map(({ number }) => number)).toEqual([4, 5]);
    expect(alone.map(({ number }) => number)).toEqual([3, 2]);
  });
});

describe('the table', () => {
  const row = (name: string, readiness: number | null, waiting_days: number | null): CohortRow => ({
    contact: { number: 1, role: 'learner', name, words: [], compared: true, changed_key: false },
    readiness,
    trend: null,
    idle_days: null,
    weakest: null,
    interview: null,
    packets: 1,
    waiting_days,
  });
  const rows = [row('Bo', 0.5, null), row('Ai', null, 4), row('Ci', 0.2, 1)];
  const names = (column: Parameters<typeof sortRows>[1], high: boolean) =>
    sortRows(rows, column, high, 'en', () => '').map(({ contact }) => contact.name);

  it('sorts both ways, and has last what says nothing', () => {
    expect(names('readiness', false)).toEqual(['Ci', 'Bo', 'Ai']);
    expect(names('readiness', true)).toEqual(['Bo', 'Ci', 'Ai']);
    expect(names('waiting', true)).toEqual(['Ai', 'Ci', 'Bo']);
    expect(names('name', true)).toEqual(['Ci', 'Bo', 'Ai']);
    expect(names('interview', true)).toEqual(['Ai', 'Bo', 'Ci']);
  });

  it('says a change with its sign', () => {
    expect([0.094, -0.05, 0.001].map(pointsText)).toEqual(['+9', '−5', '±0']);
  });
});

it('reads the words of a refusal', () => {
  expect(wordsOf({ words: 'anchor basil  copper' })).toEqual(['anchor', 'basil', 'copper']);
  expect(wordsOf({})).toEqual([]);
});
