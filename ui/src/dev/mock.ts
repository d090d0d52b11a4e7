/**
 * A core that makes its answers up, for looking at the page without one. `dev.html?lang=zh-TW&theme=dark` and
 *   new=1        nothing set up yet        empty=1   set up, nothing practised
 *   error=code   start fails so            done=1    the day's list is done
 *   rehearsal=open, microphone=none, recordings=full   rehearsals: see rehearsals.ts
 *   mock=stage   a mock loop at a stage: see mocks.ts; `mock` alone shows the page before one
 *   mentor=where the page about mentors: `mentors`, `learners`, or a learner's number; packet=code: see mentor.ts
 */
import { mockIPC } from '@tauri-apps/api/mocks';
import { addDays } from '../lib/format';
import type * as api from '../lib/api/types';
import { items, outline } from './bank';
import { figuresOf } from './builders';
import { mentorHandlers } from './mentor';
import { mockHandlers } from './mocks';
import { rehearsalHandlers } from './rehearsals';
import { shareHandlers } from './share';
import { storyHandlers } from './stories';

const query = new URLSearchParams(location.search);
const language = (query.get('lang') ?? 'en') as api.Language;
const isNew = query.has('new');
const empty = isNew || query.has('empty');
const TODAY = '2026-11-21';

let settings: api.Settings = {
  set_up: !isNew,
  interface_language: language,
  content_language: (query.get('content') ?? language) as api.Language,
  theme: (query.get('theme') ?? 'light') as api.Theme,
  track: 'csa',
  minutes_per_day: 30,
  weekday_minutes: [null, null, null, null, null, 60, 15],
  holidays: 'TW',
  goal: 0.8,
  desired_retention: 0.9,
};
let rounds: api.Round[] = isNew
  ? []
  : [
      {
        name: language === 'en' ? 'Phone screen' : '電話面試',
        date: addDays(TODAY, 12),
        time: '10:00',
        zone: 'Asia/Taipei',
        focus: { domains: {}, kinds: {} },
      },
      {
        name: '',
        date: addDays(TODAY, 26),
        time: null,
        zone: null,
        focus: { domains: {}, kinds: {} },
      },
    ];
const queue = items.map((view) => view.item);
const graded: api.ItemRef[] = query.has('done') ? queue.splice(0) : [];
let answers = query.has('done') ? 14 : 0;

const view = (ref: api.ItemRef) => items.find(({ item }) => item.id === ref.id) ?? items[0]!;
const wave = (i: number, most: number) =>
  Math.max(0, Math.round(most * (0.55 + 0.45 * Math.sin(i * 1.7) - (i % 7 === 5 ? 0.6 : 0))));

function card(ref: api.ItemRef): api.Card {
  const known = items.indexOf(view(ref)) % 2 === 1;
  const days = known ? [0, 4, 9, 21] : [0, 2, 5, 74];
  return {
    view: view(ref),
    is_new: !known,
    predicted_recall: known ? 0.83 : null,
    choices: (['again', 'hard', 'good', 'easy'] as const).map((grade, i) => ({
      grade,
      interval_days: days[i] ?? 0,
      interval_minutes: i === 0 ? 10 : 0,
    })),
    drill: null,
  };
}

function practice(ref: api.ItemRef | undefined): api.Practice {
  return {
    card: ref ? card(ref) : null,
    left: queue.length,
    answers_done: answers,
    seconds_done: answers * 118,
    minutes_planned: settings.minutes_per_day,
    can_undo: graded.length > 0,
  };
}

function memory(i: number): api.MemoryView | null {
  if (empty || i % 3 === 0) return null;
  return {
    recall: 0.93 - (i % 5) * 0.06,
    stability_days: 9,
    difficulty: 5,
    due_in_days: ((i * 3) % 8) - 1,
    answers: 4,
    lapses: 1,
  };
}

const group = (n: number, seconds: number, domains: [string, number][]): api.Group => ({
  items: n,
  seconds,
  domains: domains.map(([domain, items]) => ({ domain, items })),
});

