import { fireEvent, render, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { app } from '../../app.svelte';
import { shareHandlers } from '../../dev/share';
import { absent, field, openWindow, test, type } from '../../dev/test-support';
import * as api from '../../lib/api';
import { figuresAlone } from '../../lib/selection';
import Share from './Share.svelte';
import { sharing } from './share.svelte';

vi.mock('../../lib/api', async (original) => ({
  ...(await original<typeof api>()),
  shareShow: vi.fn(),
  sharePreview: vi.fn(),
  shareMake: vi.fn(),
  shareReport: vi.fn(),
  shareCommentsRead: vi.fn(),
  shareAssignmentDone: vi.fn(),
  contactsName: vi.fn(),
  contactsAdd: vi.fn(),
  contactsCompared: vi.fn(),
  contactsRemove: vi.fn(),
}));

/** A core that answers as the made-up one does. */
function core(empty = false): void {
  const handlers = shareHandlers(empty, 'en', {});
  const ask = (command: string, args: unknown = {}) =>
    new Promise((done) => done(handlers[command]?.(args as never))).catch((cause) => {
      throw api.ApiError.from(cause);
    }) as never;
  vi.mocked(api.shareShow).mockImplementation(() => ask('share_show'));
  vi.mocked(api.sharePreview).mockImplementation((selection, language) =>
    ask('share_preview', { selection: { ...selection, stories: [] }, language }),
  );
  vi.mocked(api.shareMake).mockImplementation((selection, mentor) =>
    ask('share_make', { selection, mentor }),
  );
  vi.mocked(api.shareReport).mockImplementation(() => ask('share_report'));
  vi.mocked(api.shareCommentsRead).mockImplementation((item) => ask('share_comments_read', { item }));
  vi.mocked(api.shareAssignmentDone).mockImplementation((packet, id, done) =>
    ask('share_assignment_done', { packet, id, done }),
  );
  vi.mocked(api.contactsName).mockImplementation((name) => ask('contacts_name', { name }));
  vi.mocked(api.contactsAdd).mockImplementation((role, name, address) =>
    ask('contacts_add', { role, name, address }),
  );
  vi.mocked(api.contactsCompared).mockImplementation((number, compared) =>
    ask('contacts_compared', { number, compared }),
  );
  vi.mocked(api.contactsRemove).mockImplementation((number) => ask('contacts_remove', { number }));
}

async function open() {
  const shown = render(Share, { came: null });
  await waitFor(() => test('share-question'));
  return shown;
}
const click = (id: string) => fireEvent.click(test(id));
const refused = (code: string, params: Record<string, string> = {}) => new api.ApiError(code, params, code);

openWindow({ page: 'mentor', learner: null });
beforeEach(() => {
  vi.clearAllMocks();
  Object.assign(sharing, {
    page: null,
    selection: figuresAlone(),
    preview: null,
    written: null,
    chosen: null,
    error: null,
  });
  Object.assign(sharing.adding, { name: '', address: '', added: null, error: null });
  sharing.contacts.error = null;
  core();
});

describe('sharing', () => {
  it('shares the figures alone until more is ticked, and shows what leaves before it does', async () => {
    await open();
    absent('share-make');
    await click('share-look');
    await waitFor(() => test('share-preview'));
    expect(vi.mocked(api.sharePreview).mock.calls[0]).toEqual([figuresAlone(), 'en']);
    expect(test('share-make').textContent).toContain('Lin Yu-ting');
    await click('share-make');
    await waitFor(() => expect(test('share-written').textContent).toContain('.divedeep'));
    expect(vi.mocked(api.shareMake).mock.calls[0]).toEqual([figuresAlone(), 1]);
    await waitFor(() => expect(within(test('requests')).getAllByTestId('request')).toHaveLength(3));
  });

  it('asks for another look after every change', async () => {
    await open();
    await click('share-look');
    await waitFor(() => test('share-preview'));
    await click('share-answers');
    absent('share-preview');
    await click('share-look');
    await waitFor(() => test('share-preview'));
    expect(vi.mocked(api.sharePreview).mock.lastCall?.[0]).toMatchObject({ answers: true, progress: true });
  });

  it('takes a recording only with its answer, and says how large it is', async () => {
    await open();
    absent('share-told-1-recording');
    await click('share-told-1');
    await click('share-told-1-recording');
    await click('share-look');
    await waitFor(() => expect(test('share-recordings').textContent).toContain('6.2 MB'));
    await click('share-told-1');
    expect(sharing.selection).toMatchObject({ told: [], recordings: [] });
  });

  it('names what the check found, and where', async () => {
    await open();
    vi.mocked(api.sharePreview).mockResolvedValueOnce({
      ...(await api.sharePreview(sharing.selection, 'en')),
      figures: null,
      findings: [
        {
          place: { en: 'The night the DNS broke', 'zh-TW': 'x' },
          finding: { kind: 'person', words: 'Mr Chen' },
        },
        { place: { en: '', 'zh-TW': '' }, finding: { kind: 'email', words: 'a@b.example' } },
      ],
      blacked_out: 2,
      recordings_bytes: 0,
    });
    await click('share-look');
    await waitFor(() => test('share-found'));
    expect(test('share-found').textContent).toMatch(/The night the DNS broke.*Mr Chen/s);
    expect(test('share-found').textContent).toMatch(/Your question and notes.*a@b\.example/s);
    expect(test('share-blacked-out').textContent).toContain('2 places are blacked out');
  });

  it('has nothing to look at where nothing is chosen', async () => {
    await open();
    await click('share-progress');
    expect((test('share-look') as HTMLButtonElement).disabled).toBe(true);
    await type('share-question', 'Is my story good?');
    expect((test('share-look') as HTMLButtonElement).disabled).toBe(false);
  });

  it('is there again after going away: the question, the ticks, what would leave', async () => {
    const { unmount } = await open();
    await type('share-question', 'Is my story good?');
    await click('share-plays-2');
    await click('share-look');
    await waitFor(() => test('share-preview'));
    unmount();
    await open();
    expect(field('share-question').value).toBe('Is my story good?');
    expect((test('share-plays-2') as HTMLInputElement).checked).toBe(true);
    // What it is made of may have changed meanwhile.
    await waitFor(() => expect(api.sharePreview).toHaveBeenCalledTimes(2));
    test('share-preview');
  });

  it('keeps everything when the file cannot be written, and when the dialog is cancelled', async () => {
    await open();
    await type('share-question', 'Is my story good?');
    await click('share-look');
    await waitFor(() => test('share-make'));
    vi.mocked(api.shareMake).mockRejectedValueOnce(refused('disk_full', { path: '/media/stick' }));
    await click('share-make');
    await waitFor(() => expect(test('share').textContent).toContain('/media/stick'));
    expect(field('share-question').value).toBe('Is my story good?');
    vi.mocked(api.shareReport).mockResolvedValueOnce(null);
    await click('share-document');
    absent('share-written');
    await click('share-document');
    await waitFor(() => expect(test('share-written').textContent).toContain('report.html'));
  });

  it('goes to the mentor that is chosen, and says whose words were never compared', async () => {
    await open();
    await click('share-look');
    await waitFor(() => test('share-mentor'));
    await fireEvent.change(test('share-mentor'), { target: { value: '2' } });
    expect(test('share-preview').textContent).toContain('not compared the words of Daniel Ortiz');
    await click('share-make');
    await waitFor(() => expect(vi.mocked(api.shareMake).mock.calls[0]?.[1]).toBe(2));
  });

  it('offers a document where there is no mentor yet', async () => {
    core(true);
    await open();
    await click('share-look');
    await waitFor(() => test('share-document'));
    absent('share-make');
    absent('came');
    absent('requests');
  });
});

describe('mentors', () => {
  it('are added by their address; one that is none is refused, and stays to be mended', async () => {
    await open();
    await click('add-contact');
    expect((test('add-keep') as HTMLButtonElement).disabled).toBe(true);
    await type('add-name', ' Ada ');
    await type('add-address', 'nonsense');
    await fireEvent.submit(test('add-keep').closest('form')!);
    await waitFor(() => expect(test('mentors').textContent).toContain('no address of Divedeep: nonsense'));
    expect(field('add-address').value).toBe('nonsense');
    await type('add-address', 'divedeep-1abc');
    await fireEvent.submit(test('add-keep').closest('form')!);
    await waitFor(() => expect(within(test('mentors')).getAllByTestId('mentor')).toHaveLength(3));
    expect(vi.mocked(api.contactsAdd).mock.lastCall).toEqual(['mentor', 'Ada', 'divedeep-1abc']);
    await waitFor(() => expect(test('mentors').textContent).toContain('Ada is added'));
    await waitFor(() => absent('add-name'));
  });

  it('are marked as compared, and removed only when sure', async () => {
    await open();
    const [, second] = within(test('mentors')).getAllByTestId('mentor');
    await fireEvent.click(within(second!).getByTestId('mentor-compared'));
    await waitFor(() => expect(api.contactsCompared).toHaveBeenCalledWith(2, true));
    await fireEvent.click(within(second!).getByTestId('mentor-remove'));
    expect(api.contactsRemove).not.toHaveBeenCalled();
    await click('mentor-remove-sure');
    await waitFor(() => expect(within(test('mentors')).getAllByTestId('mentor')).toHaveLength(1));
  });

  it('with another key than before are warned of, loudly', async () => {
    const page = await api.shareShow();
    vi.mocked(api.shareShow).mockResolvedValue({
      ...page,
      mentors: page.mentors.map((one) => ({ ...one, changed_key: one.number === 1 })),
    });
    await open();
    expect(within(test('mentors')).getByRole('alert').textContent).toContain(
      'There are two called Lin Yu-ting',
    );
    await click('share-look');
    await waitFor(() => expect(within(test('share-preview')).getByRole('alert')).toBeTruthy());
  });

  it('see a name: without one no packet is made, and it is kept as it is typed', async () => {
    const page = await api.shareShow();
    vi.mocked(api.shareShow).mockResolvedValue({ ...page, me: { ...page.me, name: '' } });
    await open();
    await click('share-look');
    await waitFor(() => test('share-make'));
    expect((test('share-make') as HTMLButtonElement).disabled).toBe(true);
    await type('my-name', 'Mei');
    await fireEvent.blur(test('my-name'));
    await waitFor(() => expect(api.contactsName).toHaveBeenCalledWith('Mei'));
    await waitFor(() => expect((test('share-make') as HTMLButtonElement).disabled).toBe(false));
  });

  it('get an address that can be copied, or is selected where that is not allowed', async () => {
    await open();
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } });
    await click('copy-address');
    expect(writeText).toHaveBeenCalledWith(field('my-address').value);
    await waitFor(() => expect(test('me').textContent).toContain('Copied'));
    writeText.mockRejectedValueOnce(new Error('not allowed'));
    await click('copy-address');
    await waitFor(() => expect(test('me').textContent).toContain('selected now'));
    expect(document.activeElement).toBe(test('my-address'));
    vi.unstubAllGlobals();
  });
});

