// A learner's first evening in the released window: the first start, five questions in two languages, a change of
// mind, a look around, and the program closed and opened again. Run by `cargo xtask window journey`.

import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, at, folder, story } from './app.mjs';
import { Key, until } from './webdriver.mjs';

const place = folder();
/** Chinese and Latin, digits and letters that are keys elsewhere, and a second line. */
const TYPED = '先看第3跳：traceroute -T -p 443\n1234 l t 再判斷是否為封包遺失';

let app;
/** The item that was answered in writing. */
let written;
/** Items in the order they were graded. */
const graded = [];

const step = story('journey', () => app);
test.after(() => app?.close());

/** Every text of the card is in this language. */
async function cardIn(language) {
  await until(`the card in ${language}`, async () => (await app.attribute('practice-card', 'lang')) === language);
  const chinese = /\p{Script=Han}/u.test(await app.text('prompt'));
  assert.equal(chinese, language === 'zh-TW', `the prompt is written in ${language}`);
}

/** A date as the learner's calendar has it. */
function inDays(days) {
  return app.session.run((days) => {
    const day = new Date();
    day.setDate(day.getDate() + days);
    return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
  }, days);
}

async function reveal() {
  await app.press(Key.Space);
  await app.sees('grade-good');
}

/** Grades with whatever `how` does, and waits for the next item. */
async function grade(how) {
  const item = await app.item();
  await how();
  graded.push(item);
  const next = await app.nextAfter(item);
  graded.push(...(await app.toQuestion()));
  return next;
}

step('the first start speaks the language of the system', async () => {
  app = await App.open(place, { language: 'zh-TW' });
  await app.sees('first-run-next');
  assert.equal(await app.language(), 'zh-TW');
  assert.equal(await app.chosen('interface-language'), 'zh-TW');
  assert.equal(await app.chosen('content-language'), 'zh-TW');
});

step('another language is spoken as soon as it is chosen', async () => {
  const chinese = await app.text('first-run-next');
  await app.choose('interface-language', 'en');
  assert.equal(await app.language(), 'en');
  assert.notEqual(await app.text('first-run-next'), chinese);
  await app.choose('content-language', 'en');
});

step('one press of Enter goes one step further', async () => {
  await app.press(Key.Enter);
  await app.click('track-csa');
  await app.click('first-run-next');
});

step('a date that is past is refused with a sentence', async () => {
  await app.sees('interview-date');
  await app.fill('interview-date', '2020-01-01');
  await app.click('first-run-next');
  await until('the refusal', () =>
    app.session.run((css) => document.querySelector(css).getAttribute('aria-invalid') === 'true', at('interview-date')),
  );
  assert.ok(!(await app.has('minutes')));
});

step('an interview in ten days and 30 minutes a day lead to the first question', async () => {
  await app.fill('interview-date', await inDays(10));
  await app.click('first-run-next');
  await app.fill('minutes', '30');
  await app.press(Key.Tab);
  await app.click('first-run-next');
  await app.sees('practice-card');
  graded.push(...(await app.toQuestion()));
  assert.ok((await app.text('prompt')).length > 10, 'there is a question to read');
});

step('L shows the card in the other language and back, before and after the reveal', async () => {
  await cardIn('en');
  await app.press('l');
  await cardIn('zh-TW');
  await reveal();
  await app.press('l');
  await cardIn('en');
  await app.click('switch-language');
  await cardIn('zh-TW');
});

step('a key grades, and the next question comes up in the chosen language', async () => {
  await grade(() => app.press('3'));
  await cardIn('en');
});

step('keys that grade do nothing before the answer is shown', async () => {
  const item = await app.item();
  for (const key of ['1', '2', '3', '4']) await app.press(key);
  assert.equal(await app.item(), item);
  assert.ok(await app.has('reveal'));
});

step('T leads to the field, where letters and digits are text', async () => {
  const item = await app.item();
  written = item;
  await app.press('t');
  await until('the field to have the focus', () =>
    app.session.run((css) => document.activeElement === document.querySelector(css), at('typed-answer')),
  );
  assert.equal(await app.chosen('typed-answer'), '', 'the key itself is not typed');
  await app.session.type(at('typed-answer'), TYPED);
  assert.equal(await app.chosen('typed-answer'), TYPED);
  assert.equal(await app.item(), item);
  await cardIn('en');
});

