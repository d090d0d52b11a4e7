import { describe, expect, it } from 'vitest';
import type { Draft, Hint, PanelPlan, Seat, Story, Telling } from '../../lib/api/types';
import { LANGUAGES, messagesFor } from '../../messages';
import {
  balanceOf,
  findingsByKind,
  firstSide,
  hintedPercent,
  hintSentence,
  isTellable,
  isToldAgain,
  moment,
  namesOf,
  panelWords,
  personName,
  placeOf,
  type Place,
} from './logic';

const telling = (words: Partial<Telling> = {}): Telling => ({
  title: '',
  situation: '',
  task: '',
  action: '',
  result: '',
  lesson: '',
  metrics: '',
  seconds_30: '',
  seconds_90: '',
  ...words,
});
const story = (english: Partial<Telling>, chinese: Partial<Telling> = {}): Story => ({
  when: '',
  english: telling(english),
  chinese: telling(chinese),
  principles: {},
  people: [],
});
const draft = (seconds: number[]): Draft => ({
  language: 'en',
  hints: [],
  parts: (['situation', 'task', 'action', 'result', 'lesson'] as const).map((part, i) => ({
    part,
    seconds: seconds[i] ?? 0,
  })),
  versions: [0, 0],
});

describe('the bar of a telling', () => {
  it('is opening, action and ending, and together the whole', () => {
    const balance = balanceOf(draft([20, 10, 60, 20, 10]));
    expect(balance).toEqual({ seconds: 120, opening: 0.25, action: 0.5, ending: 0.25 });
  });

  it('is empty while nothing is written', () => {
    expect(balanceOf(draft([]))).toEqual({ seconds: 0, opening: 0, action: 0, ending: 0 });
  });

  it('says the percentage that the core counted where there is one', () => {
    const hints: Hint[] = [{ code: 'no_date' }, { code: 'long_opening', percent: 41 }];
    expect(hintedPercent(hints, 'long_opening')).toBe(41);
    expect(hintedPercent(hints, 'short_action')).toBeNull();
  });
});

describe('a story', () => {
  it('can be told with a situation, an action and a result, all in one language', () => {
    expect(isTellable(story({ situation: 'a', action: 'b', result: 'c' }))).toBe(true);
    expect(isTellable(story({ situation: 'a', action: ' ', result: 'c' }))).toBe(false);
    expect(isTellable(story({ situation: 'a', action: 'b' }, { result: 'c' }))).toBe(false);
  });

  it("opens in the learner's language unless only the other is written", () => {
    expect(firstSide(story({}), 'zh-CN')).toBe('zh');
    expect(firstSide(story({ title: 'a' }), 'zh-TW')).toBe('en');
    expect(firstSide(story({}, { action: 'b' }), 'en')).toBe('zh');
    expect(firstSide(story({ title: 'a' }, { title: 'b' }), 'en')).toBe('en');
  });

  it('has names one a line, each once', () => {
    expect(namesOf(' Acme \n\n陳大文\nAcme\n')).toEqual(['Acme', '陳大文']);
    expect(namesOf('')).toEqual([]);
  });
});

const HINTS: [Hint, Place, string[]][] = [
  [{ code: 'missing', part: 'task' }, 'task', []],
  [{ code: 'too_long', length: 512, most: 420 }, 'whole', ['512', '420']],
  [{ code: 'too_short', length: 120, fewest: 280 }, 'whole', ['120', '280']],
  [{ code: 'version_too_long', version_seconds: 30, seconds: 44 }, 'seconds_30', ['30', '44']],
  [{ code: 'version_too_long', version_seconds: 90, seconds: 121 }, 'seconds_90', ['90', '121']],
  [{ code: 'long_opening', percent: 41 }, 'situation', ['41']],
  [{ code: 'short_action', percent: 37 }, 'action', ['37']],
  [{ code: 'short_ending', percent: 9 }, 'result', ['9']],
  [{ code: 'we_not_i', we: 7, i: 5 }, 'action', ['7', '5']],
  [{ code: 'few_numbers', found: 0 }, 'metrics', []],
  [{ code: 'no_date' }, 'when', []],
  [{ code: 'hypothetical', part: 'action', words: 'we would have' }, 'action', ['we would have']],
];

describe('a hint', () => {
  it.each(HINTS)('%j stands at %s and says what was counted, in every language', (hint, place, counted) => {
    expect(placeOf(hint)).toBe(place);
    for (const language of LANGUAGES) {
      const sentence = hintSentence(messagesFor(language), hint, 'en', language);
      for (const words of counted) expect(sentence).toContain(words);
      expect(sentence).toMatch(/[.。]$/);
    }
  });

  it('counts words of English and characters of Chinese, whatever language it speaks', () => {
    const hint: Hint = { code: 'too_long', length: 900, most: 800 };
    expect(hintSentence(messagesFor('en'), hint, 'zh-TW', 'en')).toContain('900 characters');
    expect(hintSentence(messagesFor('en'), hint, 'en', 'en')).toContain('900 words');
    expect(hintSentence(messagesFor('zh-TW'), hint, 'zh-TW', 'zh-TW')).toContain('900個字');
  });
});

describe('the plan of a panel', () => {
  const seat = (interviewer: number, principle: string, story: string | null): Seat => ({
    interviewer,
    principle,
    story,
    strength: story ? 'clear' : null,
    repeated: false,
  });
  const seats = [seat(0, 'a', 's'), seat(0, 'b', null), seat(1, 'a', 's'), seat(1, 'c', null)];
  const plan: PanelPlan = {
    seats,
    answered: 2,
    repeats: 1,
    fit: 4,
    without_story: ['c'],
    told_too_often: ['s'],
  };
  const words = (plan: PanelPlan) =>
    panelWords(
      messagesFor('en'),
      plan,
      (ids) => ids.join('+'),
      (id) => `<${id}>`,
    );

  it('marks a story as told again from its second telling on', () => {
    expect(seats.map((_, i) => isToldAgain(seats, i))).toEqual([false, false, true, false]);
  });

  it('is said in sentences, each only where there is something to say', () => {
    const [answered, repeats, without, silent, often, ...rest] = words(plan);
    expect(answered).toBe('2 of 4 questions have a story.');
    expect(repeats).toContain('One story is told again');
    expect(without).toContain('c');
    expect(silent).toContain('1 question');
    expect(often).toContain('<s>');
    expect(rest).toEqual([]);
    const whole = { ...plan, seats: [seat(0, 'a', 's')], answered: 1, repeats: 0 };
    expect(words({ ...whole, without_story: [], told_too_often: [] })).toEqual([
      '1 of 1 question has a story.',
      'No story is told twice.',
    ]);
  });

  it('calls an interviewer without a name by their place', () => {
    const panel = [{ name: ' ', principles: [], bar_raiser: false }];
    expect(personName(messagesFor('zh-TW'), panel, 0)).toBe('面試官1');
  });
});

it('findings are counted by kind, and their words told once', () => {
  expect(
    findingsByKind([
      { kind: 'listed', words: 'Acme' },
      { kind: 'email', words: 'a@b.c' },
      { kind: 'listed', words: 'Acme' },
    ]),
  ).toEqual([
    { kind: 'listed', times: 2, words: ['Acme'] },
    { kind: 'email', times: 1, words: ['a@b.c'] },
  ]);
});

it('a moment has its day and its time', () => {
  const ms = Date.UTC(2026, 10, 21, 5, 7);
  expect(moment('en', ms, 'UTC')).toBe('21 Nov 2026, 05:07');
  expect(moment('zh-TW', ms, 'Asia/Taipei')).toContain('13:07');
});
