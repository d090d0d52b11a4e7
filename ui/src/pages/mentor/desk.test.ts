import { fireEvent, render, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../app.svelte';
import { accountOf, figuresOf } from '../../dev/builders';
import { absent, field, openWindow, press, test, type } from '../../dev/test-support';
import * as api from '../../lib/api';
import { home } from './home.svelte';
import { placeKey, storyItem } from './review';
import Screen from './Screen.svelte';

vi.mock('../../lib/api', async (original) => ({
  ...(await original<typeof api>()),
  shareShow: vi.fn(),
  mentorCohort: vi.fn(),
  mentorReview: vi.fn(),
  mentorKeep: vi.fn(() => Promise.resolve(null)),
  mentorSend: vi.fn(),
  packetsOpen: vi.fn(),
  packetsTake: vi.fn(),
  contactsAdd: vi.fn(),
  contactsCompared: vi.fn(() => Promise.resolve(null)),
  contactsRemove: vi.fn(() => Promise.resolve(null)),
}));

openWindow({ page: 'mentor', learner: null });

const WORDS = ['anchor', 'basil', 'copper', 'drift'];
const contact = (number: number, name: string, more: Partial<api.Contact> = {}): api.Contact => ({
  number,
  role: 'learner',
  name,
  words: WORDS,
  compared: false,
  changed_key: false,
  ...more,
});
const row = (number: number, name: string, more: Partial<api.CohortRow> = {}): api.CohortRow => ({
  contact: contact(number, name),
  readiness: 0.5,
  trend: 0.1,
  idle_days: 1,
  weakest: 'linux',
  interview: null,
  packets: 2,
  waiting_days: null,
  ...more,
});
const me: api.Me = { name: 'Lin', address: 'divedeep-1abc', words: WORDS };
const dimension = () => app.outline.rubric[0]!.id;

function story(): api.Story {
  const telling = {
    title: 'The night',
    situation: 'It was late.',
    task: '',
    action: 'I looked at the logs.',
    result: 'It was mended.',
    lesson: '',
    metrics: '',
    seconds_30: '',
    seconds_90: '',
  };
  const none = Object.fromEntries(Object.keys(telling).map((key) => [key, ''])) as api.Telling;
  return { when: '', english: telling, chinese: none, principles: {}, people: [] };
}

function review(more: Partial<api.ReviewPage> = {}): api.ReviewPage {
  return {
    contact: contact(1, 'Mei'),
    packet: 7,
    sequence: 2,
    asked_at_ms: Date.UTC(2026, 10, 18),
    answered_at_ms: null,
    items: 12,
    figures: figuresOf(),
    changes: {
      since_ms: Date.UTC(2026, 10, 9),
      answers: 84,
      active_days: 9,
      readiness: [0.49, 0.58],
      retention: [null, 0.87],
      domains: [['linux', 0.4, 0.6]],
      stories: ['a'],
      told: [],
      mocks: [],
      plays: [],
      forgotten: [],
      assignments: [],
    },
    parts: {
      name: 'Mei',
      question: 'What can go?',
      language: 'en',
      track: 'csa',
      interview: null,
      progress: true,
      items: [
        {
          item: { kind: 'question', id: 'linux/df' },
          title: { en: 'df and du', 'zh-TW': 'df與du' },
          domain: 'linux',
          topic: 'disk',
          depth: 2,
          answers: [{ at_ms: 5, grade: 'again', language: 'en', words: 'lsof' }],
        },
      ],
      stories: [{ id: 'a', changed_at_ms: 0, times_told: 1, story: story() }],
      told: [
        {
          number: 3,
          item: storyItem('a'),
          title: { en: 'The night', 'zh-TW': '那一夜' },
          mock: null,
          at_ms: 0,
          account: accountOf({
            words: 'It was late and I looked.',
            scores: { [dimension()]: { value: 3, because: 'clear', at_ms: null } },
          }),
          recording: false,
        },
      ],
      mocks: [],
      plays: [],
    },
    draft: { name: '', review: '', seen_at_ms: 0, words: '', comments: [], assignments: [] },
    sent: [],
    ...more,
  };
}

const refuse = (code: string, params: Record<string, string> = {}) => new api.ApiError(code, params, code);
const kept = () => vi.mocked(api.mentorKeep).mock.lastCall?.[1];
const margin = (place: api.Place) =>
  within(document.querySelector<HTMLElement>(`[data-margin="${placeKey(storyItem('a'), place)}"]`)!);

beforeEach(() => {
  vi.clearAllMocks();
  home.tab = 'learners';
  home.came = null;
  vi.mocked(api.mentorCohort).mockResolvedValue({
    me,
    learners: [
      row(1, 'Mei', { waiting_days: 3 }),
      row(2, 'Ann', { readiness: 0.9 }),
      row(3, 'Zoe', { packets: 0 }),
    ],
  });
  vi.mocked(api.mentorReview).mockImplementation(() => Promise.resolve(review()));
  vi.mocked(api.shareShow).mockRejectedValue(refuse('unexpected'));
});

describe('opening a packet', () => {
  it('opens the desk of the learner it came from', async () => {
    vi.mocked(api.packetsOpen).mockResolvedValue({ role: 'learner', contact: 2 });
    render(Screen, { learner: null });
    await fireEvent.click(test('open-packet'));
    await waitFor(() => expect(app.route).toEqual({ page: 'mentor', learner: 2 }));
  });

  it('asks about somebody new, takes them when the words are the same, and then what is missing', async () => {
    vi.mocked(api.packetsOpen).mockRejectedValue(
      refuse('unknown_sender', { name: 'Sam', words: WORDS.join(' ') }),
    );
    vi.mocked(api.packetsTake)
      .mockRejectedValueOnce(refuse('packet_out_of_order'))
      .mockResolvedValueOnce({ role: 'mentor', contact: 9 });
    render(Screen, { learner: null });
    await press('o');
    await waitFor(() => expect(test('stranger').textContent).toContain('Sam'));
    expect(test('stranger').dataset.code).toBe('unknown_sender');
    for (const word of WORDS) expect(test('stranger').textContent).toContain(word);
    await fireEvent.click(test('take-new'));
    expect(vi.mocked(api.packetsTake).mock.lastCall).toEqual(['new', false]);
    await waitFor(() => test('take-without'));
    await fireEvent.click(test('take-without'));
    expect(vi.mocked(api.packetsTake).mock.lastCall).toEqual(['new', true]);
    await waitFor(() => expect(home.tab).toBe('mentors'));
    expect(home.came).toEqual({ role: 'mentor', contact: 9 });
  });

  it('warns loudly of another key, and takes nothing when it is left', async () => {
    vi.mocked(api.packetsOpen).mockRejectedValue(refuse('changed_key', { name: 'Sam', words: 'a b' }));
    render(Screen, { learner: null });
    await fireEvent.click(test('open-packet'));
    await waitFor(() => expect(within(test('stranger')).getByRole('alert').textContent).toContain('Careful'));
    await fireEvent.click(test('take-leave'));
    absent('stranger');
    expect(api.packetsTake).not.toHaveBeenCalled();
  });

  it('says why any other packet was refused, and offers nothing', async () => {
    vi.mocked(api.packetsOpen).mockRejectedValue(refuse('packet_forged'));
    render(Screen, { learner: null });
    await fireEvent.click(test('open-packet'));
    await waitFor(() => expect(test('refused').textContent).toContain('not signed'));
    absent('take-without');
    absent('take-new');
  });
});

describe('the cohort', () => {
  const order = () => [...document.querySelectorAll('tbody tr')].map((tr) => tr.getAttribute('data-testid'));

  it('has who waits on top, sorts by a header, and opens a desk by a row', async () => {
    render(Screen, { learner: null });
    await waitFor(() => expect(order()).toEqual(['learner-1', 'learner-2', 'learner-3']));
    expect(test('cohort').textContent).toContain('self-reported');
    await fireEvent.click(test('sort-name'));
    expect(order()).toEqual(['learner-2', 'learner-1', 'learner-3']);
    expect(test('sort-name').closest('th')?.getAttribute('aria-sort')).toBe('ascending');
    await fireEvent.click(test('sort-name'));
    expect(order()).toEqual(['learner-3', 'learner-1', 'learner-2']);
    await fireEvent.click(test('open-learner-2'));
    expect(app.route).toEqual({ page: 'mentor', learner: 2 });
  });

  it('adds a learner by address; a wrong one is still there to mend', async () => {
    vi.mocked(api.contactsAdd)
      .mockRejectedValueOnce(refuse('not_an_address', { text: 'x' }))
      .mockResolvedValueOnce(4);
    render(Screen, { learner: null });
    await waitFor(() => test('add-contact'));
    await fireEvent.click(test('add-contact'));
    await type('add-name', 'Bo');
    await type('add-address', 'x');
    await fireEvent.click(test('add-keep'));
    await waitFor(() => expect(document.body.textContent).toContain('divedeep-1'));
    expect(field('add-address').value).toBe('x');
    await type('add-address', 'divedeep-1zz');
    await fireEvent.click(test('add-keep'));
    await waitFor(() => expect(test('contact-added').textContent).toContain('Bo'));
    expect(vi.mocked(api.contactsAdd).mock.lastCall).toEqual(['learner', 'Bo', 'divedeep-1zz']);
  });
});

describe('the desk', () => {
  async function open(learner = 1) {
    const shown = render(Screen, { learner });
    await waitFor(() => test('parts'));
    return shown;
  }

  it('shows what changed, says that it is self-reported, and folds what is not new', async () => {
    await open();
    expect(test('since').textContent).toContain('84 on 9 days');
    expect(test('since').textContent).toContain('+20');
    expect(test('mentor-desk').textContent).toContain('self-reported');
    expect(test('question').textContent).toContain('What can go?');
    expect((test('story-a') as HTMLDetailsElement).open).toBe(true);
    expect((test('told-3') as HTMLDetailsElement).open).toBe(false);
    absent('save-csv');
  });

  it('keeps a comment where it belongs, with the words that were selected', async () => {
    const { unmount } = await open();
    const place = { type: 'part', part: 'action', language: 'en' } as const;
    const words = document.querySelector(`[data-place="${placeKey(storyItem('a'), place)}"] .text`)!;
    vi.spyOn(document, 'getSelection').mockReturnValue({
      anchorNode: words.firstChild,
      focusNode: words.firstChild,
      toString: () => ' the logs ',
    } as unknown as Selection);
    await fireEvent(document, new Event('selectionchange'));
    vi.restoreAllMocks();
    await fireEvent.click(margin(place).getByTestId('comment-begin'));
    await waitFor(() => expect(document.activeElement).toBe(test('comment-0')));
    await type('comment-0', 'Which logs?');
    unmount();
    await waitFor(() => expect(kept()?.comments).toHaveLength(1));
    expect(kept()?.comments[0]).toMatchObject({ place, quote: 'the logs', words: 'Which logs?' });
  });

  it('puts the scores of the mentor beside the learner’s own', async () => {
    await open(2);
    const own = test(`mark-3-${dimension()}`);
    expect(own.textContent).toContain('own score 3: clear');
    await fireEvent.click(test(`mark-3-${dimension()}-2`));
    await waitFor(() => expect(kept()?.comments[0]?.scores[dimension()]?.value).toBe(2), { timeout: 2000 });
    await fireEvent.click(test(`mark-3-${dimension()}-clear`));
    await waitFor(() => expect(kept()?.comments).toEqual([]), { timeout: 2000 });
  });

  it('assigns an item in a week, keeps no date that is none, and anything else by its words', async () => {
    await open();
    await fireEvent.click(margin({ type: 'whole' }).getByTestId('assign'));
    expect(field('assignment-0-due').value).toBe('2026-11-28');
    await type('assignment-0-due', '2026-11-01');
    expect(field('assignment-0-due').getAttribute('aria-invalid')).toBe('true');
    await type('assignment-0-due', '2026-12-01');
    await fireEvent.click(test('assign-else'));
    await type('assignment-1-words', 'Tell it to a friend');
    await waitFor(() => expect(kept()?.assignments).toHaveLength(2), { timeout: 2000 });
    expect(kept()?.assignments[0]).toMatchObject({ item: storyItem('a'), due: '2026-12-01' });
    expect(kept()?.assignments[1]).toMatchObject({ item: null, words: 'Tell it to a friend' });
  });

  it('shows exactly what leaves, sends it, and says where the file is', async () => {
    await open();
    await fireEvent.click(test('send'));
    await waitFor(() => expect(test('make-feedback').hasAttribute('disabled')).toBe(true));
    await press('Escape');
    await type('feedback-words', 'A lot better.');
    vi.mocked(api.mentorSend)
      .mockRejectedValueOnce(refuse('disk_full', { path: '/x' }))
      .mockResolvedValueOnce('/tmp/f');
    await fireEvent.click(test('send'));
    await waitFor(() => expect(test('leaving').textContent).toContain('A lot better.'));
    expect(test('from').textContent).toContain('Lin');
    await fireEvent.click(test('make-feedback'));
    await waitFor(() => expect(test('preview').textContent).toContain('/x'));
    vi.mocked(api.mentorReview).mockResolvedValue(
      review({ sent: [[0, { ...review().draft, words: 'A lot better.' }]] }),
    );
    await fireEvent.click(test('make-feedback'));
    await waitFor(() => expect(test('made').textContent).toContain('/tmp/f'));
    expect(field('feedback-words').value).toBe('');
    await waitFor(() => expect(test('sent-0').textContent).toContain('A lot better.'));
  });

  it('loses nothing that could not be kept: it is there on coming back', async () => {
    vi.mocked(api.mentorKeep).mockRejectedValue(refuse('disk_full', { path: '/x' }));
    const { unmount } = await open();
    await type('feedback-words', 'Not kept yet');
    unmount();
    await waitFor(() => expect(api.mentorKeep).toHaveBeenCalled());
    await open();
    await waitFor(() => expect(field('feedback-words').value).toBe('Not kept yet'));
    expect(test('writing').textContent).toContain('/x');
    vi.mocked(api.mentorKeep).mockResolvedValue(null);
    await fireEvent.click(test('keep-again'));
    await waitFor(() => expect(test('writing').textContent).not.toContain('/x'));
  });

  it('has nothing to show of a learner who sent nothing, and can part with them', async () => {
    vi.mocked(api.mentorReview).mockRejectedValue(refuse('no_such_item', { item: 'packet' }));
    render(Screen, { learner: 3 });
    await waitFor(() => expect(test('mentor-desk').textContent).toContain('Nothing of Zoe was opened yet'));
    await fireEvent.click(test('remove-learner'));
    expect(api.contactsRemove).not.toHaveBeenCalled();
    await fireEvent.click(test('remove-sure'));
    await waitFor(() => expect(api.contactsRemove).toHaveBeenCalledWith(3));
    await waitFor(() => expect(app.route).toEqual({ page: 'mentor', learner: null }));
  });

  it('warns where another key goes by the same name', async () => {
    vi.mocked(api.mentorReview).mockResolvedValue(
      review({ contact: contact(1, 'Mei', { changed_key: true }) }),
    );
    await open();
    expect(test('changed-key').textContent).toContain('another key');
    await fireEvent.click(test('compared'));
    expect(api.contactsCompared).toHaveBeenCalledWith(1, true);
  });
});
