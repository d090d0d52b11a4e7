import { describe, expect, it } from 'vitest';
import { barTop, scaleTop } from './bars';

describe('the scale of bars', () => {
  it.each([
    [[], 5],
    [[0, 0], 5],
    [[5], 5],
    [[6], 6],
    [[7], 8],
    [[11], 15],
    [[22], 30],
    [[100], 100],
    [[101], 150],
    [[1999], 2000],
  ])('for %j ends at %i', (values, top) => expect(scaleTop(values)).toBe(top));

  it('draws nothing for nothing, and something for one of many', () => {
    expect(barTop(0, 500, 120)).toBe(120);
    expect(barTop(1, 500, 120)).toBe(118);
    expect(barTop(250, 500, 120)).toBe(60);
    expect(barTop(500, 500, 120)).toBe(0);
    expect(barTop(900, 500, 120)).toBe(0);
  });
});
