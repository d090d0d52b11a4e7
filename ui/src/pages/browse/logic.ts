import type { BrowseFilter, BrowseRow, Outline } from '../../lib/api/types';

/** Rows asked for at a time: enough to read on, few enough to come at once. */
export const PAGE = 100;

/** What the learner looks for. */
export type Wanted = Pick<BrowseFilter, 'domain' | 'topic' | 'depth' | 'in_track'>;

/** Everything. */
export const EVERYTHING: Wanted = { domain: null, topic: null, depth: null, in_track: false };

/** Changes the filter; another domain drops the topic, which belongs to the old one. */
export function narrowed(wanted: Wanted, change: Partial<Wanted>): Wanted {
  const next = { ...wanted, ...change };
  if (change.domain !== undefined && change.domain !== wanted.domain) next.topic = null;
  return next;
}

/** Whether anything is filtered out. */
export function isNarrow(wanted: Wanted): boolean {
  return wanted.domain !== null || wanted.topic !== null || wanted.depth !== null || wanted.in_track;
}

/** The topics to choose from: those of the domain, none without one (there are two hundred). */
export function topicsOf(outline: Outline, domain: string | null) {
  return domain === null ? [] : outline.topics.filter((topic) => topic.domain === domain);
}

/** Rows under the domain and topic they belong to, in the order they came. */
export function grouped(rows: readonly BrowseRow[]): { domain: string; topic: string; rows: BrowseRow[] }[] {
  const groups: { domain: string; topic: string; rows: BrowseRow[] }[] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last && last.domain === row.domain && last.topic === row.topic) last.rows.push(row);
    else groups.push({ domain: row.domain, topic: row.topic, rows: [row] });
  }
  return groups;
}
