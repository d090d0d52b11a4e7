import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../app.svelte';
import { field, openWindow, test, type } from '../../dev/test-support';
import * as api from '../../lib/api';
import Screen from './Screen.svelte';

vi.mock('../../lib/api', async (original) => ({
  ...(await original<typeof api>()),
  storiesShow: vi.fn(),
  storiesOpen: vi.fn(),
  storiesSave: vi.fn(),
  storiesSavePanel: vi.fn(() => Promise.resolve(null)),
  storiesShared: vi.fn(),
  storiesWrite: vi.fn(),
  storiesDelete: vi.fn(() => Promise.resolve(null)),
}));

const telling = (title: string): api.Telling => ({
  title,
  situation: 'It was late.',
  task: '',
  action: 'I looked.',
  result: 'It was mended.',
  lesson: '',
  metrics: '',
  seconds_30: '',
  seconds_90: '',
});

function page(id: string, change: Partial<api.Story> = {}, seconds = 1): api.StoryPage {
  const draft = (language: api.Language): api.Draft => ({
    language,
    hints: [{ code: 'missing', part: 'task' }],
    parts: [{ part: 'situation', seconds }],
    versions: [0, 0],
  });
  return {
    id,
    story: {
      when: '',
      english: telling('The night'),
      chinese: telling('那一夜'),
      principles: {},
      people: [],
      ...change,
    },
    drafts: [draft('en'), draft('zh-TW')],
    versions: [{ number: 1, changed_at_ms: 0 }],
  };
}

function stories(panel: api.Interviewer[] = []): api.StoriesPage {
  return {
    stories: [
      {
        id: 'a',
        title: { en: 'The night', 'zh-TW': '那一夜' },
        principles: { 'dive-deep': 'strong' },
        languages: ['en'],
        times_told: 0,
        last_told: null,
      },
    ],
    coverage: {
      covered: 1,
      gaps: [
        { principle: 'ownership', kind: 'uncovered' },
        { principle: 'dive-deep', kind: 'single' },
      ],
      leaned_on: [],
    },
    panel,
    plan: { seats: [], answered: 0, repeats: 0, fit: 0, without_story: [], told_too_often: [] },
    private_names: [],
  };
}

const saved = (call: number) => vi.mocked(api.storiesSave).mock.calls[call]?.[1];

openWindow();
beforeEach(() => {
  vi.mocked(api.storiesShow).mockReset().mockResolvedValue(stories());
  vi.mocked(api.storiesOpen)
    .mockReset()
    .mockImplementation((id) => Promise.resolve(page(id)));
  vi.mocked(api.storiesSave)
    .mockReset()
    .mockImplementation((id, story) => Promise.resolve(page(id, story)));
});
afterEach(() => {
  vi.useRealTimers();
});

async function open(story: string) {
  app.route = { page: 'stories', story };
  const shown = render(Screen, { story });
  await waitFor(() => test('story-title'));
  return shown;
}

