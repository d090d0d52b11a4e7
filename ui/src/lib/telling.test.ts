import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rehearsalOf as page } from '../dev/builders';
import * as api from './api';
import type { RecorderState, RehearsalPage } from './api';
import { Telling } from './telling.svelte';

vi.mock('./api', async (original) => ({
  ...(await original<typeof api>()),
  rehearsalKeep: vi.fn(),
  rehearsalTold: vi.fn(),
  rehearsalFinish: vi.fn(),
  recorderStart: vi.fn(),
  recorderShow: vi.fn(),
  recorderStop: vi.fn(),
}));

const probe = (words = '', at_ms: number | null = null) => ({
  text: { en: 'Why that way?', 'zh-TW': '為什麼這樣做？' },
  about: 'action',
  words,
  at_ms,
});
const heard = (more: Partial<RecorderState> = {}): RecorderState => ({
  number: 7,
  length_ms: 0,
  level: 0,
  fault: null,
  ...more,
});
const kept = () => vi.mocked(api.rehearsalKeep).mock.calls.map(([, , account]) => account);
const rest = (ms: number) => vi.advanceTimersByTimeAsync(ms);

let telling: Telling;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  vi.resetAllMocks();
  vi.mocked(api.rehearsalKeep).mockResolvedValue(null);
  vi.mocked(api.recorderStart).mockResolvedValue(heard());
  vi.mocked(api.recorderShow).mockResolvedValue(heard({ length_ms: 900, level: 0.2 }));
  vi.mocked(api.recorderStop).mockResolvedValue(heard({ number: null, length_ms: 1_000 }));
});
afterEach(async () => {
  await telling.dispose();
  vi.useRealTimers();
});

describe('keeping', () => {
  it('happens once a second while something changes, and not otherwise', async () => {
    telling = new Telling(page());
    await rest(5_000);
    expect(api.rehearsalKeep).not.toHaveBeenCalled();
    for (let i = 0; i < 30; i++) {
      telling.type('x'.repeat(i + 1));
      await rest(100);
    }
    expect(api.rehearsalKeep).toHaveBeenCalledTimes(3);
    await rest(5_000);
    expect(kept().at(-1)?.words).toHaveLength(30);
    const calls = kept().length;
    await rest(5_000);
    expect(api.rehearsalKeep).toHaveBeenCalledTimes(calls);
    expect(telling.unkept).toBe(false);
  });

  it('goes on with the clock, and ends with it', async () => {
    telling = new Telling(page());
    telling.start(performance.now());
    await rest(3_100);
    telling.stop(performance.now());
    await telling.flush();
    expect(kept().at(-1)?.told_ms).toBe(3_100);
    const calls = kept().length;
    expect(calls).toBeGreaterThanOrEqual(3);
    await rest(5_000);
    expect(kept()).toHaveLength(calls);
  });

  it('says what went wrong, and tries again with the next change', async () => {
    vi.mocked(api.rehearsalKeep).mockRejectedValueOnce(new api.ApiError('disk_full', {}, 'full'));
    telling = new Telling(page());
    telling.type('a');
    await rest(1_000);
    expect(telling.fault?.code).toBe('disk_full');
    expect(telling.unkept).toBe(true);
    await telling.flush();
    expect(telling.fault).toBeNull();
    expect(kept().at(-1)?.words).toBe('a');
  });

  it('on leaving keeps what is not kept yet', async () => {
    telling = new Telling(page());
    telling.type('the last word');
    await telling.dispose();
    expect(kept().at(-1)?.words).toBe('the last word');
  });
});

describe('a late reply', () => {
  it('adds figures and probes, and leaves newer typing alone', async () => {
    let reply: (page: RehearsalPage) => void = () => {};
    vi.mocked(api.rehearsalTold).mockReturnValue(new Promise((resolve) => (reply = resolve)));
    telling = new Telling(page({ words: 'old' }));
    const told = telling.told();
    await rest(0);
    telling.type('old and new');
    reply(page({ words: 'old', probes: [probe()] }, { shape: { opening: 20, action: 60, ending: 20 } }));
    expect((await told)?.shape?.action).toBe(60);
    expect(telling.account.words).toBe('old and new');
    expect(telling.account.probes).toHaveLength(1);
    await rest(1_000);
    expect(kept().at(-1)).toMatchObject({ words: 'old and new', probes: [{ about: 'action' }] });
  });

  it('does not take back an answer to a probe', async () => {
    vi.mocked(api.rehearsalFinish).mockResolvedValue(page({ probes: [probe()] }, { ended: true, mean: 3 }));
    telling = new Telling(page({ probes: [probe()] }));
    telling.ask();
    telling.answerProbe(0, 'because of the logs');
    expect((await telling.finish())?.mean).toBe(3);
    expect(telling.account.probes[0]?.words).toBe('because of the logs');
  });

  it('of the end is waited for once, however often it is asked for', async () => {
    vi.mocked(api.rehearsalTold).mockResolvedValue(page());
    telling = new Telling(page());
    await Promise.all([telling.told(), telling.told()]);
    expect(api.rehearsalTold).toHaveBeenCalledOnce();
  });

  it('that is an error says so and keeps everything', async () => {
    vi.mocked(api.rehearsalTold).mockRejectedValueOnce(new api.ApiError('database', { reason: 'x' }, ''));
    telling = new Telling(page({ words: 'mine' }));
    expect(await telling.told()).toBeNull();
    expect(telling.fault?.code).toBe('database');
    expect(telling.account.words).toBe('mine');
  });
});

