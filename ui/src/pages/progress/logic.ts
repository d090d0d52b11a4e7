import type { DayCount, DomainStrength } from '../../lib/api/types';

/** Items over the days of a list. */
export function sum(days: readonly DayCount[]): number {
  return days.reduce((total, day) => total + day.items, 0);
}

/** Days with anything on them. */
export function activeDays(days: readonly DayCount[]): number {
  return days.filter((day) => day.items > 0).length;
}

/** What is due today, and within the seven days from today. */
export function dueSoon(forecast: readonly DayCount[]): { today: number; week: number } {
  return { today: forecast[0]?.items ?? 0, week: sum(forecast.slice(0, 7)) };
}

/** The domain whose coverage is highest, if any was practised at all. */
export function strongest(domains: readonly DomainStrength[]): DomainStrength | null {
  return domains.reduce<DomainStrength | null>(
    (best, domain) => (domain.seen > 0 && domain.coverage > (best?.coverage ?? 0) ? domain : best),
    null,
  );
}

/** Which columns carry their date: the ends, and some in between where there is room. */
export function markAt(length: number, wanted: number): number[] {
  if (length <= 1) return length === 1 ? [0] : [];
  const gaps = Math.max(1, Math.min(wanted, length) - 1);
  return Array.from({ length: gaps + 1 }, (_, i) => Math.round((i * (length - 1)) / gaps));
}
