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

const STORY = {
  en: {
    title: 'The night the DNS broke',
    when: 'March 2025, three hours',
    situation: 'At two in the morning 3 % of the checkouts of a shop began to fail, and nobody knew since when.',
    task: 'I was on call and had to restore them before the morning.',
    action:
      'I compared the failing hosts with the good ones, read their resolver logs, and found two name servers that answered ' +
      'differently. We restarted one; I would have waited.',
    result: 'Errors fell from 3 % to 0 within 40 minutes.',
  },
  'zh-TW': {
    title: 'DNS出問題的那一夜',
    when: '2025年3月，三小時',
    situation: '半夜兩點，一家商店有3%的結帳開始失敗，沒有人知道從什麼時候開始。',
    task: '那天輪我待命，必須在早上之前恢復。',
    action: '我比對失敗與正常的主機，讀了解析器的日誌，發現兩台名稱伺服器的回答不一樣。我們重開了其中一台。',
    result: '40分鐘內，錯誤率從3%降到0。',
  },
  'zh-CN': {
    title: 'DNS出问题的那一夜',
    when: '2025年3月，三小时',
    situation: '半夜两点，一家商店有3%的结账开始失败，没有人知道从什么时候开始。',
    task: '那天轮我待命，必须在早上之前恢复。',
    action: '我对比失败与正常的主机，读了解析器的日志，发现两台域名服务器的回答不一样。我们重启了其中一台。',
    result: '40分钟内，错误率从3%降到0。',
  },
};

/** Keeps the screen in both sizes, and the end of what does not fit. */
async function take(app, screen) {
  for (const [width, height] of SIZES) {
    await app.session.resize(width, height);
    // Fonts, a frame of the new size (the first one may still be of the old), and the longest transition, 150 ms.
    await app.session.run(() => document.fonts.ready.then(() => true));
    await app.session.run(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true)))),
    );
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
  await app.session.resize(...SIZES[0]);
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

        await app.sees('practice-card');
        await app.toQuestion();
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

        await app.go('stories');
        await app.sees('stories-empty');
        await take(app, name('stories-empty'));
        await app.click('story-new');
        await app.choose('story-language', language === 'en' ? 'en' : 'zh');
        for (const [part, words] of Object.entries(STORY[language])) await app.fill(`story-${part}`, words);
        await app.click('principle-dive-deep');
        await app.click('principle-dive-deep-strong');
        await app.click('principle-ownership');
        await app.click('principle-ownership-clear');
        await app.sees('story-saved');
        await take(app, name('story'));
        await app.click('story-rehearse');
        await app.click('rehearsal-typed');
        await app.sees('rehearsal-start');
        await take(app, name('rehearsal-choose'));
        await app.click('rehearsal-start');
        await app.fill('rehearsal-words', STORY[language].action);
        await take(app, name('rehearsal-telling'));
        await app.click('rehearsal-told');
        await app.sees('rehearsal-to-probes');
        await take(app, name('rehearsal-told'));
        await app.click('rehearsal-to-probes');
        while (await app.has('rehearsal-next-probe')) await app.click('rehearsal-next-probe');
        await app.click('rehearsal-to-scores');
        await app.sees('rubric-action-3');
        await take(app, name('rehearsal-scores'));
        await app.press(Key.Escape);
        await app.sees('story-rehearse');
        await app.click('story-back');
        for (const tab of ['matrix', 'panel', 'list']) {
          await app.choose('stories-tab', tab);
          if (tab === 'panel') {
            await app.click('panel-add');
            await app.click('panel-principle-dive-deep');
            await app.click('panel-principle-earn-trust');
            await app.sees('panel-plan');
          }
          await take(app, name(`stories-${tab}`));
        }

        await app.go('drills');
        await app.sees('drill-D01');
        await take(app, name('drills'));
        await app.click('drill-start-D01');
        await app.sees('drill-prompt');
        await take(app, name('drill'));
        await app.press(Key.Space);
        await app.sees('drill-steps');
        await take(app, name('drill-answer'));
        await app.click('grade-again');
        await app.sees('drill-D01');

        await app.go('incidents');
        await app.sees('incident-I24');
        await take(app, name('incidents'));
        await app.click('incident-start-I24');
        await app.sees('incident-desk');
        await app.click('check-container-log');
        await app.sees('evidence');
        await app.click('check-manifest');
        await app.click('ruled-out-registry-access');
        await take(app, name('incident'));
        await app.click('cause-image-architecture');
        await app.click('act-keep-old');
        await app.fill('update', STORY[language].action);
        await app.click('end');
        await app.click('end-sure');
        await app.sees('debrief');
        await take(app, name('incident-debrief'));
        await app.click('back');
        await app.sees('incident-I24');

        await app.go('mock');
        await app.sees('mock-start');
        await take(app, name('mock-start'));
        await app.click('mock-start');
        await app.sees('mock-words');
        await app.fill('mock-words', STORY[language].action);
        await take(app, name('mock-question'));
        await app.click('mock-back');
        await app.sees('mock-resume');

        await app.go('browse');
        await app.sees('browse-row');
        await take(app, name('browse'));
        await app.openInBrowse(first);
        await take(app, name('browse-item'));
        await app.press(Key.Escape);
        await app.go('progress');
        await app.sees('readiness');
        await take(app, name('progress'));
        await app.session.run((css) => document.querySelector(css).scrollIntoView(), at('figure-calibration'));
        await sleep(150);
        await app.photograph(`${name('progress')}-calibration`);

        await app.go('mentor');
        await app.choose('mentor-tab', 'learners');
        await app.sees('my-address');
        await take(app, name('mentor-learners'));
        await app.choose('mentor-tab', 'mentors');
        await app.click('share-answers');
        await app.click('share-look');
        await app.sees('share-preview');
        await take(app, name('mentor-share'));
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
