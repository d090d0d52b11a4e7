import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../app.svelte';
import { items } from '../../dev/bank';
import { mockHandlers } from '../../dev/mocks';
import { absent, field, openWindow, press, test } from '../../dev/test-support';
import * as api from '../../lib/api';
import Screen from './Screen.svelte';

vi.mock('../../lib/api', async (original) => ({
  ...(await original<typeof api>()),
  mockList: vi.fn(),
  mockStart: vi.fn(),
  mockShow: vi.fn(),
  mockNext: vi.fn(),
  mockScore: vi.fn(),
  mockOwnQuestions: vi.fn(),
  mockStop: vi.fn(),
  mockDelete: vi.fn(),
  rehearsalShow: vi.fn(),
  rehearsalKeep: vi.fn(),
  rehearsalTold: vi.fn(),
  rehearsalFinish: vi.fn(),
  recorderStart: vi.fn(),
  recorderShow: vi.fn(),
  recorderStop: vi.fn(),
  storiesShow: vi.fn(() => Promise.reject(new Error('not asked here'))),
}));

/** A core whose loop stands at a stage. */
function core(query: string): void {
  const handlers = mockHandlers(new URLSearchParams(query), false, {});
  const ask = (command: string, args: unknown) =>
    Promise.resolve(handlers[command]?.(args as never)) as never;
  vi.mocked(api.mockList).mockImplementation(() => ask('mock_list', {}));
  vi.mocked(api.mockStart).mockImplementation((wish) => ask('mock_start', { wish }));
  vi.mocked(api.mockShow).mockImplementation((number) => ask('mock_show', { number }));
  vi.mocked(api.mockNext).mockImplementation((number, answer, account, said) =>
    ask('mock_next', { number, answer, account, said }),
  );
  vi.mocked(api.mockScore).mockImplementation((number, round, answers) =>
    ask('mock_score', { number, round, answers }),
  );
  vi.mocked(api.mockOwnQuestions).mockImplementation((number, words, end) =>
    ask('mock_own_questions', { number, words, end }),
  );
  vi.mocked(api.mockStop).mockImplementation((number) => ask('mock_stop', { number }));
  vi.mocked(api.mockDelete).mockImplementation((number) => ask('mock_delete', { number }));
  vi.mocked(api.rehearsalShow).mockImplementation((number) => ask('rehearsal_show', { number }));
  const acts = { keep: api.rehearsalKeep, told: api.rehearsalTold, finish: api.rehearsalFinish };
  for (const [name, act] of Object.entries(acts)) {
    vi.mocked(act as typeof api.rehearsalTold).mockImplementation((number, story, account) =>
      ask(`rehearsal_${name}`, { number, story, account }),
    );
  }
  const silence = { number: null, length_ms: 0, level: 0, fault: null };
  vi.mocked(api.recorderStart).mockRejectedValue(
    new api.ApiError('no_microphone', { reason: 'none' }, 'none'),
  );
  vi.mocked(api.recorderShow).mockResolvedValue(silence);
  vi.mocked(api.recorderStop).mockResolvedValue(silence);
}

/** Opens a loop, as the window does. */
async function open(number: number | null = 100) {
  const shown = render(Screen, { number });
  await waitFor(() => expect(document.querySelector('h1, [data-testid="mock-question"]')).not.toBeNull());
  return shown;
}

openWindow({ page: 'mock', number: 100 });
beforeEach(() => {
  vi.clearAllMocks();
});

