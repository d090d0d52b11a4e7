import { expect, it } from 'vitest';
import type { Comment, Contact, Place, ShareChoices } from '../../lib/api/types';
import { figuresAlone } from '../../lib/selection';
import {
  assignmentRoute,
  commentRoute,
  foundByPlace,
  isNothing,
  mentorOf,
  possible,
  recordedIn,
} from './sharing';

const TEXT = { en: 'DNS', 'zh-TW': '網域' };
const choices: ShareChoices = {
  items: 3,
  stories: [['a1', TEXT]],
  told: [
    { number: 1, title: TEXT, at_ms: 0, mock: null, recording_bytes: 100 },
    { number: 2, title: TEXT, at_ms: 0, mock: null, recording_bytes: null },
    { number: 7, title: TEXT, at_ms: 0, mock: 90, recording_bytes: 40 },
    { number: 8, title: TEXT, at_ms: 0, mock: 90, recording_bytes: 2 },
  ],
  mocks: [[90, 0]],
  plays: [[5, TEXT, 0]],
};

it('begins with the figures alone, blacked out', () => {
  const first = figuresAlone();
  expect(first).toMatchObject({ progress: true, answers: false, redact: true, stories: [], recordings: [] });
  expect(isNothing(first)).toBe(false);
  expect(isNothing({ ...first, progress: false, question: '  ' })).toBe(true);
  expect(isNothing({ ...first, progress: false, plays: [5] })).toBe(false);
});

it('shares a recording with its answer or not at all', () => {
  const all = { ...figuresAlone(), told: [1, 2], mocks: [90], recordings: [1, 2, 7] };
  expect(possible(all, choices).recordings).toEqual([1, 7]);
  expect(possible({ ...all, told: [2] }, choices).recordings).toEqual([7]);
  expect(possible({ ...all, mocks: [] }, choices).recordings).toEqual([1]);
  expect(recordedIn(choices, 90)).toEqual({ numbers: [7, 8], bytes: 42 });
});

it('forgets what was deleted while one was away', () => {
  const all = {
    ...figuresAlone(),
    answers: true,
    stories: ['a1', 'gone'],
    told: [1, 7, 99],
    mocks: [90, 91],
    plays: [5, 6],
  };
  expect(possible(all, choices)).toMatchObject({ stories: ['a1'], told: [1], mocks: [90], plays: [5] });
  expect(possible(all, { ...choices, items: 0 }).answers).toBe(false);
});

it('puts findings with their places', () => {
  const email = { kind: 'email', words: 'a@b.example' } as const;
  const person = { kind: 'person', words: 'Mr Chen' } as const;
  const none = { en: '', 'zh-TW': '' };
  const found = [
    { place: TEXT, finding: email },
    { place: none, finding: email },
    { place: TEXT, finding: person },
  ];
  expect(foundByPlace(found, 'zh-TW')).toEqual([
    { place: '網域', found: [email, person] },
    { place: '', found: [email] },
  ]);
});

it('leads a comment to where it belongs, or to its item when that is gone', () => {
  const route = (kind: string, id: string, place: Place) =>
    commentRoute({ item: { kind, id }, place } as Comment, choices);
  const story = { kind: 'story', id: 'a1' };
  const question = { kind: 'question', id: 'x/y/z' };
  expect(route('story', 'a1', { type: 'part', part: 'action', language: 'en' })).toEqual({
    page: 'stories',
    story: 'a1',
  });
  expect(route('story', 'a1', { type: 'told', number: 1 })).toEqual({
    page: 'rehearsal',
    item: story,
    from: 'stories',
  });
  expect(route('question', 'x/y/z', { type: 'told', number: 7 })).toEqual({ page: 'mock', number: 90 });
  expect(route('question', 'x/y/z', { type: 'told', number: 99 })).toEqual({
    page: 'browse',
    item: question,
  });
  expect(route('question', 'x/y/z', { type: 'answer', at_ms: 0 })).toEqual({
    page: 'browse',
    item: question,
  });
  expect(route('incident', 'I05', { type: 'play', number: 5, step: 1 })).toEqual({
    page: 'incidents',
    play: 5,
  });
  expect(route('incident', 'I05', { type: 'play', number: 6, step: 1 })).toEqual({
    page: 'incidents',
    play: null,
  });
});

it('practises what is assigned; a story is told', () => {
  expect(assignmentRoute({ kind: 'story', id: 'a1' })).toMatchObject({ page: 'rehearsal', from: 'stories' });
  expect(assignmentRoute({ kind: 'drill', id: 'D1' })).toMatchObject({ page: 'practice' });
});

it('takes the mentor chosen, or the first', () => {
  const mentors = [{ number: 1 }, { number: 2 }] as Contact[];
  expect(mentorOf(mentors, 2)?.number).toBe(2);
  expect(mentorOf(mentors, 9)?.number).toBe(1);
  expect(mentorOf([], null)).toBeNull();
});
