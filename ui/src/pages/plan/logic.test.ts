import { describe, expect, it } from 'vitest';
import { band, byDomain, curve, HEIGHT, WIDTH } from './logic';

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

it('domains are counted, most first', () => {
  expect(byDomain([{ domain: 'a' }, { domain: 'b' }, { domain: 'b' }])).toEqual([
    { domain: 'b', items: 2 },
    { domain: 'a', items: 1 },
  ]);
});
