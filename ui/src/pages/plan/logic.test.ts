import { describe, expect, it } from 'vitest';
import type { DayKind, PlanDay } from '../../lib/api/types';
import {
  across,
  band,
  catchUp,
  curve,
  HEIGHT,
  nextKind,
  pause,
  weekdayMinutes,
  weeks,
  WIDTH,
  withDays,
} from './logic';

const point = (known: number, low: number, high: number) => ({ date: '2026-11-21', known, low, high });

describe('the drawing of the plan', () => {
  it('runs from today at the left to the interview at the right, more known higher up', () => {
    expect(curve([point(0, 0, 0), point(0.5, 0.4, 0.6)])).toBe(`0.0,${HEIGHT}.0 ${WIDTH}.0,${HEIGHT / 2}.0`);
  });

  it('goes around the interval once', () => {
    const outline = band([point(0, 0, 0.1), point(0.5, 0.4, 0.6)]).split(' ');
    expect(outline).toHaveLength(4);
    expect(outline[1]).toBe(`${WIDTH}.0,80.0`);
    expect(outline[2]).toBe(`${WIDTH}.0,120.0`);
  });

  it('is calm about a plan of one day', () => expect(curve([point(1, 1, 1)])).toBe(`${WIDTH}.0,0.0`));
});

describe('the calendar', () => {
  const planned = (date: string, minutes: number, kind: DayKind | null = null): PlanDay => ({
    date,
    minutes,
    seconds_done: 0,
    kind,
    holiday: null,
  });

  it('has a row for each week, the last one as long as it is', () => {
    const days = Array.from({ length: 16 }, (_, i) => planned(`2026-11-${16 + i}`, 30));
    expect(weeks(days).map((week) => week.length)).toEqual([7, 7, 2]);
  });

  it('takes a day through off, light and heavy back to what its weekday says', () => {
    const seen: (DayKind | null)[] = [null];
    for (let i = 0; i < 4; i++) seen.push(nextKind(seen[i] ?? null));
    expect(seen).toEqual([null, 'off', 'light', 'heavy', null]);
  });

  it('pauses on both ends and between them, over the end of a month', () => {
    expect(pause('2026-11-29', '2026-12-01')).toEqual([
      { date: '2026-11-29', kind: 'off' },
      { date: '2026-11-30', kind: 'off' },
      { date: '2026-12-01', kind: 'off' },
    ]);
    expect(pause('2026-11-29', '2026-11-28')).toHaveLength(0);
  });

  it('catches up on coming days that have time and nothing said of them', () => {
    const days = [
      planned('2026-11-20', 30),
      planned('2026-11-21', 30),
      planned('2026-11-22', 0),
      planned('2026-11-23', 30, 'light'),
      planned('2026-11-24', 30),
    ];
    expect(catchUp(days, '2026-11-21').map(({ date }) => date)).toEqual(['2026-11-21', '2026-11-24']);
    expect(catchUp(days, '2026-11-21', 1)).toHaveLength(1);
  });

  it('counts the last thing said of a day', () => {
    const days = withDays(pause('2026-11-29', '2026-11-30'), [{ date: '2026-11-30', kind: null }]);
    expect(days).toEqual([
      { date: '2026-11-29', kind: 'off' },
      { date: '2026-11-30', kind: null },
    ]);
  });
});

it('a date is found on the curve, or nowhere', () => {
  const points = [point(0, 0, 0), { ...point(1, 1, 1), date: '2026-11-22' }];
  expect(across(points, '2026-11-22')).toBe(WIDTH);
  expect(across(points, '2026-12-22')).toBeNull();
});

it('a weekday has its own minutes, none of its own, or keeps what it has', () => {
  const week = [null, null, null, null, null, 60, null];
  expect(weekdayMinutes(week, 0, ' 45 ')?.[0]).toBe(45);
  expect(weekdayMinutes(week, 5, '')?.[5]).toBeNull();
  expect(weekdayMinutes(week, 0, '0')?.[0]).toBe(0);
  for (const wrong of ['601', '-5', 'many', '1.5']) expect(weekdayMinutes(week, 0, wrong)).toBeNull();
});