step('while an input method composes, no key of the program fires', async () => {
  const item = await app.item();
  const composing = [
    { isComposing: true },
    { keyCode: 229 },
    { isComposing: true, keyCode: 229, code: 'KeyL' },
  ];
  for (const more of composing) {
    // In the field, where words are composed: Escape and Ctrl+Enter belong to the input method.
    await app.sendKey('Escape', more);
    await app.sendKey('Enter', { ...more, ctrlKey: true });
    assert.ok(await app.has('reveal'));
  }
  assert.equal(await app.chosen('typed-answer'), TYPED);
  await app.press(Key.Escape);
  await until('the focus to leave the field', () =>
    app.session.run((css) => document.activeElement !== document.querySelector(css), at('typed-answer')),
  );
  assert.equal(await app.item(), item, 'Escape left the field and not the sitting');
  for (const more of composing) {
    for (const key of ['l', ' ', '3', 'Process']) await app.sendKey(key, more);
  }
  await cardIn('en');
  assert.ok(await app.has('reveal'));
  // The same event without composing does work, so the above proves something.
  await app.sendKey('l');
  await cardIn('zh-TW');
  await app.sendKey('l');
  await cardIn('en');
});

step('the answer stands beside what was typed', async () => {
  await app.click('reveal');
  await app.sees('grade-good');
  const shown = await app.text('practice-card');
  assert.ok(shown.includes('先看第3跳：traceroute -T -p 443'), shown);
  for (const more of [{ isComposing: true }, { keyCode: 229 }]) {
    for (const key of ['1', '2', '3', '4']) await app.sendKey(key, more);
  }
  assert.ok(await app.has('grade-good'), 'no composed digit grades');
});

step('the second click of a double click on the reveal does not grade', async () => {
  await grade(() => app.click('grade-hard'));
  const item = await app.item();
  await app.session.run((reveal, again) => {
    // Made at once, like the second half of a double click, however late the page comes to it.
    const second = new MouseEvent('click', { bubbles: true, cancelable: true });
    document.querySelector(reveal).click();
    return new Promise((resolve) => {
      requestAnimationFrame(() => {
        document.querySelector(again).dispatchEvent(second);
        resolve();
      });
    });
  }, at('reveal'), at('grade-again'));
  await app.sees('grade-good');
  // An answer would have brought the next item by now.
  await sleep(500);
  assert.equal(await app.item(), item);
  assert.ok(await app.has('grade-good'));
});

step('ticked key points propose a grade, and a click takes it', async () => {
  const boxes = () =>
    app.session.run(() => [...document.querySelectorAll('[data-testid^="key-point-"]')].map((box) => box.dataset.testid));
  const marked = () =>
    app.session.run(() => [...document.querySelectorAll('[data-proposed="true"]')].map((mark) => mark.dataset.testid));
  // Stories have no key points; there is a question behind them.
  while ((await boxes()).length === 0) {
    await grade(() => app.click('grade-good'));
    await reveal();
  }
  const ids = await boxes();
  assert.deepEqual(await marked(), [], 'nothing is proposed before something is ticked');
  for (const id of ids) await app.click(id);
  await until('one proposal', async () => (await marked()).length === 1);
  const [best] = await marked();
  assert.ok(['grade-good', 'grade-easy'].includes(best), `every point was named, and ${best} is proposed`);
  for (const id of ids) await app.click(id);
  await until('no proposal', async () => (await marked()).length === 0);
  // By its letter this time.
  await app.press('a');
  await until('a proposal again', async () => (await marked()).length === 1);
  const [proposed] = await marked();
  await grade(() => app.click(proposed));
});

step('three more questions, each grade once, by key and by click', async () => {
  await app.press('l');
  await cardIn('zh-TW');
  await reveal();
  await grade(() => app.press('2'));
  await reveal();
  await grade(() => app.click('grade-easy'));
  await app.click('reveal');
  await app.sees('grade-again');
  await grade(() => app.press('1'));
  assert.ok(graded.length >= 5);
});

step('Ctrl+Z brings the last question back, to be graded anew', async () => {
  await app.press(Key.Control, 'z');
  const last = graded.pop();
  await until('the last question', async () => (await app.item()) === last);
  await reveal();
  await grade(() => app.press('4'));
  await app.click('undo');
  // A drill that came up after it was answered, too, and is the last one then.
  const again = graded.pop();
  await until('the last question again', async () => (await app.item()) === again);
  await reveal();
  await grade(() => app.press('3'));
});

step('Escape leads to Today, which counts the answers', async () => {
  await app.press(Key.Escape);
  await app.sees('start-practice');
  assert.equal(await app.answersDone(), graded.length);
});

step('every page opens by the rail and by its key', async () => {
  const pages = ['today', 'plan', 'drills', 'incidents', 'stories', 'mock', 'browse', 'progress', 'mentor', 'settings'];
  for (const [page, key] of [...pages.map((page, i) => [page, String((i + 1) % 10)]), ['today', '1']]) {
    await app.go(page);
    await app.hasNoErrors();
    await app.scrollsNoSideways();
    await app.go('today');
    await app.press(key);
    await until(`${page} by key`, async () => (await app.attribute(`nav-${page}`, 'aria-current')) === 'page');
  }
});

