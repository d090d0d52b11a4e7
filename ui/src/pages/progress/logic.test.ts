import { describe, expect, it } from 'vitest';
import type { DomainStrength } from '../../lib/api/types';
import { activeDays, dueSoon, markAt, strongest } from './logic';

const days = (...items: number[]) =>
  items.map((items, i) => ({ date: `2026-11-${10 + i}`, items, seconds: 0 }));

describe('the sentences of progress', () => {
  it('count days with something on them', () => expect(activeDays(days(0, 3, 0, 1))).toBe(2));

  it('count today, and seven days with today', () => {
    expect(dueSoon(days(4, 1, 1, 1, 1, 1, 1, 50))).toEqual({ today: 4, week: 10 });
    expect(dueSoon([])).toEqual({ today: 0, week: 0 });
  });

  it('name no strongest domain before anything was practised', () => {
    const domain = (name: string, seen: number, coverage: number) =>
      ({ domain: name, seen, coverage }) as DomainStrength;
    expect(strongest([domain('a', 0, 0), domain('b', 0, 0)])).toBeNull();
    expect(strongest([domain('a', 2, 0.1), domain('b', 3, 0.4)])?.domain).toBe('b');
  });
});

describe('marks', () => {
  it.each([
    [60, 4, [0, 20, 39, 59]],
    [30, 4, [0, 10, 19, 29]],
    [2, 4, [0, 1]],
    [1, 4, [0]],
    [0, 4, []],
  ])('of %i columns', (length, wanted, at) => expect(markAt(length, wanted)).toEqual(at));
});