describe('the desk', () => {
  it('keeps newer typing when the answer to an older save arrives late', async () => {
    const answers: (() => void)[] = [];
    vi.mocked(api.storiesSave).mockImplementation(
      (id, story) =>
        new Promise((resolve) => answers.push(() => resolve(page(id, story, 7 * answers.length)))),
    );
    await open('late');
    vi.useFakeTimers();
    await type('story-task', 'I had to');
    await vi.advanceTimersByTimeAsync(600);
    expect(saved(0)?.english.task).toBe('I had to');
    await type('story-task', 'I had to find the cause');
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(field('story-task').value).toBe('I had to find the cause');
    expect(screen.queryByTestId('story-saved')).toBeNull();
    await vi.advanceTimersByTimeAsync(600);
    expect(saved(1)?.english.task).toBe('I had to find the cause');
    answers[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(test('story-saved').textContent).toBe('Saved');
    // What is said about the words does come from the answer.
    expect(screen.getByText('14 s')).toBeTruthy();
    expect(api.storiesSave).toHaveBeenCalledTimes(2);
  });

  it('saves when it is left before the pause is over', async () => {
    const { unmount } = await open('left');
    await type('story-result', 'Less');
    unmount();
    await waitFor(() => expect(saved(0)?.english.result).toBe('Less'));
  });

  it('still has the words when they could not be kept, also after going away and back', async () => {
    vi.mocked(api.storiesSave).mockRejectedValue(new api.ApiError('disk_full', { path: '/x' }, 'full'));
    const { unmount } = await open('full');
    await type('story-action', 'I freed some space');
    await fireEvent.blur(test('story-action'));
    unmount();
    await waitFor(() => expect(api.storiesSave).toHaveBeenCalled());
    const again = await open('full');
    expect(field('story-action').value).toBe('I freed some space');
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('/x'));
    again.unmount();
    render(Screen, { story: null });
    await waitFor(() => expect(screen.getByText(/could not be kept/)).toBeTruthy());
    vi.mocked(api.storiesSave).mockImplementation((id, story) => Promise.resolve(page(id, story)));
    await open('full');
    await waitFor(() => test('story-saved'));
    expect(vi.mocked(api.storiesSave).mock.lastCall?.[1].english.action).toBe('I freed some space');
  });

  it('writes each language on its own, and what both share once', async () => {
    await open('both');
    await fireEvent.click(test('story-language-zh').querySelector('input')!);
    expect(field('story-title').value).toBe('那一夜');
    expect(field('story-title').lang).toBe('zh-TW');
    await type('story-title', '凌晨兩點');
    await type('story-people', '陳大文\n\n陳大文\n');
    await fireEvent.click(test('principle-dive-deep'));
    await fireEvent.click(test('principle-dive-deep-strong'));
    await waitFor(() => expect(saved(0)).toBeDefined());
    const last = vi.mocked(api.storiesSave).mock.lastCall?.[1];
    expect(last?.chinese.title).toBe('凌晨兩點');
    expect(last?.english.title).toBe('The night');
    expect(last?.people).toEqual(['陳大文']);
    expect(last?.principles).toEqual({ 'dive-deep': 'strong' });
    expect(test('principle-dive-deep').dataset.strength).toBe('strong');
  });

  it('shows hints beside their part, and never blocks', async () => {
    await open('hints');
    expect(test('story-task-notes').textContent).toContain('Not written yet');
    expect((test('story-rehearse') as HTMLButtonElement).disabled).toBe(false);
    await fireEvent.click(test('story-rehearse'));
    await waitFor(() =>
      expect(app.route).toEqual({
        page: 'rehearsal',
        item: { kind: 'story', id: 'hints' },
        from: 'stories',
      }),
    );
  });

  it('shows what would leave, blacked out, and forgets it with the next word', async () => {
    vi.mocked(api.storiesShared).mockResolvedValue({
      text: 'At Acme',
      findings: [{ kind: 'listed', words: 'Acme' }],
      redacted: 'At ███',
    });
    vi.mocked(api.storiesWrite).mockResolvedValue('/tmp/story.md');
    await open('share');
    await fireEvent.click(test('story-share'));
    await waitFor(() => expect(test('share-text').textContent).toBe('At ███'));
    await fireEvent.click(test('share-redact'));
    expect(test('share-text').textContent).toBe('At Acme');
    await fireEvent.click(test('share-redact'));
    await fireEvent.click(test('story-write'));
    await waitFor(() => expect(screen.getByText(/\/tmp\/story\.md/)).toBeTruthy());
    expect(vi.mocked(api.storiesWrite).mock.lastCall).toEqual(['share', 'en', true]);
    await type('story-lesson', 'More');
    expect(screen.queryByTestId('share-text')).toBeNull();
  });

  it('leaves the field with the first Esc and the desk with the second, and is deleted only when asked twice', async () => {
    await open('keys');
    field('story-task').focus();
    await fireEvent.keyDown(test('story-task'), { key: 'Escape', keyCode: 229 });
    expect(document.activeElement).toBe(test('story-task'));
    await fireEvent.keyDown(test('story-task'), { key: 'Escape' });
    expect(app.route).toEqual({ page: 'stories', story: 'keys' });
    await fireEvent.click(test('story-delete'));
    expect(api.storiesDelete).not.toHaveBeenCalled();
    await fireEvent.keyDown(document.body, { key: 'Escape' });
    expect(app.route).toEqual({ page: 'stories', story: null });
    await fireEvent.click(test('story-delete-sure'));
    await waitFor(() => expect(api.storiesDelete).toHaveBeenCalledWith('keys'));
  });
});

describe('the bank', () => {
  it('names what is thin, and shows how strongly in words', async () => {
    render(Screen, { story: null });
    await waitFor(() => expect(test('story-row').textContent).toContain('not told yet'));
    await fireEvent.click(test('stories-tab-matrix').querySelector('input')!);
    expect(test('matrix-cell-dive-deep').querySelector('svg')?.getAttribute('aria-label')).toBe('strong');
    expect(test('matrix-cell-ownership').dataset.strength).toBe('');
    expect(test('gap-ownership').dataset.kind).toBe('uncovered');
    expect(test('gap-dive-deep').dataset.kind).toBe('single');
  });

  it('keeps the panel at once and reads the plan again', async () => {
    render(Screen, { story: null });
    await waitFor(() => test('stories-tab-panel'));
    await fireEvent.click(test('stories-tab-panel').querySelector('input')!);
    await fireEvent.click(test('panel-add'));
    await fireEvent.click(test('panel-principle-earn-trust'));
    await waitFor(() =>
      expect(vi.mocked(api.storiesSavePanel).mock.lastCall?.[0]).toEqual([
        { name: '', principles: ['earn-trust'], bar_raiser: false },
      ]),
    );
    expect(vi.mocked(api.storiesShow).mock.calls.length).toBeGreaterThan(1);
  });
});
