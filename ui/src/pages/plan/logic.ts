import { addDays } from '../../lib/format';
import type { DayChoice, DayKind, PlanDay, PointOfPlan, Settings } from '../../lib/api/types';

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

/** Where a share stands, from the top. */
export function height(share: number): number {
  return y(share);
}

/** Where a date stands, from the left; null if it is none of the points'. */
export function across(points: readonly PointOfPlan[], date: string): number | null {
  const index = points.findIndex((point) => point.date === date);
  return index < 0 ? null : x(index, points.length);
}

/** Days in rows of a week, Monday first. The first day is a Monday. */
export function weeks(days: readonly PlanDay[]): PlanDay[][] {
  const rows: PlanDay[][] = [];
  for (let at = 0; at < days.length; at += 7) rows.push(days.slice(at, at + 7));
  return rows;
}

/** What a day becomes when it is chosen: off, light, heavy, and back to what its weekday says. */
export function nextKind(kind: DayKind | null): DayKind | null {
  switch (kind) {
    case null:
    case 'usual':
      return 'off';
    case 'off':
      return 'light';
    case 'light':
      return 'heavy';
    case 'heavy':
      return null;
  }
}

/** The week with one weekday's minutes as typed: empty for a usual day; null when it is no number from 0 to 600. */
export function weekdayMinutes(
  week: readonly (number | null)[],
  index: number,
  text: string,
): Settings['weekday_minutes'] | null {
  const typed = text.trim();
  if (typed !== '' && (!/^\d{1,3}$/.test(typed) || Number(typed) > 600)) return null;
  const changed = week.map((own, i) => (i === index ? (typed === '' ? null : Number(typed)) : own));
  return changed as Settings['weekday_minutes'];
}

/** Choices with others after them: of a day's choices the last one counts. */
export function withDays(days: readonly DayChoice[], others: readonly DayChoice[]): DayChoice[] {
  return [...days.filter(({ date }) => !others.some((other) => other.date === date)), ...others];
}

/** A pause: every day off, both ends included. */
export function pause(from: string, to: string): DayChoice[] {
  const days: DayChoice[] = [];
  for (let date = from; date <= to && days.length < 366; date = addDays(date, 1)) {
    days.push({ date, kind: 'off' });
  }
  return days;
}

/** A way to catch up: the coming days that have time are heavy, at most so many. */
export function catchUp(days: readonly PlanDay[], today: string, most = 7): DayChoice[] {
  const coming = days.filter((day) => day.date >= today && day.minutes > 0 && day.kind === null);
  return coming.slice(0, most).map(({ date }) => ({ date, kind: 'heavy' }));
}