step('settings take effect at once', async () => {
  await app.go('settings');
  await app.choose('theme', 'dark');
  await until('a dark page', async () => (await app.theme()) === 'dark');
  await app.choose('interface-language', 'zh-TW');
  await until('a Chinese page', async () => (await app.language()) === 'zh-TW');
  await app.choose('content-language', 'zh-TW');
  await app.go('today');
  assert.equal(await app.answersDone(), graded.length);
});

step('a second interview is kept, and Today counts the days to the nearer one', async () => {
  await app.go('settings');
  await app.click('add-round');
  await app.fill('round-date', await inDays(3));
  await app.fill('round-name', '電話面試 Phone');
  await app.click('save-round');
  await app.sheds('save-round');
  assert.equal(await app.session.run((css) => document.querySelectorAll(css).length, at('round')), 2);
  await app.go('today');
  await app.sees('start-practice');
  const heading = await app.session.run(() => document.querySelector('h1').textContent);
  assert.match(heading, /3.*電話面試 Phone|電話面試 Phone.*3/);
});

step('the plan shows what a change would cost, and keeps it when told to', async () => {
  await app.go('plan');
  await app.sees('plan-rounds');
  const before = await app.text('plan-rounds');
  // The first days that can still be chosen: today and tomorrow.
  const chooseDay = (nth) =>
    app.session.run(
      (css, nth) => [...document.querySelectorAll(css)].filter((day) => !day.disabled)[nth].click(),
      at('plan-day'),
      nth,
    );
  const kinds = () =>
    app.session.run((css) => [...document.querySelectorAll(css)].map((day) => day.dataset.kind).filter(Boolean), at('plan-day'));
  await chooseDay(1);
  await app.sees('plan-draft');
  await until('tomorrow to be off', async () => (await kinds()).join() === 'off');
  await app.click('plan-discard');
  await app.sheds('plan-draft');
  await until('tomorrow to be as it was', async () => (await kinds()).length === 0);
  assert.equal(await app.text('plan-rounds'), before);

  await chooseDay(1);
  await until('tomorrow to be off', async () => (await kinds()).join() === 'off');
  await chooseDay(1);
  await until('tomorrow to be light', async () => (await kinds()).join() === 'light');
  await app.click('plan-keep');
  await app.sheds('plan-draft');
  assert.deepEqual(await kinds(), ['light']);
});

step('nothing is learnt before a question has come back', async () => {
  const before = await app.text('plan-memory');
  await app.click('plan-learn');
  await app.sees('plan-learn-ended');
  assert.equal(await app.text('plan-memory'), before);
  await app.go('today');
});

step('a card left in the middle is the one that waits', async () => {
  await app.click('start-practice');
  const item = await app.item();
  await cardIn('zh-TW');
  await app.press(Key.Escape);
  await app.click('start-practice');
  assert.equal(await app.item(), item);
});

step('closed and opened again, answers and settings are there', async () => {
  await app.hasNoErrors();
  await app.close();
  app = await App.open(place, { language: 'en' });
  await app.sees('start-practice');
  assert.equal(await app.answersDone(), graded.length);
  assert.equal(await app.theme(), 'dark');
  assert.equal(await app.language(), 'zh-TW');
  await app.go('settings');
  assert.equal(await app.chosen('theme'), 'dark');
  assert.equal(await app.chosen('interface-language'), 'zh-TW');
  assert.equal(await app.chosen('content-language'), 'zh-TW');
});

step('Browse keeps what was written, and an item opened there can be practised', async () => {
  await app.openInBrowse(written);
  const page = await app.session.run(() => document.querySelector('.page').innerText);
  for (const line of TYPED.split('\n')) assert.ok(page.includes(line), page);
  await app.click('practise-this');
  assert.equal(await app.item(), written);
  await app.press(Key.Escape);
  await app.sees('browse-item');
  await app.press(Key.Escape);
  await app.sees('browse-row');
});

step('an answer from before can still be undone, and practice goes on', async () => {
  await app.go('today');
  await app.click('start-practice');
  const item = await app.item();
  assert.ok(await app.has('undo'));
  await app.press(Key.Control, 'z');
  const last = graded.pop();
  await until('the last question', async () => (await app.item()) === last);
  assert.notEqual(item, last);
  await reveal();
  await grade(() => app.press('3'));
  await reveal();
  await grade(() => app.press('3'));
  await app.press(Key.Escape);
  await until('one answer more', async () => (await app.answersDone()) === graded.length);
});