describe('the recorder', () => {
  it('is asked about four times a second while it records, and not after', async () => {
    telling = new Telling(page({ manner: 'spoken' }));
    await telling.record();
    expect(telling.recording).toBe(true);
    await rest(1_000);
    expect(vi.mocked(api.recorderShow).mock.calls.length).toBe(4);
    expect(telling.recorder?.length_ms).toBe(900);
    await telling.stopRecording();
    expect(telling.recording).toBe(false);
    await rest(2_000);
    expect(vi.mocked(api.recorderShow).mock.calls.length).toBe(4);
  });

  it('is stopped before its figures are read', async () => {
    const order: string[] = [];
    vi.mocked(api.recorderStop).mockImplementation(() => {
      order.push('stop');
      return Promise.resolve(heard({ number: null }));
    });
    vi.mocked(api.rehearsalTold).mockImplementation(() => {
      order.push('told');
      return Promise.resolve(page());
    });
    telling = new Telling(page({ manner: 'spoken' }));
    await telling.record();
    telling.start(performance.now());
    await telling.told();
    expect(order).toEqual(['stop', 'told']);
    expect(telling.running).toBe(false);
  });

  it('that has no microphone is no obstacle', async () => {
    const none = new api.ApiError('no_microphone', { reason: 'there is none' }, '');
    vi.mocked(api.recorderStart).mockRejectedValue(none);
    telling = new Telling(page({ manner: 'spoken' }));
    await telling.record();
    telling.start(performance.now());
    await rest(2_000);
    expect(telling.muted?.code).toBe('no_microphone');
    expect(telling.recording).toBe(false);
    expect(telling.fault).toBeNull();
    expect(telling.elapsedMs).toBe(2_000);
    expect(api.recorderShow).not.toHaveBeenCalled();
  });

  it('that ends by itself says so, and the clock goes on', async () => {
    telling = new Telling(page({ manner: 'spoken' }));
    await telling.record();
    telling.start(performance.now());
    vi.mocked(api.recorderShow).mockResolvedValue(heard({ number: null, fault: 'no_microphone' }));
    await rest(500);
    expect(telling.muted).toMatchObject({ code: 'no_microphone', params: {} });
    expect(telling.running).toBe(true);
    expect(telling.recording).toBe(false);
  });

  it('gives each probe its place on the recording', async () => {
    telling = new Telling(page({ manner: 'spoken', probes: [probe(), probe()] }));
    await telling.record();
    await rest(300);
    telling.ask();
    expect(telling.account.probes[0]?.at_ms).toBe(900);
    await telling.stopRecording();
    telling.ask();
    expect(telling.account.probes[1]?.at_ms).toBeNull();
    expect(telling.asked).toBe(2);
  });
});

describe('going on', () => {
  it('begins at the kept time with the kept marks', async () => {
    telling = new Telling(page({ told_ms: 42_000, marks_ms: [9_000, 20_000], words: 'so far' }));
    expect(telling.elapsedMs).toBe(42_000);
    telling.start(performance.now());
    await rest(3_000);
    telling.mark(performance.now());
    expect(telling.account.marks_ms).toEqual([9_000, 20_000, 45_000]);
    expect(telling.account.words).toBe('so far');
  });

  it('shows the probes that were asked', () => {
    telling = new Telling(page({ probes: [probe('yes'), probe('', 4_000), probe()] }));
    expect(telling.asked).toBe(2);
  });
});

it('there are four marks at most, and none while the clock stands', async () => {
  telling = new Telling(page());
  telling.mark(performance.now());
  telling.start(performance.now());
  for (let i = 0; i < 6; i++) {
    await rest(1_000);
    telling.mark(performance.now());
  }
  expect(telling.account.marks_ms).toEqual([1_000, 2_000, 3_000, 4_000]);
});
