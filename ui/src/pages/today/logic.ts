import type { Group, Today } from '../../lib/api/types';

/** Assignments that Today names; the rest stand with the mentors. */
export const ASSIGNMENTS = 3;

/** Whether anything is left to do today. */
export function listIsEmpty(today: Today): boolean {
  return today.reviews.items + today.new.items === 0;
}

/** The domains of a group that are worth naming on one line, and how many items the rest holds. */
export function topDomains(group: Group, most = 3): { named: Group['domains']; rest: number } {
  const named = group.domains.slice(0, most);
  const rest = group.domains.slice(most).reduce((sum, domain) => sum + domain.items, 0);
  return { named, rest };
}
