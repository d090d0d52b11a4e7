import { describe, expect, it } from 'vitest';
import type { PlayPage, Series } from '../../lib/api/types';
import { clock, found, line, matching, timeOf } from './logic';

const series = (points: number[]): Series => ({
  name: 'CPUUtilization',
  unit: 'Percent',
  start: '2026-03-01T07:30:00Z',
  step_seconds: 300,
  points,
});

describe('the response clock', () => {
  it('shows hours and minutes', () => {
    expect([0, 7, 60, 125].map(clock)).toEqual(['0:00', '0:07', '1:00', '2:05']);
  });
});

describe('searching evidence', () => {
  const text = '$ dig api.example.com\n;; status: NXDOMAIN\n;; SERVER: 10.0.0.2\n';
  it('keeps the lines that hold every word, whatever their case', () => {
    expect(matching(text, 'nxdomain')).toEqual([';; status: NXDOMAIN']);
    expect(matching(text, 'server 10.0')).toEqual([';; SERVER: 10.0.0.2']);
    expect(matching(text, '  ')).toHaveLength(3);
  });
  it('finds the checks that were read and hold the words', () => {
    const view = { evidence: [{ text }], series: [] };
    const page = {
      checks: [
        { id: 'dig', view },
        { id: 'nodes', view: null },
      ],
    } as unknown as PlayPage;
    expect(found(page, 'nxdomain')).toEqual(['dig']);
    expect(found(page, 'refused')).toEqual([]);
    expect(found(page, '')).toEqual(['dig']);
  });
});

describe('a metric', () => {
  it('is a line from left to right, the greatest value on top', () => {
    expect(line(series([0, 50, 100])).points).toBe('0,100 50,50 100,0');
    expect(line(series([5])).points).toBe('0,0');
    expect(line(series([0, 0])).points).toBe('0,100 100,100');
  });
  it('knows the time of its points', () => {
    expect(timeOf(series([1, 2]), 1)).toBe('07:35');
    expect(timeOf({ ...series([]), start: 'never' }, 0)).toBe('');
  });
});
