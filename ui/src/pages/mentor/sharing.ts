import type { Route } from '../../app.svelte';
import type {
  Comment,
  Contact,
  Finding,
  FoundIn,
  ItemRef,
  Language,
  Selection,
  ShareChoices,
} from '../../lib/api/types';
import { inLanguage } from '../../lib/text';

/** Whether nothing would leave. */
export function isNothing(selection: Selection): boolean {
  const { question, progress, answers, stories, told, mocks, plays } = selection;
  return (
    question.trim() === '' &&
    !progress &&
    !answers &&
    [stories, told, mocks, plays].every((list: unknown[]) => list.length === 0)
  );
}

/** What of a mock loop was recorded. */
export function recordedIn(choices: ShareChoices, mock: number): { numbers: number[]; bytes: number } {
  const told = choices.told.filter((one) => one.mock === mock && one.recording_bytes !== null);
  return {
    numbers: told.map(({ number }) => number),
    bytes: told.reduce((sum, { recording_bytes }) => sum + (recording_bytes ?? 0), 0),
  };
}

/** A selection of what there still is: something may have been deleted while one was away. */
export function possible(selection: Selection, choices: ShareChoices): Selection {
  const told = choices.told.filter(({ mock }) => mock === null).map(({ number }) => number);
  const mocks = selection.mocks.filter((number) => choices.mocks.some(([other]) => other === number));
  const chosen = selection.told.filter((number) => told.includes(number));
  return {
    ...selection,
    answers: selection.answers && choices.items > 0,
    stories: selection.stories.filter((id) => choices.stories.some(([other]) => other === id)),
    told: chosen,
    mocks,
    plays: selection.plays.filter((number) => choices.plays.some(([other]) => other === number)),
    // A recording goes with its answer or not at all.
    recordings: selection.recordings.filter((number) =>
      choices.told.some(
        (one) =>
          one.number === number &&
          one.recording_bytes !== null &&
          (one.mock === null ? chosen.includes(number) : mocks.includes(one.mock)),
      ),
    ),
  };
}

/** What was found in one place. */
export interface FoundAt {
  place: string;
  found: Finding[];
}

/** Findings by place, in the order in which the places come. */
export function foundByPlace(findings: readonly FoundIn[], language: Language): FoundAt[] {
  const places: FoundAt[] = [];
  for (const { place, finding } of findings) {
    const name = inLanguage(place, language);
    const at = places.find((other) => other.place === name);
    if (at) at.found.push(finding);
    else places.push({ place: name, found: [finding] });
  }
  return places;
}

/** Where an assigned item is practised. */
export function assignmentRoute(item: ItemRef): Route {
  return item.kind === 'story' ? { page: 'rehearsal', item, from: 'stories' } : { page: 'practice', item };
}

/** Where a comment stands. What it spoke of may be gone by now: then its item is the next best. */
export function commentRoute({ item, place }: Comment, choices: ShareChoices): Route {
  if (place.type === 'told') {
    const told = choices.told.find(({ number }) => number === place.number);
    if (told?.mock != null) return { page: 'mock', number: told.mock };
    if (told || item.kind === 'story')
      return { page: 'rehearsal', item, from: item.kind === 'story' ? 'stories' : 'browse' };
  }
  if (item.kind === 'incident') {
    const known = place.type === 'play' && choices.plays.some(([number]) => number === place.number);
    return { page: 'incidents', play: known ? place.number : null };
  }
  return item.kind === 'story' ? { page: 'stories', story: item.id } : { page: 'browse', item };
}

/** The mentor a packet is for: the one chosen, or the only one. */
export function mentorOf(mentors: readonly Contact[], chosen: number | null): Contact | null {
  return mentors.find(({ number }) => number === chosen) ?? mentors[0] ?? null;
}
