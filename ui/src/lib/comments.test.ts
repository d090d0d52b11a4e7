import { expect, it, vi } from 'vitest';
import { messagesFor } from '../messages';
import * as api from './api';
import type { AssignmentView, CommentView, Place } from './api';
import {
  assignmentTitle,
  dueWords,
  isAboutPart,
  isAboutPlay,
  isAboutTold,
  isTicked,
  placeWords,
} from './comments';
import { ItemComments } from './comments.svelte';

vi.mock('./api', async (original) => ({
  ...(await original<typeof api>()),
  shareComments: vi.fn(),
  shareCommentsRead: vi.fn(),
}));

const t = messagesFor('en');
const STORY = { kind: 'story', id: 'a1' };
const CARD = { kind: 'question', id: 'linux/x/y' };
const TEXT = { en: 'A title', 'zh-TW': '標題' };

const said = (id: number, place: Place, read = false, item = STORY): CommentView => ({
  packet: 1,
  id,
  mentor: 'Lin',
  at_ms: 0,
  read,
  comment: { item, title: TEXT, place, quote: '', words: 'w', scores: {} },
});
const assigned = (more: Partial<AssignmentView> = {}): AssignmentView => ({
  packet: 1,
  id: 0,
  mentor: 'Lin',
  assignment: { item: CARD, title: TEXT, words: 'Say it aloud.', due: '2026-11-23' },
  done: false,
  days_left: 2,
  known: true,
  ...more,
});

it('knows the place of a comment, whichever Chinese a part is read in', () => {
  const part = said(0, { type: 'part', part: 'action', language: 'zh-TW' });
  expect(isAboutPart('action', 'zh-CN')(part)).toBe(true);
  expect(isAboutPart('action', 'en')(part)).toBe(false);
  expect(isAboutPart('result', 'zh-TW')(part)).toBe(false);
  expect(isAboutTold(7)(said(0, { type: 'told', number: 7 }))).toBe(true);
  expect(isAboutTold(7)(said(0, { type: 'play', number: 7, step: null }))).toBe(false);
  const step = said(0, { type: 'play', number: 7, step: 0 });
  expect(isAboutPlay(7)(step)).toBe(false);
  expect(isAboutPlay(7, 0)(step)).toBe(true);
});

it('says a place in words', () => {
  const words = (place: Place) => placeWords(t.comments.places, t, 'en', place);
  expect(words({ type: 'whole' })).toBe('');
  expect(words({ type: 'part', part: 'result', language: 'zh-CN' })).toBe('Result, 中文');
  expect(words({ type: 'play', number: 1, step: 3 })).toContain('step 4');
  expect(words({ type: 'answer', at_ms: Date.UTC(2026, 10, 20, 12) })).toContain('20 Nov');
});

it('says when an assignment is due, late or not, in the same tone', () => {
  const due = (more: Partial<AssignmentView>) => dueWords(t, 'en', assigned(more), '2026-11-21');
  expect(due({})).toBe('due Mon 23 Nov, in 2 days');
  expect(due({ days_left: 0 })).toBe('due Sat 21 Nov, today');
  expect(due({ days_left: -3 })).toBe('was due Wed 18 Nov');
  expect(due({ days_left: -3, done: true })).toBe('done');
});

it('leaves the tick to the learner where no answer can be given here', () => {
  expect(isTicked(assigned())).toBe(false);
  expect(isTicked(assigned({ known: false }))).toBe(true);
  const free = { item: null, title: { en: '', 'zh-TW': '' }, words: 'Read a chapter.', due: '2026-11-23' };
  expect(isTicked(assigned({ assignment: free, known: false }))).toBe(true);
  expect(assignmentTitle('zh-TW', assigned())).toBe('標題');
  expect(assignmentTitle('en', assigned({ assignment: free }))).toBe('Read a chapter.');
});

it('keeps an item as read when all that is new on it was seen, once', async () => {
  const told = said(0, { type: 'told', number: 7 });
  const part = said(1, { type: 'part', part: 'action', language: 'en' });
  const old = said(2, { type: 'whole' }, true);
  vi.mocked(api.shareComments).mockResolvedValue([told, part, old]);
  vi.mocked(api.shareCommentsRead).mockResolvedValue(null);
  const comments = new ItemComments();
  await comments.load([STORY, { ...STORY }]);
  expect(api.shareComments).toHaveBeenCalledOnce();
  comments.seen([told, old]);
  expect(api.shareCommentsRead).not.toHaveBeenCalled();
  comments.seen([part]);
  comments.seen([part, told]);
  expect(vi.mocked(api.shareCommentsRead).mock.calls).toEqual([[STORY]]);
});

it('shows nothing where comments cannot be read, and only what was asked for last', async () => {
  const comments = new ItemComments();
  vi.mocked(api.shareComments).mockRejectedValueOnce(new Error('no'));
  await comments.load([STORY]);
  expect(comments.all).toEqual([]);
  let slow: (views: CommentView[]) => void = () => {};
  vi.mocked(api.shareComments).mockReturnValueOnce(new Promise((done) => (slow = done)));
  const first = comments.load([STORY]);
  vi.mocked(api.shareComments).mockResolvedValueOnce([said(9, { type: 'whole' }, true, CARD)]);
  await comments.load([CARD]);
  slow([said(0, { type: 'whole' })]);
  await first;
  expect(comments.all.map(({ id }) => id)).toEqual([9]);
});
