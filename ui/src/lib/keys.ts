/**
 * The one place that listens to the keyboard. A page binds its keys while it is shown; the page bound last is
 * asked first. Nothing fires while a person composes Chinese or types in a field.
 */

/** What a key does. Returning `false` passes it on to the page below. */
export type KeyAction = (event: KeyboardEvent) => void | false;
/** Keys by name: `Space`, `Enter`, `Escape`, `1`, `l`, `mod+z` (Ctrl, or Command on a Mac). */
export type KeyMap = Record<string, KeyAction>;

const layers: KeyMap[] = [];

/** Whether an input method is in the middle of a word. 229 is what engines send that do not set `isComposing`. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229 || event.key === 'Process';
}

/** Whether keys that arrive at `target` are text for a field. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLInputElement) {
    return !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type);
  }
  return false;
}

/** Whether the focused control itself answers to this key, as a button does to Space. */
function belongsToControl(target: EventTarget | null, name: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (name === 'Enter') return target.matches('button, a[href], summary');
  if (name === 'Space') return target.matches('button, summary, input');
  return false;
}

/**
 * The name of the pressed key. A Zhuyin or full-width keyboard sends `ㄅ` for 1 and `ㄠ` for L even outside a field;
 * there the place of the key counts, not its letter.
 */
export function keyName(event: KeyboardEvent): string {
  let key = event.key;
  if (key.length === 1 && key.charCodeAt(0) > 126) {
    key = event.code.replace(/^(Key|Digit|Numpad)(?=.$)/, '');
  }
  if (key === ' ' || key === 'Spacebar') key = 'Space';
  if (key.length === 1) key = key.toLowerCase();
  return (event.ctrlKey || event.metaKey ? 'mod+' : '') + (event.altKey ? 'alt+' : '') + key;
}

/** Offers a key press to the pages, the one bound last first. */
export function dispatch(event: KeyboardEvent): void {
  if (event.defaultPrevented || isComposing(event) || isTyping(event.target)) return;
  const name = keyName(event);
  // A held key must not grade five cards.
  if (event.repeat || belongsToControl(event.target, name)) return;
  for (const layer of [...layers].reverse()) {
    const action = layer[name];
    if (action && action(event) !== false) {
      event.preventDefault();
      return;
    }
  }
}

/** Binds keys until the returned function is called; made for `$effect(() => bindKeys({ … }))`. */
export function bindKeys(map: KeyMap): () => void {
  layers.push(map);
  return () => {
    const at = layers.indexOf(map);
    if (at >= 0) layers.splice(at, 1);
  };
}

/** Starts listening. */
export function listen(target: Window = window): () => void {
  target.addEventListener('keydown', dispatch);
  return () => target.removeEventListener('keydown', dispatch);
}

/** How the modifier is written on this machine's keyboard. */
export function modLabel(platform: string = navigator.platform): string {
  return /mac/i.test(platform) ? '⌘' : 'Ctrl';
}
