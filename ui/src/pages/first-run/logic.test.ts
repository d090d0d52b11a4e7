import { describe, expect, it } from 'vitest';
import { dateFault, firstRounds, minutesFault, questionsPerDay } from './logic';

describe('the interview date', () => {
  it.each([
    ['2026-11-21', null],
    ['2026-12-05', null],
    ['2026-11-20', 'past'],
    ['2027-02-29', 'unreadable'],
    ['', 'unreadable'],
    ['5 Dec', 'unreadable'],
  ])('%j is %s', (date, fault) => expect(dateFault(date, '2026-11-21')).toBe(fault));

  it('makes a round only where there is one', () => {
    expect(firstRounds(false, '2026-12-05', 'x')).toEqual([]);
    expect(firstRounds(true, '2026-12-05', ' Phone ')).toEqual([
      { name: 'Phone', date: '2026-12-05', time: null, zone: null, focus: { domains: {}, kinds: {} } },
    ]);
  });
});

describe('minutes a day', () => {
  it.each([
    [4, true],
    [5, false],
    [600, false],
    [601, true],
    [NaN, true],
    [7.5, true],
  ])('%d is refused: %s', (minutes, fault) => expect(minutesFault(minutes)).toBe(fault));

  it('make room for at least one question', () => {
    expect(questionsPerDay(1)).toBe(1);
    expect(questionsPerDay(30)).toBe(10);
  });
});
