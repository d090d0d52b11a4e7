import type { DrillRow } from '../../lib/api/types';

/** Rows by domain, domains in the order of their first row's place in the outline. */
export function byDomain(rows: readonly DrillRow[], domains: readonly string[]): [string, DrillRow[]][] {
  const place = (domain: string) => {
    const at = domains.indexOf(domain);
    return at < 0 ? domains.length : at;
  };
  const groups = new Map<string, DrillRow[]>();
  for (const row of rows) groups.set(row.domain, [...(groups.get(row.domain) ?? []), row]);
  return [...groups].sort(([a], [b]) => place(a) - place(b));
}

/** Whether a text can be a seed: a number or a word of at most 64 letters. */
export function isSeed(text: string): boolean {
  const seed = text.trim();
  if (seed === '' || seed.length > 64) return false;
  return !/^\d+$/.test(seed) || Number(seed) <= 4_294_967_295;
}
