/** What the mentor's side computes; nothing here asks the core. */
import type {
  Assignment,
  CohortRow,
  Comment,
  Contact,
  Feedback,
  ItemRef,
  Language,
  Parts,
  Place,
  StoryPart,
  Text,
  ToldShared,
} from '../../lib/api/types';
import { isSame } from '../../lib/comments';
import { PARTS } from '../../lib/rehearsal';

/** A story as an item. */
export const storyItem = (id: string): ItemRef => ({ kind: 'story', id });

/** A name for a place of an item, the same for the same place. */
export function placeKey(item: ItemRef, place: Place): string {
  const inner = Object.entries(place)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
  return `${item.kind}/${item.id}?${inner.join('&')}`;
}

/** The comments of a place, with where they stand in the draft. */
export function commentsAt(
  comments: readonly Comment[],
  item: ItemRef,
  place: Place,
): { comment: Comment; index: number }[] {
  const key = placeKey(item, place);
  return comments
    .map((comment, index) => ({ comment, index }))
    .filter(({ comment }) => placeKey(comment.item, comment.place) === key);
}

/** What of a draft says something. An assignment without an item is its words. */
export function leaving(draft: Feedback): Feedback {
  return {
    ...draft,
    comments: draft.comments.filter(
      ({ words, scores }) => words.trim() !== '' || Object.keys(scores).length > 0,
    ),
    assignments: draft.assignments.filter(({ item, words }) => item !== null || words.trim() !== ''),
  };
}

/** Whether a draft says nothing. */
export function isSilent(draft: Feedback): boolean {
  const { words, comments, assignments } = leaving(draft);
  return words.trim() === '' && comments.length === 0 && assignments.length === 0;
}

/** An empty draft. */
export const noFeedback = (): Feedback => ({
  name: '',
  review: '',
  seen_at_ms: 0,
  words: '',
  comments: [],
  assignments: [],
});

/** Days until an assignment is due, unless the mentor says otherwise. */
export const USUAL_DAYS = 7;

/** The longest quote that goes with a comment; more than that is the whole part. */
const QUOTE = 400;

/** Selected words as a quote: without line breaks, and not too long. */
export function quoteOf(selected: string): string {
  const words = selected.trim().replace(/\s+/g, ' ');
  return words.length > QUOTE ? `${words.slice(0, QUOTE - 1)}…` : words;
}

/** The tellings of a story that are written, each with its language: the learner's own Chinese. */
export function tellingsOf(
  parts: Parts,
  story: Parts['stories'][number]['story'],
): { language: Language; title: string; parts: { part: StoryPart; words: string }[]; more: string[] }[] {
  const chinese: Language = parts.language === 'zh-CN' ? 'zh-CN' : 'zh-TW';
  return ([['en', story.english] as const, [chinese, story.chinese] as const] as const)
    .map(([language, telling]) => ({
      language,
      title: telling.title.trim(),
      parts: PARTS.map((part) => ({ part, words: telling[part].trim() })).filter(({ words }) => words !== ''),
      more: [telling.metrics, telling.seconds_30, telling.seconds_90]
        .map((words) => words.trim())
        .filter(Boolean),
    }))
    .filter(({ title, parts, more }) => title !== '' || parts.length > 0 || more.length > 0);
}

/** A story's title in both languages; each falls back to the other. */
export function storyTitle(story: Parts['stories'][number]['story']): Text {
  const [en, zh] = [story.english.title.trim(), story.chinese.title.trim()];
  return { en: en || zh, 'zh-TW': zh || en };
}

/** Told answers by the loop they belong to, in the order of asking; then those that belong to none. */
export function toldByLoop(parts: Parts): {
  loops: { mock: Parts['mocks'][number]; told: ToldShared[] }[];
  alone: ToldShared[];
} {
  const known = parts.mocks.map(({ number }) => number);
  return {
    loops: parts.mocks.map((mock) => ({
      mock,
      told: parts.told
        .filter((told) => told.mock?.[0] === mock.number)
        .sort((a, b) => (a.mock?.[1] ?? 0) - (b.mock?.[1] ?? 0) || a.number - b.number),
    })),
    alone: parts.told.filter(({ mock }) => mock === null || !known.includes(mock[0])),
  };
}

/** The assignment of an item, if it was assigned. */
export const assignmentOf = (assignments: readonly Assignment[], item: ItemRef) =>
  assignments.find((assignment) => assignment.item !== null && isSame(assignment.item, item)) ?? null;

/** A told answer that is a story is scored on the rubric; a technical one by its key points. */
export const hasRubric = ({ item }: ToldShared) => item.kind === 'story' || item.kind === 'prompt';

/** The columns of the cohort's table. */
export const COLUMNS = ['name', 'readiness', 'trend', 'idle', 'weakest', 'interview', 'waiting'] as const;
export type Column = (typeof COLUMNS)[number];

/** The order in which a column is read first: who needs the mentor most stands on top. */
export const STARTS_HIGH: Readonly<Record<Column, boolean>> = {
  name: false,
  readiness: false,
  trend: false,
  idle: true,
  weakest: false,
  interview: false,
  waiting: true,
};

function valueOf(
  row: CohortRow,
  column: Column,
  weakest: (row: CohortRow) => string,
): string | number | null {
  switch (column) {
    case 'name':
      return row.contact.name;
    case 'readiness':
      return row.readiness;
    case 'trend':
      return row.trend;
    case 'idle':
      return row.idle_days;
    case 'weakest':
      return row.weakest === null ? null : weakest(row);
    case 'interview':
      return row.interview;
    case 'waiting':
      return row.waiting_days;
  }
}

/** Rows by a column; where it says nothing they stand last, whichever way it is read. */
export function sortRows(
  rows: readonly CohortRow[],
  column: Column,
  high: boolean,
  language: Language,
  weakest: (row: CohortRow) => string,
): CohortRow[] {
  const names = new Intl.Collator(language);
  return [...rows].sort((a, b) => {
    const [left, right] = [valueOf(a, column, weakest), valueOf(b, column, weakest)];
    if (left === null || right === null) {
      if (left !== right) return left === null ? 1 : -1;
    } else {
      const order = typeof left === 'string' ? names.compare(left, String(right)) : left - Number(right);
      if (order !== 0) return high ? -order : order;
    }
    return names.compare(a.contact.name, b.contact.name);
  });
}

/** A change of a share in percentage points, with its sign. */
export function pointsText(change: number): string {
  const points = Math.round(change * 100);
  if (points === 0) return '±0';
  return points > 0 ? `+${points}` : `−${-points}`;
}

/** The words of a refusal as they are read out. */
export function wordsOf(params: Record<string, string>): string[] {
  return (params.words ?? '').split(/\s+/).filter(Boolean);
}

/** What a contact is called; the first two of its words where it gave no name. */
export const contactName = (contact: Pick<Contact, 'name' | 'words'>) =>
  contact.name.trim() || contact.words.slice(0, 2).join(' ');
