import { expect, it, vi } from 'vitest';
import { ApiError } from './api';
import { Asker } from './asker.svelte';

it('asks one thing at a time, and keeps what went wrong until something goes well', async () => {
  const asker = new Asker();
  let answer: () => void = () => {};
  const first = asker.once(() => new Promise((resolve) => (answer = resolve)));
  expect(asker.busy).toBe(true);
  const second = vi.fn(() => Promise.resolve());
  await asker.once(second);
  expect(second).not.toHaveBeenCalled();
  answer();
  await first;
  expect(asker.busy).toBe(false);
  await asker.once(() => Promise.reject(new ApiError('disk_full', {}, 'full')));
  expect(asker.error?.code).toBe('disk_full');
  expect(asker.busy).toBe(false);
  await asker.ask(() => Promise.resolve());
  expect(asker.error).toBeNull();
});
