import type { PointOfPlan } from '../../lib/api/types';

/** The drawing's size, in its own units. */
export const WIDTH = 760;
export const HEIGHT = 200;

const x = (i: number, n: number) => (n > 1 ? (i * WIDTH) / (n - 1) : WIDTH);
const y = (share: number) => HEIGHT * (1 - share);
const at = (i: number, n: number, share: number) => `${x(i, n).toFixed(1)},${y(share).toFixed(1)}`;

/** The expected curve, as the points of a line. */
export function curve(points: readonly PointOfPlan[]): string {
  return points.map((point, i) => at(i, points.length, point.known)).join(' ');
}

/** The interval around it, as the points of an outline. */
export function band(points: readonly PointOfPlan[]): string {
  const n = points.length;
  const upper = points.map((point, i) => at(i, n, point.high));
  const lower = points.map((point, i) => at(i, n, point.low)).reverse();
  return [...upper, ...lower].join(' ');
}

/** Items by domain, most first. */
export function byDomain(items: readonly { domain: string }[]): { domain: string; items: number }[] {
  const counts = new Map<string, number>();
  for (const { domain } of items) counts.set(domain, (counts.get(domain) ?? 0) + 1);
  return [...counts].map(([domain, items]) => ({ domain, items })).sort((a, b) => b.items - a.items);
}
