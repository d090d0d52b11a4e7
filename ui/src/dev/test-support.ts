/** What tests of whole screens share. */
import { fireEvent, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect } from 'vitest';
import { app, type Route } from '../app.svelte';
import { listen } from '../lib/keys';
import { outline } from './bank';
import { settingsOf } from './builders';

/** Before each test of a file: the window as a learner has it who is set up and at a page, listening to keys. */
export function openWindow(route?: Route): void {
  let quiet: () => void = () => {};
  beforeEach(() => {
    quiet = listen();
    app.start = { settings: settingsOf(), rounds: [], outline, notices: [], today: '2026-11-21' };
    app.language = 'en';
    if (route) app.route = route;
  });
  afterEach(() => quiet());
}

/** The element of a test id. */
export const test = (id: string) => screen.getByTestId(id);
export const field = (id: string) => test(id) as HTMLTextAreaElement;
export const absent = (id: string) => expect(screen.queryByTestId(id)).toBeNull();
export const type = (id: string, value: string) => fireEvent.input(test(id), { target: { value } });
/** A key, pressed where the focus is. */
export const press = (key: string, init: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...init });
