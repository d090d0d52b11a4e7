// How long a learner waits: from the start of the program to the day's page, to the first question, and from a grade to
// the next question painted. Medians of several starts. Run by `cargo xtask bench`.

import { App, at, folder } from './app.mjs';
import { Key } from './webdriver.mjs';

const STARTS = 7;
const ANSWERS = 5;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Clicks, and counts the milliseconds until an element is in the page, and until it is painted. */
function clickToPaint(app, button, wanted) {
  return app.session.run(
    (button, wanted) => {
      window.__painted = null;
      const start = performance.now();
      const look = () => {
        if (!document.querySelector(wanted)) return;
        watch.disconnect();
        const there = performance.now() - start;
        // The second frame begins when the first, which shows the element, is painted.
        requestAnimationFrame(() => {
          requestAnimationFrame(() => {
            window.__painted = { there, painted: performance.now() - start };
          });
        });
      };
      const watch = new MutationObserver(look);
      watch.observe(document.body, { childList: true, subtree: true, attributes: true });
      document.querySelector(button).click();
    },
    button,
    wanted,
  );
}

async function painted(app) {
  for (let tries = 0; tries < 500; tries++) {
    const value = await app.session.run(() => window.__painted);
    if (value !== null) return value;
  }
  throw new Error('nothing was painted');
}

const place = folder();
const first = await App.open(place);
await first.click('first-run-next');
await first.click('track-csa');
await first.click('first-run-next');
await first.click('has-date-no');
await first.click('first-run-next');
await first.click('first-run-next');
await first.item();
await first.press(Key.Escape);
await first.sees('start-practice');
await first.close();

const days = [];
const questions = [];
const firsts = [];
const nexts = [];
const theres = [];
for (let start = 0; start < STARTS; start++) {
  const before = Date.now();
  const app = await App.open(place);
  await app.sees('start-practice');
  const shown = await app.session.run(() => {
    const paint = performance.getEntriesByType('paint').find((entry) => entry.name === 'first-contentful-paint');
    return performance.timeOrigin + (paint ? paint.startTime : performance.now());
  });
  days.push(shown - before);
  await clickToPaint(app, at('start-practice'), at('prompt'));
  questions.push((await painted(app)).painted);
  for (let answer = 0; answer < ANSWERS; answer++) {
    await app.click('reveal');
    const item = await app.item();
    await clickToPaint(app, at('grade-good'), `${at('practice-card')}:not([data-item="${item}"]) ${at('prompt')}`);
    // The first one also draws each letter for the first time.
    const next = await painted(app);
    (answer === 0 ? firsts : nexts).push(next.painted);
    theres.push(next.there);
  }
  await app.close();
}
const row = (name, value) => console.log(`${name.padEnd(44)} ${value.toFixed(1).padStart(9)}`);
console.log(`\nmilliseconds, median of ${STARTS} starts of the window`);
row('start to the day painted (driver included)', median(days));
row('"Start" to the first question painted', median(questions));
row('start to the first question, in all', median(days.map((day, at) => day + questions[at])));
row('grade to the next question in the page', median(theres));
row('first grade to the next question painted', median(firsts));
row('later grade to the next question painted', median(nexts));
