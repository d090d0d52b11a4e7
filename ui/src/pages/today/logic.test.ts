import { expect, it } from 'vitest';
import { topDomains } from './logic';

it('names the first domains and counts the rest', () => {
  const domains = ['a', 'b', 'c', 'd', 'e', 'f'].map((domain, i) => ({ domain, items: i + 1 }));
  const { named, rest } = topDomains({ items: 21, seconds: 0, domains });
  expect(named.map(({ domain }) => domain)).toEqual(['a', 'b', 'c']);
  expect(rest).toBe(15);
});
