// A learner and a mentor in the released window, with a data folder each and nothing between them but files that the
// system's own dialogs write and open: share, review, comment, assign, apply. Run by `cargo xtask window mentor`.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { App, at, chooseFile, folder, story as steps } from './app.mjs';
import { goThroughRound } from './loop.mjs';
import { Key, until } from './webdriver.mjs';

const [mei, bo] = [folder(), folder()];
const files = mkdtempSync(join(tmpdir(), 'divedeep-files-'));
const review = join(files, 'review.age');
const feedback = join(files, 'feedback.age');
let app;
/** What Bo sees of himself, and Mei's words. */
let address;
let words;
let answered;
const step = steps('mentor', () => app);
test.after(async () => {
  await app?.close();
  rmSync(files, { recursive: true, force: true });
});

/** Somebody else sits down: one window at a time. */
async function opens(place) {
  await app?.close();
  app = await App.open(place, { language: 'en' });
}

async function openMentor(tab) {
  await app.go('mentor');
  await app.choose('mentor-tab', tab);
}

/** The words of a list, one after the other. */
const listed = (css) =>
  app.session.run((css) => [...document.querySelectorAll(css)].map((li) => li.textContent.trim()), css);

step('a mentor says who he is', async () => {
  await opens(bo);
  await app.firstRun();
  await app.press(Key.Escape);
  await openMentor('learners');
  await app.fill('my-name', 'Bo');
  await app.click('my-address');
  await until('the name kept', () => app.session.run(() => document.body.innerText.includes('Saved')));
  address = await app.session.run(
    (css) => document.querySelector(css).value ?? document.querySelector(css).textContent,
    at('my-address'),
  );
  assert.match(address, /^divedeep-1:[0-9a-f]{64}:age1/);
});

step('a learner answers, plays an incident and goes through a mock loop', async () => {
  await opens(mei);
  await app.firstRun();
  await app.toQuestion();
  answered = await app.item();
  await app.click('reveal');
  await app.click('grade-good');
  await app.nextAfter(answered);
  await app.press(Key.Escape);
  await app.go('incidents');
  await app.click('incident-start-I24');
  await app.sees('incident-desk');
  await app.click('check-container-log');
  await app.sees('evidence');
  await app.click('act-keep-old');
  await until('the outcome', async () => /works again/.test(await app.text('action-keep-old')));
  await app.click('end');
  await app.click('end-sure');
  await app.sees('debrief');
  await app.click('back');
  await app.go('mock');
  await app.choose('mock-rounds', '2');
  await app.fill('mock-seed', '7');
  await app.click('mock-start');
  await app.sees('mock-question');
  for (let round = 0; round < 2; round++) await goThroughRound(app, 'I read the logs of the balancer');
  await app.click('mock-end');
  await app.sees('mock-debrief');
  await app.click('mock-back');
});

step('she adds the mentor, looks at what leaves and makes the packet', async () => {
  await openMentor('mentors');
  await app.fill('my-name', 'Mei');
  await app.click('add-contact');
  await app.fill('add-name', 'Bo');
  await app.fill('add-address', address);
  await app.click('add-keep');
  await app.sees('mentor');
  words = await listed(`${at('me')} ol li`);
  assert.equal(words.length, 8);
  await app.click('share-answers');
  await app.session.run(() => document.querySelectorAll('details').forEach((group) => (group.open = true)));
  await app.click('share-plays-1');
  await app.click('share-mocks-1');
  await app.fill('share-question', 'Am I ready for the phone screen?');
  await app.click('share-look');
  await app.sees('share-preview');
  // Pictures in containers of their own beside a rail that follows the window's width.
  await app.session.resize(900, 600);
  await until('the narrow rail', () => app.session.run(() => document.querySelector('nav').offsetWidth < 100));
  await app.session.resize(1280, 800);
  await until('the wide rail', () => app.session.run(() => document.querySelector('nav').offsetWidth > 150));
  await chooseFile(() => app.click('share-make'), review);
  assert.match(await app.text('share-written'), /review\.age/);
  assert.ok(existsSync(review), 'under the very name that was typed');
});

step('the mentor compares the words, and opens it', async () => {
  await opens(bo);
  await openMentor('learners');
  await chooseFile(() => app.click('open-packet'), review);
  await app.sees('stranger');
  assert.deepEqual(await listed(`${at('stranger')} ol li`), words, 'the words that Mei sees');
  await app.click('take-new');
  await app.sees('mentor-desk');
  assert.match(await app.text('parts'), /Am I ready for the phone screen\?/);
  assert.match(await app.session.run(() => document.body.innerText), /own account|self-reported/i);
});

/** Writes a comment in the first margin of a place. */
async function comment(place, words) {
  await app.session.run((css) => {
    for (
      let fold = document.querySelector(css)?.closest('details');
      fold;
      fold = fold.parentElement?.closest('details')
    )
      fold.open = true;
  }, place);
  await app.session.click(`${place} ${at('comment-begin')}`);
  await app.session.type(`${place} textarea`, words);
}

