/** Numbers, times and dates as people write them. Words come from the messages; nothing here reads a clock. */
import type { Choice, Language } from './api/types';
import type { Messages } from '../messages/en';

const DAY_MS = 86_400_000;

/** `m:ss`, minutes beyond 59 stay minutes. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Seconds as whole minutes, rounded; a started first minute is `under 1 min`. */
export function minutes(t: Messages, seconds: number): string {
  if (seconds > 0 && seconds < 60) return t.unit.underMinute;
  return t.unit.minutes(Math.round(seconds / 60));
}

/** At most one decimal, none where it says nothing. */
export function decimal(n: number): string {
  const rounded = Math.round(n * 10) / 10;
  return rounded >= 10 ? String(Math.round(rounded)) : String(rounded);
}

/** Hours with one decimal below ten; under an hour in minutes. */
export function hours(t: Messages, h: number): string {
  return h < 1 ? minutes(t, h * 3600) : t.unit.hours(decimal(h));
}

/** When an item would come back after a grade: `<10 min`, `5 d`, `2.3 mo`, `1.2 y`. */
export function interval(t: Messages, choice: Pick<Choice, 'interval_days' | 'interval_minutes'>): string {
  const days = choice.interval_days;
  if (days <= 0) return t.unit.underMinutes(Math.max(1, choice.interval_minutes));
  if (days < 60) return t.unit.days(days);
  if (days < 365) return t.unit.months(decimal(days / 30.44));
  return t.unit.years(decimal(days / 365.25));
}

/** 0 to 1 as a whole percentage; a share that is neither all nor nothing never reads as 100 % or 0 %. */
export function percent(language: Language, share: number): string {
  let n = Math.round(share * 100);
  if (n === 100 && share < 1) n = 99;
  if (n === 0 && share > 0) n = 1;
  // A no-break space: the sign never starts a line.
  return language === 'en' ? `${n}\u00a0%` : `${n}%`;
}

/** Milliseconds since 1970 of a local date's UTC midnight, or none if it is no date: 2027-02-30 is none. */
export function parseDate(iso: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (!match) return null;
  const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return new Date(ms).toISOString().slice(0, 10) === iso ? ms : null;
}

/** A day as `YYYY-MM-DD`. */
export function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The local date of a moment. */
export function dateOf(ms: number): string {
  const at = new Date(ms);
  return isoDate(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()));
}

/** Days from one local date to another; negative into the past. */
export function daysBetween(from: string, to: string): number {
  const a = parseDate(from);
  const b = parseDate(to);
  return a === null || b === null ? 0 : Math.round((b - a) / DAY_MS);
}

/** The date `days` after another. */
export function addDays(iso: string, days: number): string {
  return isoDate((parseDate(iso) ?? 0) + days * DAY_MS);
}

const locale = (language: Language) => (language === 'en' ? 'en-GB' : language);

/** A date with its weekday: `Sat, 5 Dec`, `12月5日 週六`; the year only where it is another than today's. */
export function day(language: Language, iso: string, today?: string): string {
  const ms = parseDate(iso);
  if (ms === null) return iso;
  return new Intl.DateTimeFormat(locale(language), {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: language === 'en' ? 'short' : 'long',
    ...(today && today.slice(0, 4) !== iso.slice(0, 4) ? { year: 'numeric' as const } : {}),
  }).format(ms);
}

/** Month and year, for the head of a calendar. */
export function month(language: Language, iso: string): string {
  const ms = parseDate(iso) ?? 0;
  return new Intl.DateTimeFormat(locale(language), {
    timeZone: 'UTC',
    month: 'long',
    year: 'numeric',
  }).format(ms);
}

/** Weekdays from Monday, as short as the language has them. */
export function weekdays(language: Language): string[] {
  const format = new Intl.DateTimeFormat(locale(language), { timeZone: 'UTC', weekday: 'narrow' });
  return Array.from({ length: 7 }, (_, i) => format.format(Date.UTC(2024, 0, 1 + i)));
}

/** A weekday's short name, counted from Monday. */
export function weekdayName(language: Language, index: number): string {
  const format = new Intl.DateTimeFormat(locale(language), { timeZone: 'UTC', weekday: 'short' });
  return format.format(Date.UTC(2024, 0, 1 + index));
}

/** `today`, `tomorrow`, `in 5 days`, `3 days ago`. */
export function fromToday(t: Messages, days: number): string {
  if (days === 0) return t.dates.today;
  if (days === 1) return t.dates.tomorrow;
  return days > 0 ? t.dates.inDays(days) : t.dates.daysAgo(-days);
}
