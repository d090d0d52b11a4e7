import type { Focus, QuestionKind, Round } from '../../lib/api/types';
import { dateFault, type DateFault } from '../first-run/logic';

/** A round while it is written. */
export interface Draft {
  name: string;
  date: string;
  time: string;
  zone: string;
  focus: Focus;
}

/** What sort of answer a question asks for; a round may weigh each. */
export const QUESTION_KINDS: readonly QuestionKind[] = [
  'recall',
  'explain',
  'compare',
  'command',
  'output-reading',
  'troubleshoot-step',
  'estimate',
];

/** How much a round asks of something, as factors: not at all, less, as the role does, more. */
export const FOCUS_LEVELS = [0, 0.5, 1, 2] as const;

/** The level nearest to a factor; a factor that is not set is the role's. */
export function focusLevel(factor: number | undefined): (typeof FOCUS_LEVELS)[number] {
  const value = factor ?? 1;
  return FOCUS_LEVELS.reduce((best, level) =>
    Math.abs(level - value) < Math.abs(best - value) ? level : best,
  );
}

/** A focus with another factor for a domain or a kind; the role's own is not written down. */
export function withFactor(focus: Focus, of: keyof Focus, name: string, factor: number): Focus {
  const factors = { ...focus[of] };
  if (factor === 1) delete factors[name];
  else factors[name] = factor;
  return { ...focus, [of]: factors };
}

export type DraftFault = DateFault | 'time' | 'zone';

/** Whether the machine knows a time zone by this name. */
export function zoneIsKnown(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    // Offsets such as "+08:00" are understood too, but they are no zone with a history.
    return /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
}

/** What keeps a draft from being a round; a round that is already set may lie in the past. */
export function draftFault(draft: Draft, today: string, wasDate: string | null): DraftFault | null {
  const fault = dateFault(draft.date, today);
  if (fault && !(fault === 'past' && draft.date === wasDate)) return fault;
  if (draft.time.trim() && !/^([01]\d|2[0-3]):[0-5]\d$/.test(draft.time.trim())) return 'time';
  if (draft.zone.trim() && !zoneIsKnown(draft.zone.trim())) return 'zone';
  return null;
}

/** A draft as a round: what is empty is not known. */
export function roundOf(draft: Draft): Round {
  return {
    name: draft.name.trim(),
    date: draft.date,
    time: draft.time.trim() || null,
    zone: draft.zone.trim() || null,
    focus: draft.focus,
  };
}

/** A round to write on. */
export function draftOf(round: Round | null): Draft {
  return {
    name: round?.name ?? '',
    date: round?.date ?? '',
    time: round?.time ?? '',
    zone: round?.zone ?? '',
    focus: round?.focus ?? { domains: {}, kinds: {} },
  };
}