step('comments, an assignment and words on the whole leave in one file, after a look at them', async () => {
  const item = `${at(`item-${answered.replace(/^question\//, '')}`)}`;
  await comment(item, 'Say the command, too.');
  await comment(`${at('play-1')} ol li`, 'A good first check.');
  await comment(`${at('loop-1')} details`, 'Begin with what the customer saw.');
  await app.session.click(`${item} ${at('assign')}`);
  await app.fill('feedback-words', 'Nearly. Two more weeks.');
  await app.click('send');
  await app.sees('preview');
  assert.match(await app.text('leaving'), /Say the command, too\..*|.*Nearly/);
  await chooseFile(() => app.click('make-feedback'), feedback);
  assert.match(await app.text('made'), /feedback\.age/);
});

step('the desk and the cohort in every language', async () => {
  for (const [language, theme] of [
    ['en', 'light'],
    ['zh-TW', 'dark'],
    ['zh-CN', 'light'],
  ]) {
    if (await app.has('mentor-desk')) await app.click('back');
    // The driver misses what is sticky on a page that is scrolled.
    await app.session.run(() => window.scrollTo(0, 0));
    await app.go('settings');
    await app.choose('interface-language', language);
    await app.choose('theme', theme);
    await openMentor('learners');
    await app.sees('cohort-waiting');
    for (const screen of ['cohort', 'desk']) {
      if (screen === 'desk') {
        await app.session.click(`${at('cohort')} tbody button`);
        await app.sees('mentor-desk');
        await app.sees('parts');
      }
      for (const [width, height] of [
        [1280, 800],
        [900, 600],
      ]) {
        await app.session.resize(width, height);
        await app.scrollsNoSideways();
        await app.photograph(`mentor-${screen}-${language}-${theme}-${width}`);
      }
      await app.session.resize(1280, 800);
    }
  }
});

step('the learner applies it: the comment stands on its card, the assignment comes first', async () => {
  await opens(mei);
  await openMentor('mentors');
  await chooseFile(() => app.click('open-packet'), feedback);
  await app.sees('came');
  assert.match(await app.text('letter'), /Nearly\. Two more weeks\./);
  assert.match(await app.text('requests'), /Bo/);
  await app.go('today');
  await app.sees('start-practice');
  await app.click('start-practice');
  assert.equal(await app.item(), answered, 'what was assigned is asked first');
  await app.click('reveal');
  await app.sees('comments');
  assert.match(await app.text('comments'), /Say the command, too\./);
  await app.press(Key.Escape);
});

step('what the mentor said of the incident and of the loop stands in their debriefs', async () => {
  for (const [language, theme] of [
    ['en', 'light'],
    ['zh-TW', 'dark'],
    ['zh-CN', 'light'],
  ]) {
    await app.session.run(() => window.scrollTo(0, 0));
    await app.go('settings');
    await app.choose('interface-language', language);
    await app.choose('theme', theme);
    await app.go('incidents');
    await app.click('incident-debrief-I24');
    await app.sees('debrief');
    await photographComment('incident', language, theme, 'A good first check.');
    await app.click('back');
    await app.go('mock');
    await app.click('mock-open');
    await app.sees('mock-debrief');
    await photographComment('mock', language, theme, 'Begin with what the customer saw.');
    await app.click('mock-back');
  }
  await app.go('settings');
  await app.choose('interface-language', 'en');
});

async function photographComment(screen, language, theme, words) {
  await until(`the comment in the ${screen}`, () =>
    app.session.run(
      (words, css) => {
        const list = [...document.querySelectorAll(css)].find((list) => list.textContent.includes(words));
        list?.scrollIntoView({ block: 'center' });
        return list !== undefined;
      },
      words,
      at('comments'),
    ),
  );
  for (const [width, height] of [
    [1280, 800],
    [900, 600],
  ]) {
    await app.session.resize(width, height);
    await app.scrollsNoSideways();
    await app.photograph(`mentor-comment-${screen}-${language}-${theme}-${width}`);
  }
  await app.session.resize(1280, 800);
}

step('the same file again, one cut short and one tampered with are refused, each with its reason', async () => {
  await openMentor('mentors');
  const refused = async (path, code) => {
    await chooseFile(() => app.click('open-packet'), path);
    await until(`${path} to be refused`, async () => (await app.attribute('refused', 'data-code')) === code);
  };
  await refused(feedback, 'packet_known');
  const whole = readFileSync(feedback);
  const short = join(files, 'short.age');
  writeFileSync(short, whole.subarray(0, whole.length - 40));
  await refused(short, 'packet_damaged');
  const changed = join(files, 'changed.age');
  const bytes = Buffer.from(whole);
  bytes[bytes.length - 60] ^= 1;
  writeFileSync(changed, bytes);
  await refused(changed, 'packet_damaged');
  await refused(review, 'packet_not_for_you');
});