describe('an answer', () => {
  it('is there again, word for word, when the loop was left in the middle of it', async () => {
    core('mock=asking');
    const { unmount } = await open();
    await fireEvent.input(field('mock-words'), { target: { value: 'In March one checkout in tw' } });
    await press('Escape');
    await waitFor(() => expect(app.route).toEqual({ page: 'mock', number: null }));
    unmount();
    await open();
    expect(field('mock-words').value).toBe('In March one checkout in tw');
  });

  it('stays on the page when it cannot be kept, and is not lost when one leaves all the same', async () => {
    core('mock=asking');
    const full = new api.ApiError('disk_full', { path: '/x' }, 'full');
    vi.mocked(api.rehearsalKeep).mockRejectedValue(full);
    const { unmount } = await open();
    await fireEvent.input(field('mock-words'), { target: { value: 'not kept yet' } });
    await press('Escape');
    await waitFor(() => expect(test('mock-fault').textContent).toContain('/x'));
    expect(app.route).toEqual({ page: 'mock', number: 100 });
    await press('Escape');
    await waitFor(() => expect(app.route).toEqual({ page: 'mock', number: null }));
    unmount();
    await open();
    expect(field('mock-words').value).toBe('not kept yet');
    core('mock=asking');
    await fireEvent.click(test('mock-back'));
  });

  it('is asked back one probe at a time, and shows nothing of a good answer', async () => {
    core('mock=asking');
    await open();
    expect(test('mock-question').dataset).toMatchObject({ round: '0' });
    await press(' ');
    await waitFor(() => expect(screen.queryByTestId('mock-told')).not.toBeNull());
    await fireEvent.input(field('mock-words'), { target: { value: 'My story.' } });
    await fireEvent.click(test('mock-told'));
    await waitFor(() => expect(test('probe-0')).toBe(document.activeElement));
    absent('probe-1');
    await fireEvent.input(field('probe-0'), { target: { value: 'My part.' } });
    await fireEvent.keyDown(field('probe-0'), { key: 'Enter', ctrlKey: true });
    await waitFor(() => test('probe-1'));
    expect(document.querySelector('[data-testid^="key-point-"], [data-testid^="rubric-"]')).toBeNull();
    await fireEvent.click(test('mock-next'));
    await waitFor(() => expect(test('mock-question').dataset.item).not.toBe(items[2]?.item.id));
    const [, , account] = vi.mocked(api.mockNext).mock.calls[0] ?? [];
    expect(account?.words).toBe('My story.');
    expect(account?.probes.map(({ words }) => words)).toEqual(['My part.', '']);
  });

  it('leads to the next question by a term in its words', async () => {
    core('mock=technical');
    await open();
    await fireEvent.input(field('mock-words'), { target: { value: 'I look at the NS of the zone' } });
    await fireEvent.click(test('mock-next'));
    await waitFor(() => screen.getByText('You said “NS”.'));
  });

  it('goes on without a microphone, and asks which terms were said', async () => {
    core('mock=technical&spoken=1');
    await open();
    await press(' ');
    await waitFor(() => expect(screen.getByRole('status').textContent).not.toBe(''));
    await waitFor(() => test('mock-told'));
    await fireEvent.click(test('mock-told'));
    await waitFor(() => test('mock-said-NS'));
    await fireEvent.click(test('mock-said-NS'));
    await fireEvent.click(test('mock-next'));
    await waitFor(() => screen.getByText('You said “NS”.'));
    expect(vi.mocked(api.mockNext).mock.calls[0]?.[3]).toEqual(['NS']);
  });

  it('belongs to the debrief of a loop that is ended in the middle of it', async () => {
    core('mock=asking');
    await open();
    await fireEvent.input(field('mock-words'), { target: { value: 'half a story' } });
    await fireEvent.click(test('mock-stop'));
    expect(api.mockStop).not.toHaveBeenCalled();
    await fireEvent.click(test('mock-stop-sure'));
    await waitFor(() => test('mock-debrief'));
    expect(test('mock-answer-words').textContent).toContain('half a story');
  });
});

