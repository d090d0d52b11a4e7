// The behavioural half in the released window: a story is written and mapped, the matrix changes, it is rehearsed by
// typing where there is no microphone, and a mock loop of two rounds goes from its first question to its debrief, with the
// program ended in the middle of an answer. Run by `cargo xtask window interview`.

import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, at, folder, story as steps } from './app.mjs';
import { goThroughRound } from './loop.mjs';
import { Key, until } from './webdriver.mjs';

const place = folder();
let app;
const step = steps('interview', () => app);
test.after(() => app?.close());

const STORY = {
  title: 'The night the DNS broke',
  when: 'March 2025, three hours',
  situation: 'At two in the morning 3 % of the checkouts of a shop began to fail.',
  task: 'I was on call and had to restore them.',
  action: 'I compared the failing hosts with the good ones, and then I read their resolver logs.',
  result: 'Errors fell from 3 % to 0 within 40 minutes.',
  lesson: 'I wrote a runbook that two colleagues have used since.',
};

const says = (id) => app.text(id);

step('the first start ends in a practice, and the rail leads to the stories', async () => {
  app = await App.open(place, { language: 'en' });
  await app.firstRun();
  await app.press(Key.Escape);
  await app.go('stories');
  await app.sees('stories-empty');
});

step('a story is written; its hints and its length come while writing', async () => {
  await app.click('story-new');
  for (const [part, words] of Object.entries(STORY)) await app.fill(`story-${part}`, words);
  await app.sees('story-saved');
  await until('a hint about its length', () =>
    app.session.run(() => document.body.innerText.includes('fill less than two minutes')),
  );
});

step('it is mapped to a principle, and the matrix changes', async () => {
  await app.click('principle-dive-deep');
  await app.click('principle-dive-deep-strong');
  await until('the chip', async () => (await app.attribute('principle-dive-deep', 'data-strength')) === 'strong');
  await app.click('story-back');
  await app.sees('story-row');
  assert.match(await app.text('story-row'), /The night the DNS broke/);
  await app.choose('stories-tab', 'matrix');
  await until('the cell', async () => (await app.attribute('matrix-cell-dive-deep', 'data-strength')) === 'strong');
  assert.match(await says('gap-dive-deep'), /\S/, 'one story alone is still thin');
});

step('a panel is planned: one question has its story, the other principle is named', async () => {
  await app.choose('stories-tab', 'panel');
  await app.click('panel-add');
  await app.fill('panel-name', 'Lin');
  await app.click('panel-principle-dive-deep');
  await app.click('panel-principle-earn-trust');
  await until('the plan', async () => /The night the DNS broke/.test(await app.text('panel-plan')));
  assert.match(await says('panel-plan'), /Earn Trust/);
});

step('the story is rehearsed; without a microphone it says so calmly and goes on', async () => {
  await app.choose('stories-tab', 'list');
  await app.click('story-row');
  await app.click('story-rehearse');
  await app.sees('rehearsal-spoken');
  await app.click('rehearsal-spoken');
  await app.sees('rehearsal-start');
  await app.click('rehearsal-start');
  // A machine without sound: the words say that nothing is lost. With a microphone it records instead.
  await until(
    'words about the microphone, or a recording',
    async () => (await app.has('rehearsal-muted')) || (await app.has('rehearsal-recording')),
  );
  await sleep(1500);
  await app.press(Key.Escape);
  await app.sees('story-rehearse');
});

step('a rehearsal left unfinished is begun anew by typing, asked back, scored and graded', async () => {
  await app.click('story-rehearse');
  await app.sees('rehearsal-go-on');
  await app.click('rehearsal-start-again');
  await app.click('rehearsal-typed');
  await app.click('rehearsal-start');
  await app.sees('rehearsal-words');
  await app.fill('rehearsal-words', 'It was two in the morning. I read the logs and rolled back.');
  await app.click('rehearsal-told');
  await app.sees('rehearsal-to-probes');
  await app.click('rehearsal-to-probes');
  await app.sees('probe-0');
  await app.fill('probe-0', 'Because rolling back was quicker.');
  // One after the other, three in all.
  while (await app.has('rehearsal-next-probe')) await app.click('rehearsal-next-probe');
  await app.sees('probe-2');
  await app.click('rehearsal-to-scores');
  await app.sees('rubric-action-3');
  await app.click('rubric-action-3');
  await app.click('rubric-result-2');
  await app.click('rehearsal-finish');
  await app.sees('grade-good');
  await app.click('grade-good');
  await app.sees('story-rehearse');
  await app.click('story-back');
  await app.choose('stories-tab', 'list');
  await until('told once', async () => /told once/.test(await app.text('story-row')));
});

step('a mock loop of two rounds asks its first question', async () => {
  await app.go('mock');
  await app.sees('mock-start');
  await app.choose('mock-rounds', '2');
  await app.fill('mock-seed', '7');
  await app.click('mock-start');
  await app.sees('mock-question');
});

step('the program ends in the middle of an answer, and the loop waits with its words', async () => {
  await app.sees('mock-words');
  await app.fill('mock-words', 'It began on a Friday');
  await sleep(1800);
  await app.close();
  app = await App.open(place, { language: 'en' });
  await app.go('mock');
  await app.click('mock-resume');
  await app.sees('mock-words');
  const words = () => app.session.run((css) => document.querySelector(css).value, at('mock-words'));
  await until('the words typed before', async () => (await words()) === 'It began on a Friday');
});

step('two rounds are answered and scored', async () => {
  for (let round = 0; round < 2; round++) await goThroughRound(app, 'I looked at 3 logs for 2 hours');
});

step('the candidate asks, and the debrief holds words and marks', async () => {
  await app.fill('mock-own', 'How is a good first year measured?');
  await app.click('mock-end');
  await app.sees('mock-debrief');
  const words = await says('mock-debrief');
  assert.match(words, /I looked at 3 logs/);
  assert.match(words, /How is a good first year measured\?/);
  await app.click('mock-back');
  await app.sees('mock-row');
});
