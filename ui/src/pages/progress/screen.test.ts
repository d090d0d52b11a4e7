import { fireEvent, render, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import * as api from '../../lib/api';
import { figuresOf, progressOf } from '../../dev/builders';
import { absent, openWindow, test } from '../../dev/test-support';
import Screen from './Screen.svelte';

vi.mock('../../lib/api', async (original) => ({
  ...(await original<typeof api>()),
  progressShow: vi.fn(),
  progressFigures: vi.fn(),
  progressSave: vi.fn(),
  shareReport: vi.fn(),
}));

openWindow({ page: 'progress' });

async function open(answers = 12) {
  vi.mocked(api.progressShow).mockResolvedValue(progressOf(answers));
  vi.mocked(api.progressFigures).mockResolvedValue(figuresOf());
  render(Screen);
  await waitFor(() => expect(api.progressFigures).toHaveBeenCalledWith('en'));
}

describe('progress', () => {
  it('says what the learner is ready for, and gives each picture its sentence and its numbers', async () => {
    await open();
    await waitFor(() => expect(test('readiness').textContent).toContain('not yet: IAM'));
    const figure = within(test('figure-history'));
    expect(figure.getByRole('img').getAttribute('aria-label')).toBe('12 answers on 2 of the last 60 days.');
    expect(figure.getByRole('img').querySelectorAll('rect')).toHaveLength(2);
    expect(figure.getAllByRole('row', { hidden: true })).toHaveLength(3);
    expect(within(test('figure-drills')).queryByRole('img')).toBeNull();
  });

  it('writes a picture or its numbers, and says where', async () => {
    await open();
    await waitFor(() => test('figure-history'));
    vi.mocked(api.progressSave).mockResolvedValue('/home/mei/history.csv');
    await fireEvent.click(within(test('figure-history')).getByTestId('save-csv'));
    expect(api.progressSave).toHaveBeenCalledWith('history', 'en', true);
    await waitFor(() => expect(test('figure-history').textContent).toContain('/home/mei/history.csv'));
    expect(test('figure-drills').textContent).not.toContain('/home/mei');
    vi.mocked(api.shareReport).mockResolvedValue(null);
    await fireEvent.click(test('save-report'));
    expect(test('figure-history').textContent).not.toContain('/home/mei');
  });

  it('writes a report of the figures, and of nothing that was typed', async () => {
    await open();
    await waitFor(() => test('save-report'));
    vi.mocked(api.shareReport).mockResolvedValue('/home/mei/report.html');
    await fireEvent.click(test('save-report'));
    expect(api.shareReport).toHaveBeenLastCalledWith(
      {
        question: '',
        progress: true,
        answers: false,
        stories: [],
        told: [],
        mocks: [],
        plays: [],
        recordings: [],
        redact: true,
      },
      'en',
    );
    await waitFor(() => expect(document.body.textContent).toContain('/home/mei/report.html'));
  });

  it('has nothing to show before the first answer', async () => {
    await open(0);
    await waitFor(() => expect(document.body.textContent).toContain('Nothing to show yet'));
    absent('readiness');
  });
});
