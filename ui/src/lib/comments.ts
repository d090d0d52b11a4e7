/** Where comments belong, and how that is said; nothing here asks the core. */
import type { Messages } from '../messages/en';
import type { AssignmentView, CommentView, ItemRef, Language, Place } from './api/types';
import { addDays, dateOf, day, fromToday } from './format';
import { inLanguage } from './text';

export const isSame = (a: ItemRef, b: ItemRef): boolean => a.kind === b.kind && a.id === b.id;

/** A name for a row of a feedback packet, for lists. */
export const rowKey = (row: { packet: number; id: number }): string => `${row.packet}/${row.id}`;

/** Whether a comment is about an answer told at length. */
export const isAboutTold =
  (number: number) =>
  ({ comment: { place } }: CommentView): boolean =>
    place.type === 'told' && place.number === number;

/** Whether a comment is about a play as a whole; with a step, about that. */
export const isAboutPlay =
  (number: number, step: number | null = null) =>
  ({ comment: { place } }: CommentView): boolean =>
    place.type === 'play' && place.number === number && place.step === step;

/** Whether a comment is about a part of a story in a language. */
export const isAboutPart =
  (part: string, language: Language) =>
  ({ comment: { place } }: CommentView): boolean =>
    place.type === 'part' && place.part === part && (place.language === 'en') === (language === 'en');

/** A place in the words of a page: the learner's or the mentor's. Nothing for the item as a whole. */
export function placeWords(
  words: Messages['comments']['places'],
  t: Messages,
  language: Language,
  place: Place,
): string {
  switch (place.type) {
    case 'whole':
      return '';
    case 'answer':
      return words.answer(day(language, dateOf(place.at_ms)));
    case 'part':
      return words.part(
        t.stories.parts[place.part],
        t.stories.languageNames[place.language === 'en' ? 'en' : 'zh'],
      );
    case 'told':
      return words.told;
    case 'play':
      return place.step === null ? words.play : words.step(place.step + 1);
  }
}

/** When an assignment is due; what is late is said as calmly as the rest. */
export function dueWords(t: Messages, language: Language, view: AssignmentView, today: string): string {
  if (view.done) return t.comments.done;
  const date = day(language, addDays(today, view.days_left), today);
  return view.days_left < 0 ? t.comments.overdue(date) : t.comments.due(date, fromToday(t, view.days_left));
}

/** What is to be done, on one line. */
export function assignmentTitle(language: Language, { assignment }: AssignmentView): string {
  const title = assignment.item ? inLanguage(assignment.title, language) || assignment.item.id : '';
  return title || assignment.words;
}

/** Whether only the learner can say that it is done: an answer to a known item says so itself. */
export function isTicked(view: AssignmentView): boolean {
  return view.assignment.item === null || !view.known;
}