describe('a round that is over', () => {
  it('is scored beside the words, and the scores are sent', async () => {
    core('mock=scoring');
    await open();
    expect(test('mock-answer-words').textContent).toContain('March 2025');
    await fireEvent.click(test('rubric-result-3'));
    await fireEvent.change(test('mock-story'), { target: { value: 'mei-2' } });
    await press('Enter');
    await waitFor(() => expect(document.querySelector('[data-testid^="key-point-"]')).not.toBeNull());
    await press('a');
    await fireEvent.click(test('mock-score-next'));
    await waitFor(() => expect(test('mock-question').dataset.round).toBe('1'));
    const [, round, answers] = vi.mocked(api.mockScore).mock.calls[0] ?? [];
    expect(round).toBe(0);
    expect(answers?.[0]).toMatchObject({ story: 'mei-2', scores: { result: { value: 3 } } });
    expect(answers?.[1]?.ticked).toHaveLength(1);
  });

  it('may be passed over', async () => {
    core('mock=scoring');
    await open();
    await fireEvent.click(test('mock-score-next'));
    await waitFor(() => expect(test('mock-question').dataset.round).toBe('1'));
  });
});

describe('the end', () => {
  it('keeps the own questions as they are typed, and ends with the debrief', async () => {
    core('mock=own');
    await open();
    await fireEvent.input(field('mock-own'), { target: { value: 'Which cases took longest?' } });
    await waitFor(() =>
      expect(api.mockOwnQuestions).toHaveBeenCalledWith(100, 'Which cases took longest?', false),
    );
    await fireEvent.click(test('mock-end'));
    await waitFor(() => test('mock-debrief'));
    expect(test('mock-debrief').textContent).toContain('Which cases took longest?');
  });

  it('says what to work on with the numbers it comes from, and can be run again', async () => {
    core('mock=debrief');
    await open();
    expect(test('mock-work').textContent).toMatch(/Reflection: 1\.5 on average, from 4 answers/);
    expect(test('mock-work').textContent).toMatch(/Networking: \d+.% of the key points/);
    await fireEvent.click(test('mock-again'));
    await waitFor(() => expect(app.route).toEqual({ page: 'mock', number: 101 }));
    expect(vi.mocked(api.mockStart).mock.calls[0]?.[0]).toEqual({
      seed: 5120,
      languages: ['en', 'en', 'zh-TW', 'en'],
      manner: 'typed',
    });
  });
});

describe('the page before a loop', () => {
  it('starts with what was wished, and refuses a draw number that is none', async () => {
    core('');
    await open(null);
    await waitFor(() => test('mock-start'));
    await fireEvent.click(test('mock-rounds-2').querySelector('input')!);
    await fireEvent.click(test('mock-language-1-zh-TW').querySelector('input')!);
    await fireEvent.click(test('mock-spoken').querySelector('input')!);
    await fireEvent.input(test('mock-seed'), { target: { value: 'seven' } });
    await fireEvent.click(test('mock-start'));
    expect(screen.getByRole('alert').textContent).toContain('999999999');
    await fireEvent.input(test('mock-seed'), { target: { value: '7' } });
    await fireEvent.click(test('mock-start'));
    await waitFor(() => expect(app.route).toEqual({ page: 'mock', number: 100 }));
    expect(vi.mocked(api.mockStart).mock.calls[0]?.[0]).toEqual({
      seed: 7,
      languages: ['en', 'zh-TW'],
      manner: 'spoken',
    });
  });

  it('goes on with an open loop first, and deletes a past one only when sure', async () => {
    core('mock=scoring');
    await open(null);
    await waitFor(() => test('mock-resume'));
    expect(screen.getAllByTestId('mock-row')).toHaveLength(3);
    await fireEvent.click(screen.getAllByTestId('mock-delete')[0]!);
    expect(api.mockDelete).not.toHaveBeenCalled();
    await fireEvent.click(test('mock-delete-sure'));
    await waitFor(() => expect(screen.getAllByTestId('mock-row')).toHaveLength(2));
    await press('Enter');
    await waitFor(() => expect(app.route).toEqual({ page: 'mock', number: 100 }));
  });
});
