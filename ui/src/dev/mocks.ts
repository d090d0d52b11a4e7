/**
 * Mock loops that are made up, one at whatever stage the page's address asks for: `mock=asking`, `probes`, `technical`,
 * `terms`, `scoring`, `own`, `debrief`; `spoken=1` for one that is recorded, `list=1` for the page before it. Loops go on
 * as the core's would.
 */
import type * as api from '../lib/api/types';
import { items, outline } from './bank';
import { rehearsalOf } from './builders';
import { DAY, FIGURES, NOW, SCORES, scores, side, WORDS } from './mocks-data';

const STAGES = ['asking', 'probes', 'technical', 'terms', 'scoring', 'own', 'debrief'] as const;
type Stage = (typeof STAGES)[number];
type Handlers = Record<string, (args: never) => unknown>;

const prompt = items.find(({ question_kind }) => question_kind === null) ?? items[0]!;
const questions = items.filter(({ question_kind }) => question_kind !== null);
const question = (slug: string): api.ItemView =>
  questions.find(({ item }) => item.id.endsWith(slug)) ?? questions[0]!;
const dns: api.ItemView = {
  ...question('nxdomain-servfail-or-timeout'),
  term_probes: [
    { term: 'NS', item: question('five-record-types').item },
    { term: 'getent', item: question('resolve-like-an-application').item },
  ],
};
const views = [...items.filter((view) => view.item.id !== dns.item.id), dns];
const viewOf = (item: api.ItemRef) => views.find((view) => view.item.id === item.id) ?? prompt;

interface Kept {
  page: api.MockPage;
  ended: boolean;
  answers: api.RehearsalPage[];
}

