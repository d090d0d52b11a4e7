import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../app.svelte';
import { items, outline } from '../../dev/bank';
import { cardOf, rehearsalOf } from '../../dev/builders';
import { absent, openWindow, press, test } from '../../dev/test-support';
import * as api from '../../lib/api';
import Screen from './Screen.svelte';

vi.mock('../../lib/api', async (original) => ({
  ...(await original<typeof api>()),
  rehearsalDesk: vi.fn(),
  rehearsalBegin: vi.fn(),
  rehearsalKeep: vi.fn(),
  rehearsalTold: vi.fn(),
  rehearsalFinish: vi.fn(),
  rehearsalDelete: vi.fn(),
  rehearsalRecording: vi.fn(),
  rehearsalRecordings: vi.fn(),
  rehearsalDeleteRecording: vi.fn(),
  recorderStart: vi.fn(),
  recorderShow: vi.fn(),
  recorderStop: vi.fn(),
  practiceGrade: vi.fn(),
}));

const prompt = items.find(({ item }) => item.kind === 'prompt')!;
const answerText = 'My own text of the night the DNS broke.';
const story: api.ItemView = {
  ...prompt,
  item: { kind: 'story', id: 'a1' },
  faces: {
    en: {
      ...prompt.faces.en!,
      principle: null,
      answer: [{ type: 'paragraph', inlines: [{ type: 'text', text: answerText }] }],
    },
  },
};

const page = (account: Partial<api.Account> = {}, more: Partial<api.RehearsalPage> = {}) =>
  rehearsalOf(account, { item: prompt.item, started_at_ms: Date.UTC(2026, 10, 20), ...more });

function desk(view: api.ItemView, more: Partial<api.RehearsalDesk> = {}): api.RehearsalDesk {
  return {
    card: cardOf(view),
    open: null,
    past: [],
    stories: [],
    recordings: { used_bytes: 0, limit_bytes: 500_000_000, rows: [] },
    ...more,
  };
}

const probes: api.ProbeAnswer[] = outline.probes
  .slice(1, 3)
  .map((probe) => ({ ...probe, words: '', at_ms: null }));
const step = (name: string) => waitFor(() => expect(test('rehearsal').dataset.step).toBe(name));

openWindow();
beforeEach(() => {
  vi.resetAllMocks();
  // Nothing lays pages out here.
  Element.prototype.scrollIntoView = vi.fn();
  vi.mocked(api.rehearsalKeep).mockResolvedValue(null);
  vi.mocked(api.rehearsalDelete).mockResolvedValue(null);
  vi.mocked(api.rehearsalBegin).mockImplementation((item, manner, language) =>
    Promise.resolve(page({ manner, language }, { item })),
  );
  const ended =
    (more: Partial<api.RehearsalPage>) => (_: number, told: string | null, account: api.Account) =>
      Promise.resolve(
        page(
          { ...account, probes: account.probes.length > 0 ? account.probes : probes },
          { story: told, ...more },
        ),
      );
  vi.mocked(api.rehearsalTold).mockImplementation(
    ended({ weak: [{ dimension: 'action', reason: { code: 'short_action', percent: 31 } }] }),
  );
  vi.mocked(api.rehearsalFinish).mockImplementation(ended({ ended: true, proposed: 'good', mean: 3 }));
  vi.mocked(api.practiceGrade).mockResolvedValue({} as api.Practice);
});

async function open(
  shown: api.RehearsalDesk = desk(prompt),
  from: 'stories' | 'practice' | 'browse' = 'practice',
) {
  vi.mocked(api.rehearsalDesk).mockResolvedValue(shown);
  render(Screen, { item: shown.card.view.item, from });
  await waitFor(() =>
    expect(screen.queryByTestId('rehearsal-typed') ?? test('rehearsal-go-on')).toBeTruthy(),
  );
}

