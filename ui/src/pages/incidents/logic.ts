import type { EvidenceView, PlayPage, Series, Step } from '../../lib/api/types';

/** `1 h 05 min` as hours and minutes for a clock: `1:05`. */
export function clock(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Lines of a text that hold all of some words, whatever their case; every line without words. */
export function matching(text: string, search: string): string[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const lines = text.replace(/\n+$/, '').split('\n');
  return words.length === 0
    ? lines
    : lines.filter((line) => words.every((word) => line.toLowerCase().includes(word)));
}

/** Checks that were asked for and hold the words somewhere, by id; all of them without words. */
export function found(page: PlayPage, search: string): string[] {
  const has = (view: EvidenceView) => view.evidence.some(({ text }) => matching(text, search).length > 0);
  return page.checks.flatMap(({ id, view }) => (view && (search.trim() === '' || has(view)) ? [id] : []));
}

/** A metric as a line through a box of 100 by 100, the greatest value on top. */
export function line(series: Series): { points: string; low: number; high: number } {
  const low = Math.min(0, ...series.points);
  const high = Math.max(...series.points, low + 1e-9);
  const last = Math.max(1, series.points.length - 1);
  const points = series.points
    .map((value, i) => `${round((100 * i) / last)},${round(100 - (100 * (value - low)) / (high - low))}`)
    .join(' ');
  return { points, low, high };
}

const round = (n: number) => Math.round(n * 100) / 100;

/** The time of a metric's point, `HH:MM` in UTC. */
export function timeOf(series: Series, point: number): string {
  const at = new Date(Date.parse(series.start) + point * series.step_seconds * 1000);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(11, 16);
}

/** Steps of a kind that were taken, in their order. */
export function stepsOf(page: PlayPage, kind: Step['kind']): Step[] {
  return page.play.steps.filter((step) => step.kind === kind);
}
