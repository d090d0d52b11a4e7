import { describe, expect, it } from 'vitest';
import type { DrillRow } from '../../lib/api/types';
import { byDomain, isSeed } from './logic';

const row = (id: string, domain: string) => ({ item: { kind: 'drill', id }, domain }) as DrillRow;

describe('the list of drills', () => {
  it('groups families by domain, in the order of the outline', () => {
    const rows = [row('D01', 'networking'), row('D07', 'linux'), row('D02', 'networking'), row('D99', 'new')];
    const groups = byDomain(rows, ['linux', 'networking']);
    expect(groups.map(([domain, rows]) => [domain, rows.map(({ item }) => item.id)])).toEqual([
      ['linux', ['D07']],
      ['networking', ['D01', 'D02']],
      ['new', ['D99']],
    ]);
  });
});

describe('a seed', () => {
  it('is a number or a word', () => {
    for (const good of ['1', '4294967295', 'taipei', ' two words ', '台北'])
      expect(isSeed(good), good).toBe(true);
    for (const bad of ['', '   ', '4294967296', 'x'.repeat(65)]) expect(isSeed(bad), bad).toBe(false);
  });
});
