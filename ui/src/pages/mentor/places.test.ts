import { fireEvent, render, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../app.svelte';
import { items } from '../../dev/bank';
import { cardOf } from '../../dev/builders';
import { mockHandlers } from '../../dev/mocks';
import { rehearsalHandlers } from '../../dev/rehearsals';
import { shareHandlers } from '../../dev/share';
import { storyHandlers } from '../../dev/stories';
import { absent, openWindow, press, test } from '../../dev/test-support';
import type * as api from '../../lib/api/types';
import Incidents from '../incidents/Screen.svelte';
import Mock from '../mock/Screen.svelte';
import Practice from '../practice/Screen.svelte';
import Rehearsal from '../rehearsal/Screen.svelte';
import Stories from '../stories/Screen.svelte';
import Today from '../today/Screen.svelte';
import { home } from './home.svelte';

/** What mentors said and assigned, on the pages where it belongs. */
type Handlers = Record<string, (args: never) => unknown>;
const core = vi.hoisted(() => ({ handlers: {} as Handlers, asked: [] as [string, unknown][] }));
vi.mock('@tauri-apps/api/core', () => ({
  invoke: (command: string, args: unknown) =>
    new Promise((done) => {
      core.asked.push([command, args]);
      const handler = core.handlers[command];
      if (!handler) throw { code: 'unexpected', message: command, params: {} };
      done(structuredClone(handler(args as never)));
    }),
}));

const view = (ref: api.ItemRef) => items.find(({ item }) => item.id === ref.id) ?? items[0]!;
const card = (ref: api.ItemRef): api.Card => cardOf({ ...view(ref), item: ref });
const STORY: api.ItemRef = { kind: 'story', id: 'mei-1' };
const NX = items.find(({ item }) => item.id.endsWith('nxdomain-servfail-or-timeout'))!.item;
const reads = () => core.asked.filter(([command]) => command === 'share_comments_read');
const words = (id: string) => within(test(id));

openWindow({ page: 'today' });
beforeEach(() => {
  Element.prototype.scrollIntoView = vi.fn();
  const stories = storyHandlers(false, '2026-11-21');
  core.asked = [];
  core.handlers = {
    ...stories,
    ...shareHandlers(false, 'en', stories),
    ...rehearsalHandlers(false, card, stories),
    practice_next: () => practice(NX),
    practice_open: ({ item }: { item: api.ItemRef }) => practice(item),
  };
});

const practice = (ref: api.ItemRef): api.Practice => ({
  card: card(ref),
  left: 2,
  answers_done: 0,
  seconds_done: 0,
  minutes_planned: 30,
  can_undo: false,
});

function today(more: Partial<api.Today> = {}): void {
  const page = () => (core.handlers.share_show as unknown as () => api.SharePage)();
  core.handlers.today_show = (): api.Today => ({
    date: '2026-11-21',
    next_round: null,
    minutes_planned: 30,
    seconds_done: 0,
    answers_done: 0,
    reviews: { items: 1, seconds: 60, domains: [] },
    new: { items: 0, seconds: 0, domains: [] },
    reviews_left_out: 0,
    unseen: 0,
    in_track: 10,
    can_calibrate: false,
    assignments: page().assignments.filter(({ done }) => !done),
    unread_comments: 3,
    notices: [],
    ...more,
  });
}

describe('today', () => {
  it('names the assignments due soonest, and leads to the rest', async () => {
    today();
    render(Today);
    await waitFor(() => test('today-assignments'));
    const rows = words('today-assignments').getAllByTestId('assignment');
    expect(rows).toHaveLength(3);
    expect(rows[0]?.textContent).toContain('was due Fri 20 Nov');
    expect(test('assignments-more').textContent).toContain('1 more');
    await fireEvent.click(within(rows[1]!).getByTestId('assignment-open'));
    expect(app.route).toEqual({ page: 'rehearsal', item: STORY, from: 'stories' });
    home.tab = 'learners';
    await fireEvent.click(test('unread-comments'));
    expect(app.route).toEqual({ page: 'mentor', learner: null });
    expect(home.tab).toBe('mentors');
  });

  it('ticks off what is no item; what cannot be kept is said, and stays', async () => {
    today();
    render(Today);
    await waitFor(() => test('today-assignments'));
    const kept = core.handlers.share_assignment_done!;
    core.handlers.share_assignment_done = () => {
      throw { code: 'read_only', message: '', params: { path: '/x' } };
    };
    await fireEvent.click(test('assignment-tick'));
    await waitFor(() => expect(test('today-assignments').textContent).toContain('/x'));
    expect((test('assignment-tick') as HTMLInputElement).checked).toBe(false);
    core.handlers.share_assignment_done = kept;
    await fireEvent.click(test('assignment-tick'));
    await waitFor(() =>
      expect(core.asked).toContainEqual(['share_assignment_done', { packet: 4, id: 2, done: true }]),
    );
    await waitFor(() => absent('assignment-tick'));
  });

  it('says nothing of mentors where there is nothing', async () => {
    today({ assignments: [], unread_comments: 0 });
    render(Today);
    await waitFor(() => test('start-practice'));
    absent('today-assignments');
  });
});

describe('a comment', () => {
  it('stands on the card after the answer is shown, not before, and is read then', async () => {
    render(Practice, { item: null, more: false });
    await waitFor(() => test('prompt'));
    await waitFor(() => expect(core.asked.some(([command]) => command === 'share_comments')).toBe(true));
    absent('comments');
    expect(reads()).toEqual([]);
    await press(' ');
    await waitFor(() => test('comments'));
    expect(test('comments').textContent).toContain('DNSSEC validation');
    expect(test('comments').textContent).toContain('on your answer of Tue 17 Nov');
    expect(reads()).toEqual([['share_comments_read', { item: NX }]]);
    expect(test('comment').dataset.read).toBe('false');
  });

  it('is not waited for where it cannot be read', async () => {
    core.handlers.share_comments = () => {
      throw { code: 'database', message: '', params: { reason: 'locked' } };
    };
    render(Practice, { item: null, more: false });
    await waitFor(() => test('prompt'));
    await press(' ');
    await waitFor(() => test('grade-good'));
    absent('comments');
    expect(document.body.textContent).not.toContain('locked');
  });

  it('stands beside the part of the story it speaks of', async () => {
    render(Stories, { story: 'mei-1' });
    await waitFor(() => test('story-action-notes'));
    await waitFor(() => expect(test('story-action-notes').textContent).toContain('Leave this out'));
    // What is about the whole, or about a telling, stands together; by then all of it was seen.
    await waitFor(() => expect(document.body.textContent).toContain('Good for Dive Deep'));
    await waitFor(() => expect(reads()).toEqual([['share_comments_read', { item: STORY }]]));
  });

  it('opens the rehearsal it is about; what quotes the story stays hidden there', async () => {
    render(Rehearsal, { item: STORY, from: 'stories' });
    await waitFor(() => test('rehearsal-reading'));
    expect(test('rehearsal-reading').textContent).toContain('You tell it better');
    expect(words('rehearsal-reading').getByTestId('comment-scores').textContent).toMatch(/ 3 \(you: \d\)/);
    expect(document.body.textContent).not.toContain('Leave this out');
    // One comment on this story was not on the screen, so it is not kept as read.
    expect(reads()).toEqual([]);
  });

  it('stands under the answer of a mock loop', async () => {
    Object.assign(core.handlers, mockHandlers(new URLSearchParams('mock=debrief'), false, core.handlers));
    const { stage } = (core.handlers.mock_show as unknown as (args: object) => api.MockPage)({ number: 100 });
    const answer = stage.name === 'debrief' ? stage.answers[0]!.answer : null;
    core.handlers.share_comments = ({ item }: { item: api.ItemRef }): api.CommentView[] =>
      (item.id === answer!.item.id ? [answer!.number, 999] : []).map((number, id) => ({
        packet: 1,
        id,
        mentor: 'Lin',
        at_ms: 0,
        read: true,
        comment: {
          item,
          title: { en: '', 'zh-TW': '' },
          place: { type: 'told', number },
          quote: '',
          words: `about ${number}`,
          scores: {},
        },
      }));
    render(Mock, { number: 100 });
    await waitFor(() => test('mock-debrief'));
    await waitFor(() => expect(document.body.textContent).toContain(`about ${answer!.number}`));
    expect(document.body.textContent).not.toContain('about 999');
  });

  it('stands in the debrief of the play it is about and at its step, never before the end', async () => {
    const play = (ended: boolean): api.PlayPage => ({
      number: 2,
      item: { kind: 'incident', id: 'I05' },
      revision: 1,
      seed: 7,
      version: 1,
      ended,
      started: '2026-11-15',
      minute: 9,
      severity: 'production-down',
      response_minutes: 15,
      seconds: 600,
      title: { en: [{ type: 'text', text: 'Orders disappear' }] },
      customer: { en: [] },
      notes: [],
      hypotheses: [],
      checks: [],
      actions: [],
      seems: [],
      tone: [],
      play: {
        steps: [0, 1, 2, 3].map((minute) => ({ kind: 'update', id: '', minute })),
        marks: {},
        cause: null,
        update: '',
        parts: [],
        post: { mechanism: '', owner: '', date: '' },
      },
      debrief: null,
      runbook: null,
    });
    core.handlers.incidents_show = () => play(false);
    const shown = render(Incidents, { play: 2, from: 'incidents' });
    await waitFor(() => test('timeline'));
    absent('comments');
    shown.unmount();
    core.handlers.incidents_show = () => play(true);
    render(Incidents, { play: 2, from: 'incidents' });
    await waitFor(() => words('timeline').getByTestId('comment'));
    expect(words('timeline').getAllByRole('listitem')[3]?.textContent).toContain('come earlier');
  });
});
