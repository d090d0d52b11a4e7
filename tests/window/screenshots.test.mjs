// A picture of every screen, in every language, light and dark, in a wide and a narrow window, for people to look at:
// target/window/<screen>-<language>-<theme>-<width>.png. `cargo xtask window screenshots` takes all of them, `cargo xtask
// test` each language in one theme.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { at, folder, inAWindow } from './app.mjs';
import { Key } from './webdriver.mjs';

const SIZES = [
  [1280, 800],
  [900, 600],
];
const LANGUAGES = ['en', 'zh-TW', 'zh-CN'];
const THEMES = ['light', 'dark'];
const SAMPLE = ['en dark', 'zh-TW light', 'zh-CN light'];
const TYPED = {
  en: 'First I would ask since when, and what changed.',
  'zh-TW': '我會先問：從什麼時候開始、改過什麼。',
  'zh-CN': '我会先问：从什么时候开始、改过什么。',
};

/** Keeps the screen in both sizes, and the end of what does not fit. */
async function take(app, screen) {
  for (const [width, height] of SIZES) {
    await app.session.resize(width, height);
    // Fonts and the longest transition, 150 ms.
    await app.session.run(() => document.fonts.ready.then(() => true));
    await sleep(250);
    await app.photograph(`${screen}-${width}`);
    await app.scrollsNoSideways();
    const hasMore = await app.session.run(() => document.documentElement.scrollHeight > innerHeight + 8);
    if (!hasMore) continue;
    await app.session.run(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await sleep(100);
    await app.photograph(`${screen}-${width}-end`);
    await app.session.run(() => window.scrollTo(0, 0));
  }
  await app.hasNoErrors();
}

for (const language of LANGUAGES) {
  for (const theme of THEMES) {
    if (process.env.DIVEDEEP_EXTENT === 'sample' && !SAMPLE.includes(`${language} ${theme}`)) continue;
    const learner = { language, theme };
    const name = (screen) => `${screen}-${language}-${theme}`;

    test(`every screen, ${language}, ${theme}`, { timeout: 240_000 }, async () => {
      await inAWindow(name('screenshots'), folder(), learner, async (app) => {
        await take(app, name('first-run-language'));
        await app.click('first-run-next');
        await app.sees('track-csa');
        await take(app, name('first-run-track'));
        await app.click('track-csa');
        await app.click('first-run-next');
        await app.sees('interview-date');
        await take(app, name('first-run-date'));
        const date = await app.session.run(() => new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10));
        await app.fill('interview-date', date);
        await app.click('first-run-next');
        await app.sees('minutes');
        await take(app, name('first-run-minutes'));
        await app.click('first-run-next');

        const first = await app.item();
        await take(app, name('practice-question'));
        await app.click('typed-answer');
        await app.session.type(at('typed-answer'), TYPED[language]);
        await app.press(Key.Escape);
        await app.click('reveal');
        await app.sees('grade-good');
        await app.press('a');
        await app.press('b');
        await take(app, name('practice-answer'));
        for (const key of ['3', '2', '1', '4']) {
          const item = await app.item();
          if (await app.has('reveal')) await app.press(Key.Space);
          await app.sees('grade-good');
          await app.press(key);
          await app.nextAfter(item);
        }
        await app.press(Key.Escape);
        await app.sees('start-practice');
        await take(app, name('today'));

        await app.go('plan');
        await app.sees('plan-today');
        await take(app, name('plan'));
        await app.session.run((css) => {
          document.querySelectorAll('details').forEach((details) => (details.open = true));
          [...document.querySelectorAll(css)].filter((day) => !day.disabled)[2].click();
        }, at('plan-day'));
        await app.sees('plan-draft');
        for (const [width, height] of SIZES) {
          await app.session.resize(width, height);
          for (const part of ['plan-minutes', 'plan-calendar', 'plan-memory']) {
            await app.session.run((css) => document.querySelector(css).scrollIntoView({ block: 'start' }), at(part));
            await sleep(200);
            await app.photograph(`${name(part)}-${width}`);
          }
          await app.scrollsNoSideways();
        }
        await app.click('plan-discard');
        await app.sheds('plan-draft');

        await app.go('browse');
        await app.sees('browse-row');
        await take(app, name('browse'));
        await app.openInBrowse(first);
        await take(app, name('browse-item'));
        await app.press(Key.Escape);
        await app.go('progress');
        await take(app, name('progress'));
        await app.go('settings');
        await app.sees('theme');
        await take(app, name('settings'));
      });
    });

    test(`the error page, ${language}, ${theme}`, { timeout: 120_000 }, async () => {
      const place = folder();
      mkdirSync(place.data);
      writeFileSync(join(place.data, 'divedeep.db'), 'not a database at all');
      await inAWindow(name('screenshots-error'), place, learner, async (app) => {
        await app.sees('error-page');
        await take(app, name('error'));
      });
    });
  }
}