describe('what came back', () => {
  it('is read, and opens where it belongs', async () => {
    await open();
    expect(test('letter').textContent).toContain('A lot better');
    expect(test('unread').textContent).toContain('3');
    const comments = within(test('came')).getAllByTestId('came-comment');
    await fireEvent.click(within(comments[1]!).getByTestId('comment-open'));
    expect(app.route).toMatchObject({ page: 'rehearsal', item: { kind: 'story', id: 'mei-1' } });
    expect(api.shareCommentsRead).not.toHaveBeenCalled();
    await click('comments-read');
    await waitFor(() => absent('unread'));
    expect(api.shareCommentsRead).toHaveBeenCalledWith(null);
  });

  it('is done by an answer, or ticked off where it is no item', async () => {
    await open();
    const rows = within(test('came')).getAllByTestId('assignment');
    expect(rows[0]?.textContent).toContain('was due Fri 20 Nov');
    expect(within(rows[0]!).queryByTestId('assignment-tick')).toBeNull();
    await fireEvent.click(within(rows[0]!).getByTestId('assignment-open'));
    expect(app.route).toMatchObject({ page: 'practice', item: { kind: 'question' } });
    await fireEvent.click(within(rows[2]!).getByTestId('assignment-tick'));
    await waitFor(() => expect(api.shareAssignmentDone).toHaveBeenCalledWith(4, 2, true));
    await waitFor(() => expect(test('assignments-done').textContent).toContain('2 done'));
  });

  it('is read anew when feedback was opened', async () => {
    const { rerender } = await open();
    await rerender({ came: { role: 'mentor', contact: 1 } });
    await waitFor(() => expect(api.shareShow).toHaveBeenCalledTimes(2));
  });

  it('says so where it cannot be read, and can be tried again', async () => {
    vi.mocked(api.shareShow).mockRejectedValueOnce(refused('database', { reason: 'locked' }));
    render(Share, { came: null });
    await waitFor(() => expect(test('share').textContent).toContain('locked'));
    await fireEvent.click(within(test('share')).getByRole('button', { name: 'Try again' }));
    await waitFor(() => test('share-question'));
  });
});