const stories = storyHandlers(empty, TODAY);
const sharing = shareHandlers(empty, language, stories);
const sharePage = sharing.share_show as () => api.SharePage;
const handlers: Record<string, (args: never) => unknown> = {
  ...stories,
  ...sharing,
  ...rehearsalHandlers(empty, card, stories),
  start_show: (): api.Start => {
    const code = query.get('error');
    if (code) {
      const path = '/home/mei/.local/share/divedeep/divedeep.db';
      throw {
        code,
        message: code,
        params: { path, reason: 'file is not a database', found: '7', supported: '3', from: '2' },
      };
    }
    return { settings, rounds, outline, notices: [], today: TODAY };
  },
  today_show: (): api.Today => ({
    date: TODAY,
    next_round: rounds[0] ? { round: rounds[0], days_left: 12 } : null,
    minutes_planned: settings.minutes_per_day,
    seconds_done: answers * 118,
    answers_done: answers,
    reviews:
      empty || query.has('done')
        ? group(0, 0, [])
        : group(14, 1140, [
            ['linux', 6],
            ['networking', 5],
            ['leadership-principles', 3],
          ]),
    new: query.has('done')
      ? group(0, 0, [])
      : group(7, 660, [
          ['networking', 3],
          ['aws-core', 2],
          ['linux', 1],
          ['security-tls', 1],
          ['devops', 1],
        ]),
    reviews_left_out: empty ? 0 : 5,
    unseen: empty ? 431 : 312,
    can_calibrate: empty,
    in_track: 431,
    assignments: sharePage().assignments.filter(({ done }) => !done),
    unread_comments: sharePage().comments.filter(({ read }) => !read).length,
    notices: query.has('over') ? [{ code: 'rounds_over', last_round: '2026-11-19' }] : [],
  }),
  plan_show: ({ wish }: { wish: api.PlanWish }): api.PlanPage => {
    const a_day = wish.minutes_per_day ?? settings.minutes_per_day;
    const off = wish.days.filter(({ kind }) => kind === 'off').length;
    const known = rounds[0]
      ? Array.from({ length: 13 }, (_, i) => {
          const share = 0.31 + ((0.5 * i) / 12) * Math.min(1, a_day / 60) - 0.01 * off;
          return { date: addDays(TODAY, i), known: share, low: share - 0.004 * i, high: share + 0.004 * i };
        })
      : [];
    const last = known.at(-1);
    const text = (item: api.ItemRef) => {
      const words = item.id.replaceAll(/[/-]/g, ' ');
      return { en: words, 'zh-TW': words };
    };
    return {
      minutes_per_day: a_day,
      days_left: 12,
      calendar: Array.from({ length: 18 }, (_, i) => ({
        date: addDays(TODAY, i - 5),
        minutes: wish.days.find(({ date }) => date === addDays(TODAY, i - 5))?.kind === 'off' ? 0 : a_day,
        seconds_done: i < 5 ? 60 * (i === 3 ? 0 : 22 + i) : i === 5 ? 480 : 0,
        kind: wish.days.find(({ date }) => date === addDays(TODAY, i - 5))?.kind ?? null,
        holiday: i === 12 ? { en: 'Constitution Day', 'zh-TW': '行憲紀念日', 'zh-CN': '行宪纪念日' } : null,
      })),
      goal: settings.goal,
      reached: known.find((point) => point.known >= settings.goal)?.date ?? null,
      behind: empty ? null : { minutes_planned: 150, minutes_done: 94 },
      learnt: empty
        ? null
        : {
            date: addDays(TODAY, -1),
            evidence: {
              answers: 214,
              method: 'population',
              log_loss_before: 0.412,
              log_loss_after: 0.371,
              held_out: 43,
              held_out_before: 0.42,
              held_out_after: 0.391,
            },
          },
      known,
      rounds:
        rounds[0] && last ? [{ round: rounds[0], known: last.known, low: last.low, high: last.high }] : [],
      ten_more_minutes: 0.042,
      list: items.map(({ item, domain, seconds }, i) => ({
        item,
        prompt: text(item),
        domain,
        is_new: i % 2 === 0,
        weight: 3 - (i % 3),
        recall: i % 2 === 0 ? null : 0.82,
        gain: 0.002,
        seconds,
      })),
      dropped_count: 37,
      dropped_domains: [
        { domain: 'linux', items: 30 },
        { domain: 'networking', items: 7 },
      ],
      dropped: items.map(({ item, domain }) => ({
        item,
        prompt: text(item),
        domain,
        weight: 1,
        seconds: 90,
      })),
      items: 431,
    };
  },
  plan_minutes_for_goal: () => 45,
  plan_save_days: () => null,
  learning_start: (): api.LearningState => ({ running: null, ended: null }),
  learning_show: (): api.LearningState => ({ running: null, ended: null }),
  learning_cancel: (): api.LearningState => ({ running: null, ended: null }),
  browse_report: () => '/home/mei/.local/share/divedeep/reports/2026-11-21-linux-1.md',
  practice_next: () => practice(queue[0]),
  practice_more: () => practice(items[0]?.item),
  practice_open: ({ item }: { item: api.ItemRef }) => practice(item),
  practice_propose: ({ ticked }: { ticked: string[] }): api.Grade | null =>
    ticked.length === 0 ? null : ticked.length > 2 ? 'good' : 'hard',
  practice_grade: ({ answer }: { answer: api.Answer }) => {
    console.log('answer', JSON.stringify(answer));
    answers++;
    graded.push(answer.item);
    if (answer.session === 'browse') return practice(undefined);
    queue.shift();
    return practice(queue[0]);
  },
  practice_undo: () => {
    const last = graded.pop();
    if (last) queue.unshift(last);
    answers--;
    return practice(last);
  },
  browse_list: ({ filter }: { filter: api.BrowseFilter }): api.BrowsePage => {
    const rows = items
      .map((view, i): api.BrowseRow => ({
        item: view.item,
        domain: view.domain,
        topic: view.topic,
        depth: view.depth,
        question_kind: view.question_kind,
        freq: view.freq,
        status: view.status,
        prompt: {
          en: words(view.faces.en),
          'zh-TW': words(view.faces['zh-TW']),
        },
        in_track: view.depth < 3,
        memory: memory(i),
      }))
      .filter(
        (row) =>
          (filter.domain === null || row.domain === filter.domain) &&
          (filter.topic === null || row.topic === filter.topic) &&
          (filter.depth === null || row.depth === filter.depth) &&
          (!filter.in_track || row.in_track),
      );
    return { total: rows.length, rows: rows.slice(filter.offset, filter.offset + filter.limit) };
  },
  browse_show: ({ item }: { item: api.ItemRef }): api.BrowseItem => {
    const i = items.indexOf(view(item));
    const known = memory(i);
    return {
      view: view(item),
      in_track: view(item).depth < 3,
      memory: known,
      history: known
        ? [
            { date: '2026-11-18', grade: 'good', total_ms: 131_000, prompt_language: 'en', answer: null },
            {
              date: '2026-11-12',
              grade: 'hard',
              total_ms: 182_000,
              prompt_language: 'zh-TW',
              answer: '先看df與du的差額，再用lsof +L1找出還開著檔案的行程。',
            },
          ]
        : [],
    };
  },
  progress_show: (): api.Progress => ({
    answers: empty ? 0 : 486,
    items_seen: empty ? 0 : 131,
    in_track: 431,
    in_track_seen: empty ? 0 : 119,
    hours: 14.6,
    true_retention: 0.87,
    days: Array.from({ length: 60 }, (_, i) => {
      const items = empty || i < 18 ? 0 : wave(i, 22);
      return { date: addDays(TODAY, i - 59), items, seconds: items * 112 };
    }),
    forecast: Array.from({ length: 30 }, (_, i) => ({
      date: addDays(TODAY, i),
      items: empty ? 0 : wave(i + 2, i === 0 ? 19 : 11),
      seconds: 0,
    })),
    domains: outline.domains.map(({ id }, i) => ({
      domain: id,
      in_track: 62 - i * 4,
      seen: i > 7 ? 0 : 40 - i * 5,
      due: Math.max(0, 6 - i),
      recall: i > 7 ? null : 0.92 - i * 0.02,
      coverage: i > 7 ? 0 : (0.92 - i * 0.02) * ((40 - i * 5) / (62 - i * 4)),
    })),
  }),
  progress_figures: (): api.FiguresPage => figuresOf(),
  progress_save: ({ figure, numbers }: { figure: string; numbers: boolean }) =>
    `/home/mei/Documents/divedeep-${figure}.${numbers ? 'csv' : 'svg'}`,
  settings_show: (): api.SettingsPage => ({
    settings,
    rounds,
    data_dir: '/home/mei/.local/share/dev.divedeep.Divedeep',
    version: '0.1.0',
  }),
  settings_save: ({ settings: saved }: { settings: api.Settings }) => (settings = saved),
  settings_save_rounds: ({ rounds: saved }: { rounds: api.Round[] }) =>
    (rounds = [...saved].sort((a, b) => a.date.localeCompare(b.date))),
  settings_export: () => '/home/mei/Documents/divedeep-2026-11-21.jsonl',
  settings_open_data_folder: () => null,
};

function words(face: api.Face | undefined): string {
  return (face?.prompt ?? [])
    .flatMap((block) => (block.type === 'paragraph' ? block.inlines.map(({ text }) => text) : []))
    .join('');
}

// Their answers are rehearsals, too: what belongs to no loop goes on to the handlers above.
Object.assign(handlers, mockHandlers(query, empty, { ...handlers }));
Object.assign(handlers, mentorHandlers(query, empty, language, { ...handlers }));

mockIPC((command, args) => {
  const handler = handlers[command];
  if (!handler) throw { code: 'unexpected', message: command, params: {} };
  return handler(args as never);
});
