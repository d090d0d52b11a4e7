import type { Round } from '../../lib/api/types';
import { parseDate } from '../../lib/format';

/** The four questions, in order. */
export const STEPS = ['language', 'track', 'date', 'minutes'] as const;
export type Step = (typeof STEPS)[number];

/** What keeps a date from being an interview date. */
export type DateFault = 'unreadable' | 'past';

/** Whether a date can be an interview's: a real day, today or later. */
export function dateFault(date: string, today: string): DateFault | null {
  if (parseDate(date) === null) return 'unreadable';
  return date < today ? 'past' : null;
}

/** Whether a number of minutes can be planned for a day. */
export function minutesFault(minutes: number): boolean {
  return !Number.isInteger(minutes) || minutes < 5 || minutes > 600;
}

/** The rounds that the first run sets: one, or none without a date. */
export function firstRounds(hasDate: boolean, date: string, name: string): Round[] {
  return hasDate
    ? [{ name: name.trim(), date, time: null, zone: null, focus: { domains: {}, kinds: {} } }]
    : [];
}

/** Seconds that a question takes with reading its answer: what the words 'about n questions a day' rest on. */
const SECONDS_A_QUESTION = 180;

/** How many questions fit into a day, at least one. */
export function questionsPerDay(minutes: number): number {
  return Math.max(1, Math.round((minutes * 60) / SECONDS_A_QUESTION));
}
