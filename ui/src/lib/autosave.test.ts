import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from './api';
import { Autosave } from './autosave.svelte';

describe('what saves itself', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('waits for a pause in typing, then saves once', async () => {
    const keep = vi.fn(() => Promise.resolve());
    const autosave = new Autosave(keep);
    for (let i = 0; i < 5; i++) {
      autosave.touch();
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(keep).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(100);
    expect(keep).toHaveBeenCalledOnce();
    expect(autosave.saved).toBe(true);
    expect(await autosave.flush()).toBe(true);
    expect(keep).toHaveBeenCalledOnce();
  });

  it('never has two requests under way, and saves the newest last', async () => {
    const answers: (() => void)[] = [];
    const keep = vi.fn(() => new Promise<void>((resolve) => answers.push(resolve)));
    const autosave = new Autosave(keep);
    autosave.touch();
    await vi.advanceTimersByTimeAsync(600);
    autosave.touch();
    const kept = autosave.flush();
    expect(keep).toHaveBeenCalledOnce();
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(keep).toHaveBeenCalledTimes(2);
    expect(autosave.saved).toBe(false);
    answers[1]?.();
    expect(await kept).toBe(true);
    expect(autosave.saved).toBe(true);
  });

  it('says what went wrong, keeps it in mind, and tries again', async () => {
    const keep = vi.fn(() => Promise.resolve());
    keep.mockRejectedValueOnce(new ApiError('disk_full', {}, 'full'));
    const autosave = new Autosave(keep);
    autosave.touch();
    expect(await autosave.flush()).toBe(false);
    expect(autosave.error?.code).toBe('disk_full');
    expect(await autosave.flush()).toBe(true);
    expect(autosave.error).toBeNull();
  });

  it('tries once more for whoever asks while a request is failing', async () => {
    let fail: () => void = () => undefined;
    const keep = vi.fn(() => Promise.resolve());
    keep.mockImplementationOnce(
      () => new Promise((_, reject) => (fail = () => reject(new ApiError('disk_full', {}, 'full')))),
    );
    const autosave = new Autosave(keep);
    autosave.touch();
    const first = autosave.flush();
    await vi.advanceTimersByTimeAsync(0);
    const second = autosave.flush();
    fail();
    expect(await first).toBe(true);
    expect(await second).toBe(true);
    expect(keep).toHaveBeenCalledTimes(2);
  });

  it('saves nothing that was dropped', async () => {
    const keep = vi.fn(() => Promise.resolve());
    const autosave = new Autosave(keep);
    autosave.touch();
    autosave.drop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await autosave.flush()).toBe(true);
    expect(keep).not.toHaveBeenCalled();
  });
});