/** The handlers of mock loops. `others` answer for rehearsals that belong to no loop. */
export function mockHandlers(query: URLSearchParams, empty: boolean, others: Handlers): Handlers {
  const wanted = STAGES.find((stage) => stage === query.get('mock'));
  const kept: Kept[] = [];
  let numbers = 1000;

  const find = (number: number) => kept.find(({ page }) => page.number === number) ?? kept[0]!;
  const answerOf = (number: number) =>
    kept.flatMap(({ answers }) => answers).find((answer) => answer.number === number);

  function meanOf(all: readonly api.RehearsalPage[]) {
    const values = all.flatMap(({ account }) => Object.values(account.scores).map(({ value }) => value));
    return values.length === 0 ? null : values.reduce<number>((a, b) => a + b, 0) / values.length;
  }

  function share(answer: api.RehearsalPage): number | null {
    const points = viewOf(answer.item).faces.en?.key_points ?? [];
    const weight = (of: typeof points) => of.reduce((sum, point) => sum + point.weight, 0);
    if (points.length === 0) return null;
    return weight(points.filter(({ id }) => answer.account.ticked.includes(id))) / weight(points);
  }

  function row({ page, answers }: Kept): api.MockRow {
    const dimensions = outline.rubric.flatMap(({ id }) => {
      const of = answers.flatMap(({ account }) => account.scores[id]?.value ?? []);
      return of.length === 0 ? [] : [[id, of.reduce((a, b) => a + b, 0) / of.length] as const];
    });
    const shares = answers
      .filter((answer) => page.rounds.find(asked(answer.number))?.scored)
      .flatMap((answer) => share(answer) ?? []);
    return {
      number: page.number,
      seed: page.seed,
      started_at_ms: page.started_at_ms,
      rounds: page.rounds.length,
      scored: page.rounds.filter(({ scored }) => scored).length,
      mean: meanOf(answers),
      dimensions: Object.fromEntries(dimensions),
      technical: shares.length === 0 ? null : shares.reduce((a, b) => a + b, 0) / shares.length,
    };
  }

  const asked = (number: number) => (round: api.MockRound) =>
    round.questions.some(({ answer }) => answer === number);

  function mockAnswer({ page }: Kept, answer: api.RehearsalPage): api.MockAnswer {
    const round = page.rounds.findIndex(asked(answer.number));
    const question = page.rounds[round]?.questions.find((one) => one.answer === answer.number);
    return {
      round,
      view: viewOf(answer.item),
      language: answer.account.language,
      term: question?.term ?? null,
      answer: structuredClone(answer),
      share: share(answer),
    };
  }

  const past: api.MockRow[] = empty
    ? []
    : [
        { seed: 4711, days: 3, mean: 2.4, technical: 0.58, scored: 4, lift: 0.1 },
        { seed: 42, days: 9, mean: 2.1, technical: 0.49, scored: 4, lift: -0.2 },
        { seed: 7, days: 16, mean: 1.8, technical: 0.44, scored: 3, lift: -0.5 },
      ].map(({ days, lift, ...figures }, i) => ({
        ...figures,
        number: 90 - i,
        started_at_ms: NOW - days * DAY,
        rounds: 4,
        dimensions: Object.fromEntries(Object.entries(SCORES[0]).map(([id, value]) => [id, value + lift])),
      }));

  function stage(loop: Kept): api.MockStage {
    const { page, answers } = loop;
    if (loop.ended) {
      return {
        name: 'debrief',
        answers: answers.filter(({ ended }) => ended).map((answer) => mockAnswer(loop, answer)),
        means: row(loop),
        before: past.filter(({ number }) => number !== page.number),
        told_too_often:
          answers.length < 5 ? [] : [{ en: 'The night the DNS broke', 'zh-TW': 'DNS出問題的那一夜' }],
      };
    }
    const round = page.rounds.findIndex(({ scored }) => !scored);
    if (round < 0) return { name: 'own_questions' };
    const of = answers.filter(({ number }) => page.rounds.findIndex(asked(number)) === round);
    const open = of.find(({ ended }) => !ended);
    if (open) return { name: 'asking', round, question: mockAnswer(loop, open) };
    const stories: api.StoryChoice[] = [
      {
        id: 'mei-1',
        title: { en: 'The night the DNS broke', 'zh-TW': 'DNS出問題的那一夜' },
        strength: 'strong',
      },
      {
        id: 'mei-2',
        title: { en: 'A customer who wanted to leave', 'zh-TW': '想離開的客戶' },
        strength: null,
      },
    ];
    return { name: 'scoring', round, answers: of.map((answer) => mockAnswer(loop, answer)), stories };
  }

  /** Begins the answer to the first question without one, unless its round waits for scores. */
  function askNext(loop: Kept): api.MockPage {
    const round = loop.page.rounds.find(({ scored }) => !scored);
    const next = round?.questions.find(({ answer }) => answer === null);
    if (round && next) {
      next.answer = ++numbers;
      const account = {
        manner: loop.page.manner,
        language: round.language,
        probes: structuredClone(next.probes),
      };
      loop.answers.push(rehearsalOf(account, { number: numbers, item: next.item, started_at_ms: NOW }));
    }
    loop.page.stage = stage(loop);
    return structuredClone(loop.page);
  }

  function begin(wish: api.MockWish): Kept {
    const probes = outline.probes.map(({ text, about }) => ({ text, about, words: '', at_ms: null }));
    const ask = (item: api.ItemRef, some: api.ProbeAnswer[] = []): api.Asked => ({
      item,
      term: null,
      probes: some,
      answer: null,
    });
    const seats = [
      { name: '', raiser: false, principles: ['dive-deep', 'customer-obsession'], area: 'networking' },
      { name: 'Hiring manager', raiser: false, principles: ['ownership', 'bias-for-action'], area: 'linux' },
      { name: '', raiser: true, principles: ['earn-trust', 'deliver-results'], area: '' },
      { name: '', raiser: false, principles: ['frugality', 'think-big'], area: 'networking' },
    ];
    const technical = [[dns.item], [questions[0]!.item], [], [question('usable-in-vpc-subnet').item]];
    const loop: Kept = {
      ended: false,
      answers: [],
      page: {
        number: 100 + kept.length,
        seed: wish.seed,
        manner: wish.manner,
        started_at_ms: NOW,
        rounds: wish.languages.map((language, i) => {
          const seat = seats[i % seats.length]!;
          return {
            interviewer: seat.name,
            bar_raiser: seat.raiser,
            language,
            principles: seat.principles,
            area: seat.area,
            minutes: 30,
            questions: [
              ask(prompt.item, structuredClone(probes.slice(0, seat.raiser ? 4 : 2))),
              ...(technical[i % technical.length] ?? []).map((item) => ask(item)),
            ],
            scored: false,
          };
        }),
        own_questions: '',
        stage: { name: 'own_questions' },
      },
    };
    kept.unshift(loop);
    askNext(loop);
    return loop;
  }

  const open = (loop: Kept) => loop.answers.find(({ ended }) => !ended);

  /** Fills in what a learner would have said. */
  function answer(loop: Kept): api.RehearsalPage | undefined {
    const now = open(loop);
    if (!now) return undefined;
    const story = viewOf(now.item).question_kind === null;
    const { account } = now;
    account.words = WORDS[story ? 'story' : 'technical'][side(account.language)];
    account.told_ms = story ? 161_000 : 74_000;
    if (story) account.marks_ms = [22_000, 41_000, 118_000, 146_000];
    return now;
  }

  function next(loop: Kept): void {
    const now = answer(loop);
    if (!now) return;
    for (const [i, probe] of now.account.probes.entries()) {
      if (i === 0) probe.words = WORDS.probe[side(now.account.language)];
    }
    if (viewOf(now.item).question_kind === null) now.story = 'mei-1';
    if (now.account.manner === 'spoken') Object.assign(now, { recording_bytes: 2_600_000, figures: FIGURES });
    now.ended = true;
    askNext(loop);
  }

  function score(loop: Kept): void {
    const round = loop.page.rounds.find(({ scored }) => !scored);
    if (!round) return;
    for (const [i, { item, answer: number }] of round.questions.entries()) {
      const told = loop.answers.find((one) => one.number === number);
      if (!told) continue;
      const { account } = told;
      const points = viewOf(item).faces.en?.key_points ?? [];
      if (points.length === 0) account.scores = scores(loop.page.rounds.indexOf(round) + i, account.language);
      else account.ticked = points.filter((_, j) => j % 3 !== 2).map(({ id }) => id);
    }
    round.scored = true;
    askNext(loop);
  }

  /** A loop brought to a stage. */
  function bring(to: Stage): void {
    const content = (query.get('content') ?? query.get('lang') ?? 'en') as api.Language;
    const other: api.Language = content === 'en' ? 'zh-TW' : 'en';
    const manner = query.has('spoken') ? 'spoken' : 'typed';
    const loop = begin({ seed: 5120, languages: [content, content, other, content], manner });
    if (to === 'asking') return;
    if (to === 'probes') {
      const now = answer(loop);
      if (now?.account.probes[0]) now.account.probes[0].words = WORDS.probe[side(now.account.language)];
    }
    if (to === 'technical' || to === 'terms') next(loop);
    if (to === 'terms') {
      answer(loop);
      handlers.mock_next?.({ ...args(loop), said: [] } as never);
    }
    if (to === 'scoring') while (open(loop)) next(loop);
    if (to === 'own' || to === 'debrief') {
      while (loop.page.rounds.some(({ scored }) => !scored)) {
        while (open(loop)) next(loop);
        score(loop);
      }
    }
    if (to === 'debrief') {
      loop.page.own_questions =
        'Which cases took longest last week, and why?\nWhat is a good first half year here?';
      loop.ended = true;
    }
    loop.page.stage = stage(loop);
  }

  const args = (loop: Kept) => ({
    number: loop.page.number,
    answer: open(loop)?.number ?? 0,
    account: open(loop)?.account,
  });

  function keep({
    number,
    story,
    account,
  }: {
    number: number;
    story: api.StoryId | null;
    account: api.Account;
  }) {
    const answer = answerOf(number);
    if (answer) Object.assign(answer, { story, account: structuredClone(account), mean: meanOf([answer]) });
    return answer;
  }
  const either =
    <A extends { number: number }>(command: string, mine: (args: A) => unknown) =>
    (args: A) =>
      answerOf(args.number) ? mine(args) : others[command]?.(args as never);

  const handlers: Handlers = {
    mock_list: (): api.MocksPage => ({
      open: kept.filter(({ ended }) => !ended).map(row)[0] ?? null,
      past: [...kept.filter(({ ended }) => ended).map(row), ...past],
      panel_size: empty ? 0 : 4,
      seed: 8126,
    }),
    mock_start: ({ wish }: { wish: api.MockWish }) => structuredClone(begin(wish).page),
    mock_show: ({ number }: { number: number }) => {
      const loop = find(number);
      loop.page.stage = stage(loop);
      return structuredClone(loop.page);
    },
    mock_next: ({
      number,
      answer: told,
      account,
      said,
    }: {
      number: number;
      answer: number;
      account: api.Account;
      said: string[];
    }) => {
      const loop = find(number);
      const answer = keep({ number: told, story: null, account });
      if (answer) {
        answer.ended = true;
        const probe = viewOf(answer.item).term_probes.find(
          ({ term }) => said.includes(term) || account.words.includes(term),
        );
        const round = loop.page.rounds.find(asked(told));
        const at = round?.questions.findIndex((one) => one.answer === told) ?? 0;
        if (probe) {
          round?.questions.splice(at + 1, 0, {
            item: probe.item,
            term: probe.term,
            probes: [],
            answer: null,
          });
        }
      }
      return askNext(loop);
    },
    mock_score: ({
      number,
      round,
      answers,
    }: {
      number: number;
      round: number;
      answers: api.ScoredAnswer[];
    }) => {
      const loop = find(number);
      for (const { number, story, scores, ticked } of answers) {
        const answer = answerOf(number);
        if (answer) keep({ number, story, account: { ...answer.account, scores, ticked } });
      }
      const scored = loop.page.rounds[round];
      if (scored) scored.scored = true;
      return askNext(loop);
    },
    mock_own_questions: ({ number, words, end }: { number: number; words: string; end: boolean }) => {
      const loop = find(number);
      loop.page.own_questions = words;
      loop.ended ||= end;
      return askNext(loop);
    },
    mock_stop: ({ number }: { number: number }) => {
      const loop = find(number);
      loop.ended = true;
      return askNext(loop);
    },
    mock_delete: ({ number }: { number: number }) => {
      const at = past.findIndex((row) => row.number === number);
      if (at >= 0) past.splice(at, 1);
      const mine = kept.findIndex(({ page }) => page.number === number);
      if (mine >= 0) kept.splice(mine, 1);
      return null;
    },
    rehearsal_show: either('rehearsal_show', ({ number }) => answerOf(number)),
    rehearsal_keep: either('rehearsal_keep', (args: Parameters<typeof keep>[0]) => keep(args) && null),
    rehearsal_told: either('rehearsal_told', (args: Parameters<typeof keep>[0]) =>
      structuredClone(keep(args)),
    ),
    rehearsal_finish: either('rehearsal_finish', (args: Parameters<typeof keep>[0]) => {
      const answer = keep(args);
      if (answer) answer.ended = true;
      return structuredClone(answer);
    }),
  };
  if (wanted) bring(wanted);
  return handlers;
}
