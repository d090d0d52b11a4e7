// Going through a mock loop, question by question.

import { at } from './app.mjs';
import { until } from './webdriver.mjs';

/** Answers the question on the page and gives its item. */
export async function answerQuestion(app, words) {
  const item = await app.attribute('mock-question', 'data-item');
  await app.sees('mock-words');
  await app.fill('mock-words', words);
  if (await app.has('mock-told')) await app.click('mock-told');
  return item;
}

/** Ends the question, whatever is still asked back. */
export async function endQuestion(app, item) {
  await until('another question or the scores', async () => {
    if ((await app.has('mock-scored')) || (await app.attribute('mock-question', 'data-item')) !== item) return true;
    // What leads on may be gone by the time it is clicked: the page has moved on.
    await app.session.run(
      (probe, next) => (document.querySelector(probe) ?? document.querySelector(next))?.click(),
      at('mock-probe'),
      at('mock-next'),
    );
    return false;
  });
}

/** Answers and scores a round; the next one, or the candidate's own questions, stand there afterwards. */
export async function goThroughRound(app, words) {
  for (let i = 0; i < 12 && !(await app.has('mock-scored')); i++) {
    const item = await answerQuestion(app, `${words}, answer ${i}`);
    await endQuestion(app, item);
  }
  await app.sees('mock-scored');
  for (let i = 0; i < 12; i++) {
    if (await app.has('rubric-action-3')) await app.click('rubric-action-3');
    if (!(await app.has('mock-answer-next'))) break;
    await app.click('mock-answer-next');
  }
  await app.click('mock-score-next');
  await until('what comes next', async () => (await app.has('mock-question')) || (await app.has('mock-own')));
}
