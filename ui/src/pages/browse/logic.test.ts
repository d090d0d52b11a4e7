import { describe, expect, it } from 'vitest';
import type { BrowseRow } from '../../lib/api/types';
import { EVERYTHING, grouped, isNarrow, narrowed } from './logic';

describe('the filter', () => {
  it('drops the topic with its domain, and keeps it otherwise', () => {
    const linux = { ...EVERYTHING, domain: 'linux', topic: 'inodes' };
    expect(narrowed(linux, { domain: 'networking' }).topic).toBeNull();
    expect(narrowed(linux, { domain: 'linux' }).topic).toBe('inodes');
    expect(narrowed(linux, { depth: 2 }).topic).toBe('inodes');
  });

  it('knows when it hides something', () => {
    expect(isNarrow(EVERYTHING)).toBe(false);
    expect(isNarrow({ ...EVERYTHING, in_track: true })).toBe(true);
  });
});

it('rows stand under their topic, in their order', () => {
  const row = (domain: string, topic: string) => ({ domain, topic }) as BrowseRow;
  const groups = grouped([row('a', 'x'), row('a', 'x'), row('a', 'y'), row('b', 'y')]);
  expect(groups.map(({ domain, topic, rows }) => `${domain}/${topic} ${rows.length}`)).toEqual([
    'a/x 2',
    'a/y 1',
    'b/y 1',
  ]);
});
