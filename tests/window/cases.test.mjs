// Drills and incidents in the released window: a drill answered with a slip, wrong and right; a case looked at by its
// seed; an incident played from the customer's words to the debrief, with the program ended in the middle. Run by
// `cargo xtask window cases`.

import assert from 'node:assert/strict';
import test from 'node:test';
import { App, at, folder, story as steps } from './app.mjs';
import { Key, until } from './webdriver.mjs';

const place = folder();
let app;
const step = steps('cases', () => app);
test.after(() => app?.close());

/** D01 at level 1 by the seed 48213, worked out by Python's ipaddress. */
const CASE = { seed: '48213' };

/** What a learner types: the network, the last address and the count of a prompt such as `10.1.2.3/20`. */
function solve(prompt) {
  const [, address, prefix] = prompt.match(/(\d+\.\d+\.\d+\.\d+)\/(\d+)/);
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(prefix));
  const start = Math.floor(number / size) * size;
  const dotted = (n) => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.');
  const usable = /VPC/.test(prompt) ? size - 5 : size > 2 ? size - 2 : size;
  return [`${dotted(start)}/${prefix}`, dotted(start + size - 1), String(usable)];
}

step('the first start ends in a practice, and the rail leads to the drills', async () => {
  app = await App.open(place, { language: 'en' });
  await app.firstRun();
  await app.press(Key.Escape);
  await app.go('drills');
  await app.sees('drill-D01');
});

step('a slip is asked for again, and gives nothing away', async () => {
  await app.click('drill-start-D01');
  await app.sees('typed-0');
  const answers = solve(await app.text('drill-prompt'));
  await app.fill('typed-0', answers[0]);
  await app.fill('typed-1', answers[1]);
  await app.fill('typed-2', 'abo');
  await app.click('drill-check');
  await until('the field that cannot be read', async () => (await app.attribute('typed-2', 'aria-invalid')) === 'true');
  assert.equal(await app.has('drill-steps'), false);
  await app.fill('typed-2', answers[2]);
});

step('right answers are judged by value, and the grade is proposed', async () => {
  await app.click('drill-check');
  await app.sees('drill-steps');
  for (const place of [0, 1, 2]) assert.equal(await app.attribute(`ask-${place}`, 'data-right'), 'true');
  assert.equal(await app.attribute('grade-good', 'data-proposed'), 'true');
  await app.click('grade-good');
  await app.sees('drill-D01');
  await until('the answer in the list', async () => /1 case answered/.test(await app.text('drill-D01')));
});

step('the next case has other numbers, and can be given up', async () => {
  await app.click('drill-start-D01');
  await app.sees('drill-prompt');
  await app.press(Key.Space);
  await app.sees('drill-steps');
  assert.equal(await app.attribute('grade-again', 'data-proposed'), 'true');
  await app.click('grade-again');
  await app.sees('drill-D01');
});

step('a case by its seed is the same every time, and is not graded', async () => {
  const prompts = [];
  for (let time = 0; time < 2; time++) {
    await app.fill('seed', CASE.seed);
    await app.click('seed-go');
    await app.sees('drill-prompt');
    prompts.push(await app.text('drill-prompt'));
    assert.match(await app.text('drill-case'), /D01 · level 1 · seed 48213/);
    await app.click('reveal');
    await app.sees('drill-steps');
    assert.equal(await app.has('grade-good'), false);
    await app.click('back');
    await app.sees('drill-D01');
  }
  assert.equal(prompts[0], prompts[1]);
});

step('an incident begins with the customer, and evidence costs minutes', async () => {
  await app.go('incidents');
  await app.sees('incident-I24');
  await app.click('incident-start-I24');
  await app.sees('incident-desk');
  assert.equal(await app.text('incident-clock'), '0:00');
  await app.click('check-container-log');
  await app.sees('evidence');
  await until('the clock', async () => (await app.text('incident-clock')) === '0:03');
  assert.match(await app.text('evidence'), /exec format error/);
  await app.click('check-manifest');
  await until('the manifests', async () => (await app.attribute('evidence', 'data-check')) === 'manifest');
  await app.fill('evidence-search', 'architecture');
  await until('only the lines searched for', async () => !/mediaType/.test(await app.text('evidence')));
});

step('the board is kept; the program ends in the middle, and the desk is as it was', async () => {
  await app.click('ruled-out-registry-access');
  await app.fill(
    'update',
    'No user is affected. We have confirmed that the image is for arm64. Next we will rebuild it; I write again at 14:30.',
  );
  for (const part of ['impact', 'known', 'next-step', 'next-time']) await app.click(`part-${part}`);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await app.close();
  app = await App.open(place, { language: 'en' });
  await app.sees('start-practice');
  await app.go('incidents');
  await app.click('incident-start-I24');
  await app.sees('incident-desk');
  assert.equal(await app.attribute('ruled-out-registry-access', 'aria-pressed'), 'true');
  assert.match(await app.session.run((css) => document.querySelector(css).value, at('update')), /arm64/);
  assert.equal(await app.text('incident-clock'), '0:07');
});

step('cause, restoring, update and debrief', async () => {
  await app.click('cause-image-architecture');
  await until('the cause', async () => (await app.attribute('cause-image-architecture', 'aria-pressed')) === 'true');
  await app.click('act-keep-old');
  await until('the outcome', async () => /works again/.test(await app.text('action-keep-old')));
  await app.click('act-rebuild');
  await app.click('send');
  for (const field of ['mechanism', 'owner', 'date']) await app.fill(`post-${field}`, field);
  await app.click('end');
  await app.click('end-sure');
  await app.sees('debrief');
  assert.ok(Number(await app.attribute('debrief', 'data-points')) >= 85);
  await app.fill('runbook', 'Read the first line of the log.');
  await app.click('keep-runbook');
  await app.click('grade-good');
  await app.sees('graded');
  await app.click('back');
  await until('the play in the list', async () => /best \d+ of 100 in 1 play/.test(await app.text('incident-I24')));
  assert.match(await app.text('incident-I24'), /runbook/);
  await app.hasNoErrors();
});
