import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bindKeys, isTyping, keyName, listen, modLabel } from './keys';

const release: (() => void)[] = [];
beforeEach(() => void release.push(listen()));
afterEach(() => {
  release.splice(0).forEach((undo) => undo());
  document.body.innerHTML = '';
});

function bind(map: Parameters<typeof bindKeys>[0]) {
  release.push(bindKeys(map));
}

function press(key: string, init: KeyboardEventInit = {}, target: EventTarget = document.body) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
  target.dispatchEvent(event);
  return event;
}

function element(html: string): HTMLElement {
  document.body.innerHTML = html;
  return document.body.firstElementChild as HTMLElement;
}

describe('keys', () => {
  it('fire, and are then not the page’s any more', () => {
    const reveal = vi.fn();
    bind({ Space: reveal });
    expect(press(' ').defaultPrevented).toBe(true);
    expect(reveal).toHaveBeenCalledOnce();
  });

  it.each([
    ['isComposing', { isComposing: true }],
    ['keyCode 229', { keyCode: 229 } as KeyboardEventInit],
  ])('wait while a person composes Chinese (%s)', (_, init) => {
    const grade = vi.fn();
    bind({ '1': grade });
    press('1', init);
    expect(grade).not.toHaveBeenCalled();
  });

  it('wait for the input method that names its keys Process', () => {
    const grade = vi.fn();
    bind({ '1': grade, Process: grade });
    press('Process', { code: 'Digit1' });
    expect(grade).not.toHaveBeenCalled();
  });

  it.each(['<textarea></textarea>', '<input>', '<input type="text">', '<select></select>'])(
    'belong to %s while one types there, Ctrl+Z too',
    (html) => {
      const action = vi.fn();
      bind({ l: action, 'mod+z': action, Escape: action });
      const field = element(html);
      press('l', {}, field);
      press('z', { ctrlKey: true }, field);
      press('Escape', {}, field);
      expect(action).not.toHaveBeenCalled();
    },
  );

  it('go on working while a checkbox has the focus, except Space, which ticks it', () => {
    const grade = vi.fn();
    const reveal = vi.fn();
    bind({ '3': grade, Space: reveal });
    const box = element('<input type="checkbox">');
    expect(isTyping(box)).toBe(false);
    press('3', {}, box);
    press(' ', {}, box);
    expect(grade).toHaveBeenCalledOnce();
    expect(reveal).not.toHaveBeenCalled();
  });

  it('leave Enter and Space to a focused button, which would act twice', () => {
    const action = vi.fn();
    bind({ Enter: action, Space: action });
    const button = element('<button>x</button>');
    press('Enter', {}, button);
    press(' ', {}, button);
    expect(action).not.toHaveBeenCalled();
  });

  it('do not repeat: a held key grades one card', () => {
    const grade = vi.fn();
    bind({ '3': grade });
    press('3', { repeat: true });
    expect(grade).not.toHaveBeenCalled();
  });

  it('ask the page bound last first, and the one below when it declines', () => {
    const below = vi.fn();
    const above = vi.fn(() => false as const);
    bind({ '1': below });
    bind({ '1': above });
    press('1');
    expect(above).toHaveBeenCalledOnce();
    expect(below).toHaveBeenCalledOnce();
  });

  it.each([
    ['L', 'KeyL', {}, 'l'],
    [' ', 'Space', {}, 'Space'],
    ['　', 'Space', {}, 'Space'],
    ['ㄅ', 'Digit1', {}, '1'],
    ['ㄠ', 'KeyL', {}, 'l'],
    ['１', 'Numpad1', {}, '1'],
    ['z', 'KeyZ', { ctrlKey: true }, 'mod+z'],
    ['z', 'KeyZ', { metaKey: true }, 'mod+z'],
    ['Escape', 'Escape', {}, 'Escape'],
  ])('read %s on %s', (key, code, init, name) => {
    expect(keyName(new KeyboardEvent('keydown', { key, code, ...init }))).toBe(name);
  });

  it('name the modifier as the keyboard does', () => {
    expect(modLabel('MacIntel')).toBe('⌘');
    expect(modLabel('Linux x86_64')).toBe('Ctrl');
  });
});
