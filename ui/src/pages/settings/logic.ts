import type { Round } from '../../lib/api/types';
import { dateFault, type DateFault } from '../first-run/logic';

/** A round while it is written. */
export interface Draft {
  name: string;
  date: string;
  time: string;
  zone: string;
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
  };
}

/** A round to write on. */
export function draftOf(round: Round | null): Draft {
  return {
    name: round?.name ?? '',
    date: round?.date ?? '',
    time: round?.time ?? '',
    zone: round?.zone ?? '',
  };
}
