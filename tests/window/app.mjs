// Divedeep as a learner meets it: screens, buttons and keys by name, in a folder of its own.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Session, until } from './webdriver.mjs';

const target = (path) => fileURLToPath(new URL(`../../target/${path}`, import.meta.url));
/** The release build; `cargo xtask window` says where. */
export const PROGRAM = process.env.DIVEDEEP_WINDOW ?? target('release/divedeep-window');
const PICTURES = process.env.DIVEDEEP_PICTURES ?? target('window');

/** The selector of what the interface marks for tests. */
export const at = (id) => `[data-testid="${id}"]`;

function temporary(name) {
  const path = mkdtempSync(join(tmpdir(), `divedeep-${name}-`));
  process.on('exit', () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/** A folder that goes away with the test file: the data folder, and a home for what the web view keeps. */
export function folder() {
  const base = temporary('window');
  const home = join(base, 'home');
  mkdirSync(home);
  return { data: join(base, 'data'), home };
}

let locales;

/** Where the system's locale is made: the web view tells the page no language whose locale is not there. */
function chinese(language) {
  if (!locales) {
    locales = temporary('locale');
    for (const name of ['zh_TW', 'zh_CN']) {
      execFileSync('localedef', ['-i', name, '-f', 'UTF-8', join(locales, `${name}.UTF-8`)]);
    }
  }
  return { LOCPATH: locales, LANG: `${language.replace('-', '_')}.UTF-8` };
}

/** The environment of a learner with this language and theme, whose other files are left alone. */
export function environment({ home }, { language = 'en', theme = 'light' } = {}) {
  return {
    ...(language === 'en' ? { LANG: 'C.UTF-8' } : chinese(language)),
    LANGUAGE: '',
    LC_ALL: '',
    // In a Chinese locale GTK would ask the display for an input method, which loses the driver's Shift key.
    GTK_IM_MODULE: 'gtk-im-context-simple',
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
    GTK_THEME: theme === 'dark' ? 'Adwaita:dark' : 'Adwaita',
  };
}

/** The windows on the display, by their numbers; none of them is a child of another. */
function windows() {
  try {
    const found = execFileSync('xdotool', ['search', '--onlyvisible', '--name', '.'], { stdio: ['ignore', 'pipe', 'ignore'] });
    return String(found).trim().split('\n');
  } catch {
    return [];
  }
}

/** Does what asks for a file, and names it in the system's dialog. */
export async function chooseFile(act, path) {
  const before = windows();
  await act();
  const dialog = await until('a file dialog', () => windows().find((window) => !before.includes(window)));
  const press = (...args) => execFileSync('xdotool', args);
  press('windowactivate', '--sync', dialog);
  // A dialog that opens files has no field for a path before it is asked for one; one that saves has it, with a name in it.
  if (existsSync(path)) {
    press('key', '--clearmodifiers', 'ctrl+l');
    await sleep(400);
  }
  press('key', '--clearmodifiers', 'ctrl+a');
  press('type', '--clearmodifiers', '--delay', '12', path);
  await sleep(500);
  press('key', '--clearmodifiers', 'Return');
  await until('the dialog to close', () => !windows().includes(dialog));
}

/** A running window. */
export class App {
  /** Opens the window, and waits until the page shows something of its own. */
  static async open(place, learner) {
    const app = new App();
    app.session = await Session.open({
      binary: PROGRAM,
      args: ['--data-dir', place.data],
      env: environment(place, learner),
    });
    const loaded = () => document.readyState === 'complete' && Boolean(document.querySelector('[data-testid]'));
    await until('the first screen', () => app.session.run(loaded), 60_000);
    return app;
  }

  close() {
    return this.session.close();
  }

  /** Waits until something with this mark is on the page. */
  async sees(id) {
    await until(`${id} on the page`, () => this.has(id));
  }

  /** Waits until nothing with this mark is on the page. */
  async sheds(id) {
    await until(`${id} to leave the page`, async () => !(await this.has(id)));
  }

  has(id) {
    return this.session.run((css) => Boolean(document.querySelector(css)), at(id));
  }

  /** The words inside a mark. */
  async text(id) {
    await this.sees(id);
    return this.session.run((css) => document.querySelector(css).textContent.replace(/\s+/g, ' ').trim(), at(id));
  }

  attribute(id, name) {
    return this.session.run((css, name) => document.querySelector(css)?.getAttribute(name), at(id), name);
  }

  async click(id) {
    // A grade takes no click made within 350 ms, so that a double click on what stood there before does not grade.
    if (id.startsWith('grade-')) await sleep(400);
    // What lies under a sticky bar or below the window is brought to where a hand would click it.
    await this.session.run((css) => {
      const found = document.querySelector(css);
      if (!found) return;
      const { x, y, width, height } = found.getBoundingClientRect();
      const there = document.elementFromPoint(x + width / 2, y + height / 2);
      if (!there || !found.contains(there)) found.scrollIntoView({ block: 'center' });
    }, at(id));
    return this.session.click(at(id));
  }

  press(...keys) {
    return this.session.keys(...keys);
  }

  /** Chooses one of several values, whether they stand as radio buttons or in a list. */
  async choose(id, value) {
    await this.sees(id);
    const isList = await this.session.run((css) => document.querySelector(css).tagName === 'SELECT', at(id));
    if (isList) await this.session.click(`${at(id)} option[value="${value}"]`);
    else await this.click(`${id}-${value}`);
    await until(`${id} to be ${value}`, async () => (await this.chosen(id)) === value);
  }

  /** The value chosen now. */
  chosen(id) {
    return this.session.run((css) => {
      const field = document.querySelector(css);
      return 'value' in field ? field.value : field.querySelector('input:checked')?.value;
    }, at(id));
  }

  /** Empties a text field and types into it. */
  async fill(id, text) {
    await this.click(id);
    await this.session.run((css) => document.querySelector(css).select(), at(id));
    await this.session.type(at(id), text);
  }

  /** The first start, with an interview in twenty days, up to the first question. */
  async firstRun() {
    await this.click('first-run-next');
    await this.click('track-csa');
    await this.click('first-run-next');
    await this.sees('interview-date');
    const date = await this.session.run(() => new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10));
    await this.fill('interview-date', date);
    await this.click('first-run-next');
    await this.sees('minutes');
    await this.click('first-run-next');
    await this.sees('practice-card');
  }

  /** Goes to a page by the rail. */
  async go(page) {
    await this.click(`nav-${page}`);
    await until(`the page ${page}`, async () => (await this.attribute(`nav-${page}`, 'aria-current')) === 'page');
  }

  /** The language the interface speaks. */
  language() {
    return this.session.run(() => document.documentElement.lang);
  }

  /** The theme on the page. */
  theme() {
    return this.session.run(() => document.documentElement.dataset.theme);
  }

  /** The item to answer now. */
  async item() {
    await this.sees('practice-card');
    return this.attribute('practice-card', 'data-item');
  }

  /** Answers drills until something asked in words comes up; gives the items answered on the way. */
  async toQuestion() {
    const answered = [];
    for (;;) {
      const item = await this.item();
      if (!(await this.has('drill-prompt'))) return answered;
      await this.click('reveal');
      await this.click('grade-good');
      answered.push(item);
      await this.nextAfter(item);
    }
  }

  /** Waits for another item than this one, before its answer is shown. */
  async nextAfter(item) {
    await until(`another item than ${item}`, async () => {
      return (await this.attribute('practice-card', 'data-item')) !== item && (await this.has('reveal'));
    });
    return this.item();
  }

  /** A key as the page gets it from an input method or another program. */
  sendKey(key, more = {}) {
    return this.session.run(
      (key, more) => {
        const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
        (document.activeElement ?? document.body).dispatchEvent(event);
      },
      key,
      more,
    );
  }

  /** Opens an item from the list in Browse, however far down it stands. */
  async openInBrowse(item) {
    const row = `${at('browse-row')}[data-item="${item}"]`;
    await this.go('browse');
    await until(`${item} in Browse`, () =>
      this.session.run((css) => {
        if (document.querySelector(css)) return true;
        document.querySelector('.more button')?.click();
        return false;
      }, row),
    );
    await this.session.click(row);
    await until(`${item} opened`, async () => (await this.attribute('browse-item', 'data-item')) === item);
  }

  /** Answers graded today, as Today says it. */
  async answersDone() {
    const [number] = (await this.text('answers-done')).match(/\d+/) ?? [];
    return Number(number);
  }

  /** Fails on anything that went wrong in the page: exceptions, broken promises, breaches of its security policy. */
  async hasNoErrors() {
    const errors = await this.session.run(() => window.__divedeepErrors);
    assert.deepEqual(errors, [], 'the page keeps its errors from its first line on, and there are none');
  }

  /** Nothing is wider than the window. */
  async scrollsNoSideways() {
    const [content, inside] = await this.session.run(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= inside, `the page is ${content} pixels wide in a window of ${inside}`);
  }

  /** Leaves what may explain a failure: a picture, the words on the page and what was printed. */
  async fail(name) {
    await this.photograph(`failed-${name}`).catch(() => {});
    const page = () => ({ words: document.body.innerText.slice(0, 600), errors: window.__divedeepErrors });
    console.error('The page:', await this.session.run(page).catch((error) => error.message));
    if (this.session.log) console.error('The program and the driver:', this.session.log);
  }

  /** Keeps a picture of the window. */
  async photograph(name) {
    mkdirSync(PICTURES, { recursive: true });
    writeFileSync(join(PICTURES, `${name}.png`), await this.session.picture());
  }
}

/** Opens a window for `work` and closes it after; a failure leaves a picture and what the page said. */
export async function inAWindow(name, place, learner, work) {
  const app = await App.open(place, learner);
  try {
    await work(app);
    await app.hasNoErrors();
  } catch (error) {
    await app.fail(name);
    throw error;
  } finally {
    await app.close();
  }
}

/**
 * Steps of one story: each sees the window as the one before left it, so the first failure skips the rest. After each
 * step the page must be free of errors. `current` gives the window, which a step may have opened anew.
 */
export function story(name, current) {
  rmSync(join(PICTURES, `failed-${name}.png`), { force: true });
  let failed = false;
  return (title, work) =>
    test(title, { timeout: 120_000 }, async (t) => {
      if (failed) return t.skip('a step before it failed');
      try {
        await work();
        await current()?.hasNoErrors();
      } catch (error) {
        failed = true;
        await current()?.fail(name);
        throw error;
      }
    });
}