describe('a rehearsal', () => {
  it('goes by keys from the telling to the grade', async () => {
    await open();
    await press('t');
    await step('telling');
    await press(' ');
    await waitFor(() => expect(document.activeElement).toBe(test('rehearsal-words')));
    await fireEvent.input(test('rehearsal-words'), { target: { value: 'I looked at the logs.' } });
    await fireEvent.keyDown(test('rehearsal-words'), { key: 'Enter', ctrlKey: true });
    await step('told');
    expect(test('rehearsal-told-words').textContent).toContain('I looked at the logs.');
    expect(test('rehearsal-weak').textContent).toContain('31');
    await press('Enter');
    await step('probes');
    absent('probe-1');
    await fireEvent.input(test('probe-0'), { target: { value: 'Because of the counters.' } });
    await fireEvent.keyDown(test('probe-0'), { key: 'Enter', ctrlKey: true });
    await waitFor(() => test('probe-1'));
    await fireEvent.keyDown(test('probe-1'), { key: 'Enter', ctrlKey: true });
    await step('scoring');
    await fireEvent.keyDown(test('rubric-action'), { key: '3' });
    await fireEvent.click(test('rubric-result-2'));
    expect(test('rubric-mean').textContent).toContain('2.5');
    await fireEvent.click(test('rehearsal-finish'));
    await step('finished');
    const [, , account] = vi.mocked(api.rehearsalFinish).mock.calls[0]!;
    expect(account).toMatchObject({
      words: 'I looked at the logs.',
      scores: { action: { value: 3 }, result: { value: 2 } },
    });
    expect(account.probes[0]?.words).toBe('Because of the counters.');
    expect(test('grade-good').dataset.proposed).toBe('true');
    await press('3');
    await waitFor(() => expect(app.route).toEqual({ page: 'practice', item: null }));
    expect(vi.mocked(api.practiceGrade).mock.calls[0]?.[0]).toMatchObject({
      grade: 'good',
      session: 'today',
      answer_mode: 'typed',
      answer: 'I looked at the logs.',
    });
  });

  it('that was left goes on with its words and its time', async () => {
    await open(desk(prompt, { open: page({ words: 'so far', told_ms: 52_000, marks_ms: [9_000] }) }));
    absent('rehearsal-typed');
    await press('Enter');
    await step('telling');
    expect((test('rehearsal-words') as HTMLTextAreaElement).value).toBe('so far');
    expect(test('rehearsal-clock').textContent).toBe('0:52');
    expect(api.rehearsalBegin).not.toHaveBeenCalled();
  });

  it('begun anew takes the place of the one that was left', async () => {
    await open(desk(prompt, { open: page({ words: 'so far' }, { number: 4 }) }));
    await fireEvent.click(test('rehearsal-start-again'));
    await fireEvent.click(test('rehearsal-typed'));
    await step('telling');
    expect(api.rehearsalDelete).toHaveBeenCalledExactlyOnceWith(4);
  });

  it('keeps what was typed on leaving, and stays once where it cannot', async () => {
    await open();
    await press('t');
    await step('telling');
    await fireEvent.input(test('rehearsal-words'), { target: { value: 'half a sen' } });
    vi.mocked(api.rehearsalKeep).mockRejectedValue(new api.ApiError('disk_full', { path: '/x' }, ''));
    app.route = { page: 'rehearsal', item: prompt.item, from: 'practice' };
    await press('Escape');
    await waitFor(() => expect(test('rehearsal-fault').textContent).toContain('/x'));
    expect(app.route.page).toBe('rehearsal');
    expect((test('rehearsal-words') as HTMLTextAreaElement).value).toBe('half a sen');
    vi.mocked(api.rehearsalKeep).mockResolvedValue(null);
    await fireEvent.click(test('back'));
    await waitFor(() => expect(app.route.page).toBe('practice'));
    expect(vi.mocked(api.rehearsalKeep).mock.calls.at(-1)?.[2].words).toBe('half a sen');
  });

  it('without a microphone says so and goes on', async () => {
    vi.mocked(api.recorderStart).mockRejectedValue(
      new api.ApiError('no_microphone', { reason: 'there is none' }, ''),
    );
    await open();
    await press('Enter');
    await step('telling');
    await press(' ');
    await waitFor(() => expect(test('rehearsal-muted').textContent).toContain('there is none'));
    await waitFor(() => expect(test('rehearsal-mark').hasAttribute('disabled')).toBe(false));
    absent('rehearsal-fault');
  });
});

it('the text of a story is hidden until it is told', async () => {
  await open(desk(story), 'stories');
  expect(document.body.textContent).not.toContain(answerText);
  await press('s');
  await step('telling');
  await press(' ');
  await waitFor(() => expect(test('rehearsal-mark').hasAttribute('disabled')).toBe(false));
  expect(document.body.textContent).not.toContain(answerText);
  expect(api.recorderStart).not.toHaveBeenCalled();
  await fireEvent.click(test('rehearsal-told'));
  await step('told');
  expect(test('rehearsal-own').textContent).toContain(answerText);
});

it('a past rehearsal is read, and deleted only when it is sure', async () => {
  const past = page({ words: 'as I told it', told_ms: 90_000 }, { ended: true, number: 3 });
  vi.mocked(api.rehearsalRecordings).mockResolvedValue({ used_bytes: 0, limit_bytes: 1, rows: [] });
  await open(desk(prompt, { past: [past] }));
  await fireEvent.click(test('rehearsal-past-open'));
  expect(test('rehearsal-reading').textContent).toContain('as I told it');
  await fireEvent.click(test('rehearsal-delete'));
  expect(api.rehearsalDelete).not.toHaveBeenCalled();
  await fireEvent.click(test('rehearsal-delete-sure'));
  await waitFor(() => absent('rehearsal-past'));
  expect(api.rehearsalDelete).toHaveBeenCalledExactlyOnceWith(3);
});
