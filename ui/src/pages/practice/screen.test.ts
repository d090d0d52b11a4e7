import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../app.svelte';
import { items } from '../../dev/bank';
import { cardOf } from '../../dev/builders';
import { absent, openWindow, press, test } from '../../dev/test-support';
import * as api from '../../lib/api';
import Screen from './Screen.svelte';

vi.mock('../../lib/api', async (original) => ({
  ...(await original<typeof api>()),
  practiceNext: vi.fn(),
  practiceOpen: vi.fn(),
  practicePropose: vi.fn(),
  practiceGrade: vi.fn(),
  practiceUndo: vi.fn(),
  progressShow: vi.fn(() => Promise.reject(new Error('not asked here'))),
}));

const question = items[0]!;
const second = items[1]!;

function practice(view: api.ItemView | null, more: Partial<api.Practice> = {}): api.Practice {
  return {
    card: view && cardOf(view),
    left: 2,
    answers_done: 0,
    seconds_done: 0,
    minutes_planned: 30,
    can_undo: false,
    ...more,
  };
}

openWindow({ page: 'practice', item: null });
beforeEach(() => {
  vi.mocked(api.practiceNext).mockResolvedValue(practice(question));
  vi.mocked(api.practiceGrade)
    .mockReset()
    .mockResolvedValue(practice(second, { can_undo: true }));
  vi.mocked(api.practicePropose).mockReset().mockResolvedValue('hard');
});

async function open(props: { item: api.ItemRef | null } = { item: null }) {
  render(Screen, { ...props, more: false });
  await waitFor(() => test('prompt'));
}

describe('a sitting', () => {
  it('reveals with Space and grades with a digit, never before', async () => {
    await open();
    await press('3');
    expect(api.practiceGrade).not.toHaveBeenCalled();
    absent('grade-good');
    await press(' ');
    expect(test('grade-good').textContent).toContain('6 d');
    await press('3');
    await waitFor(() => expect(test('practice-card').dataset.item).toBe(second.item.id));
    expect(vi.mocked(api.practiceGrade).mock.calls[0]?.[0]).toMatchObject({
      grade: 'good',
      session: 'today',
      answer_mode: 'thought',
      prompt_language: 'en',
      reveal_language: 'en',
    });
    absent('grade-good');
  });

  it('grades once, however often the key is pressed before the core answers', async () => {
    await open();
    await press(' ');
    await Promise.all([press('3'), press('3'), press('1')]);
    expect(api.practiceGrade).toHaveBeenCalledOnce();
  });

  it('keeps the typed answer through a change of language, and sends it', async () => {
    await open();
    const field = test('typed-answer') as HTMLTextAreaElement;
    await fireEvent.input(field, { target: { value: '先看 df' } });
    await press('l');
    expect(test('practice-card').lang).toBe('zh-TW');
    expect((test('typed-answer') as HTMLTextAreaElement).value).toBe('先看 df');
    await press(' ');
    expect(test('practice-card').textContent).toContain('先看 df');
    await press('4');
    await waitFor(() => expect(api.practiceGrade).toHaveBeenCalled());
    expect(vi.mocked(api.practiceGrade).mock.calls[0]?.[0]).toMatchObject({
      answer: '先看 df',
      answer_mode: 'typed',
      prompt_language: 'en',
      reveal_language: 'zh-TW',
    });
    // The next card comes up in the learner's language again.
    await waitFor(() => expect(test('practice-card').dataset.item).toBe(second.item.id));
    expect(test('practice-card').lang).toBe('en');
  });

  it('leaves Enter and Esc to an input method that composes', async () => {
    await open();
    await press('t');
    const field = test('typed-answer');
    expect(document.activeElement).toBe(field);
    await fireEvent.keyDown(field, { key: 'Enter', ctrlKey: true, isComposing: true });
    await fireEvent.keyDown(field, { key: 'Escape', keyCode: 229 });
    expect(document.activeElement).toBe(field);
    absent('grade-good');
    await fireEvent.keyDown(field, { key: 'Escape' });
    expect(document.activeElement).toBe(test('prompt'));
  });

  it('marks the proposed grade, and takes the mark back with the last tick', async () => {
    await open();
    await press(' ');
    await press('a');
    await waitFor(() => expect(test('grade-hard').dataset.proposed).toBe('true'));
    await press('a');
    await waitFor(() => expect(test('grade-hard').dataset.proposed).toBe('false'));
    expect(api.practicePropose).toHaveBeenCalledOnce();
  });

  it('believes the newest proposal, in whichever order they arrive', async () => {
    let late: (grade: api.Grade) => void = () => {};
    vi.mocked(api.practicePropose)
      .mockImplementationOnce(() => new Promise((resolve) => (late = resolve)))
      .mockResolvedValueOnce('good');
    await open();
    await press(' ');
    await press('a');
    await press('b');
    await waitFor(() => expect(test('grade-good').dataset.proposed).toBe('true'));
    late('hard');
    await Promise.resolve();
    expect(test('grade-good').dataset.proposed).toBe('true');
  });

  it('keeps the card and says so when an answer could not be kept', async () => {
    vi.mocked(api.practiceGrade).mockRejectedValueOnce(new api.ApiError('disk_full', { path: '/x' }, 'full'));
    await open();
    await press(' ');
    await press('3');
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('/x'));
    expect(test('practice-card').dataset.item).toBe(question.item.id);
    await press('3');
    await waitFor(() => expect(test('practice-card').dataset.item).toBe(second.item.id));
  });

  it('undoes with Ctrl+Z, but not while a text field has its own undo', async () => {
    vi.mocked(api.practiceNext).mockResolvedValue(practice(second, { can_undo: true }));
    vi.mocked(api.practiceUndo).mockResolvedValue(practice(question));
    await open();
    await fireEvent.keyDown(test('typed-answer'), { key: 'z', ctrlKey: true });
    expect(api.practiceUndo).not.toHaveBeenCalled();
    await press('z', { ctrlKey: true });
    await waitFor(() => expect(test('practice-card').dataset.item).toBe(question.item.id));
    absent('undo');
  });

  it('goes back to the item when it came from Browse', async () => {
    vi.mocked(api.practiceOpen).mockResolvedValue(practice(second));
    vi.mocked(api.practiceGrade).mockResolvedValue(practice(null));
    await open({ item: second.item });
    await press(' ');
    await press('2');
    await waitFor(() => expect(app.route).toEqual({ page: 'browse', item: second.item }));
    expect(vi.mocked(api.practiceGrade).mock.calls[0]?.[0].session).toBe('browse');
  });

  it('ends with what was done', async () => {
    vi.mocked(api.practiceNext).mockResolvedValue(practice(null, { answers_done: 9, seconds_done: 1080 }));
    render(Screen, { item: null, more: false });
    await waitFor(() => test('done-today'));
    expect(test('answers-done').textContent).toContain('9 answers in 18 min');
  });
});
