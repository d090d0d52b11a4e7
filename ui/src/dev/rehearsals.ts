/**
 * Rehearsals that are made up: two past ones of every item, and a microphone that hears a hum. `rehearsal=open` has one
 * that was left; `microphone=none` has no microphone; `recordings=full` has no room left.
 */
import type * as api from '../lib/api/types';
import { meanOf, weakestOf } from '../lib/rehearsal';
import { outline } from './bank';
import { accountOf, rehearsalOf } from './builders';

type Handlers = Record<string, (args: never) => unknown>;

const NOW = Date.UTC(2026, 10, 21, 9, 30);
const DAY = 86_400_000;

const TOLD = {
  en: 'In March 2025 I was on call for a payment service when one checkout in twenty began to fail at two in the morning. I owned finding the cause before the shops opened at eight. I stopped restarting, sorted an hour of logs by node and saw that all failures came from three of forty nodes. With dig I counted 48 timeouts in a thousand on one of them and none on a healthy node, and a packet capture showed two questions leaving from one port and one answer coming back. I put a cache on each node. Timeouts went to none, failed checkouts from 5 % to 0.1 %. I restart later now.',
  'zh-TW':
    '2025年3月，我值班負責付款服務，凌晨兩點，每二十次結帳就有一次失敗。我要在早上八點商店開門前找出原因。我不再重新啟動，把一小時的日誌依節點排序，發現全部來自四十個節點裡的三個。用dig執行一千次，有48次逾時，正常的節點一次也沒有；擷取封包看到兩個查詢同時送出，卻只有一個回來。我在每個節點放了快取，逾時降到零，失敗率從5%降到0.1%。現在我會晚一點才重新啟動。',
};

const FIGURES: api.Figures = {
  speech_ms: 154_200,
  pauses: 21,
  paused_ms: 14_300,
  longest_pause_ms: 2_400,
  longest_pause_at_ms: 63_200,
  syllables_per_minute: 212,
};

function shapeOf({ marks_ms, told_ms }: api.Account): api.Shape | null {
  const [, action, result] = marks_ms;
  if (action === undefined || result === undefined || told_ms === 0) return null;
  const opening = Math.floor((100 * action) / told_ms);
  const acted = Math.floor((100 * (result - action)) / told_ms);
  return { opening, action: acted, ending: 100 - opening - acted };
}

function weakOf(account: api.Account): api.Weak[] {
  const shape = shapeOf(account);
  const weak: api.Weak[] = [];
  if (shape && shape.action < 50)
    weak.push({ dimension: 'action', reason: { code: 'short_action', percent: shape.action } });
  if (shape && shape.ending < 15)
    weak.push({ dimension: 'result', reason: { code: 'short_ending', percent: shape.ending } });
  if (shape && shape.opening > 30)
    weak.push({ dimension: 'situation', reason: { code: 'long_opening', percent: shape.opening } });
  const numbers = account.words.match(/\d+/g)?.length ?? 0;
  if (account.words.trim() && numbers < 2 && !weak.some(({ dimension }) => dimension === 'result'))
    weak.push({ dimension: 'result', reason: { code: 'few_numbers', found: numbers } });
  weak.push({ dimension: 'reflection', reason: { code: 'low_score', value: 2 } });
  return weak;
}

/** A second of hum and half a second of silence in turns, as a WAV file. */
function hum(seconds: number): ArrayBuffer {
  const rate = 8_000;
  const data = new DataView(new ArrayBuffer(44 + seconds * rate * 2));
  const text = (at: number, word: string) =>
    [...word].forEach((letter, i) => data.setUint8(at + i, letter.charCodeAt(0)));
  text(0, 'RIFF');
  data.setUint32(4, data.byteLength - 8, true);
  text(8, 'WAVEfmt ');
  data.setUint32(16, 16, true);
  data.setUint16(20, 1, true);
  data.setUint16(22, 1, true);
  data.setUint32(24, rate, true);
  data.setUint32(28, rate * 2, true);
  data.setUint16(32, 2, true);
  data.setUint16(34, 16, true);
  text(36, 'data');
  data.setUint32(40, seconds * rate * 2, true);
  for (let i = 0; i < seconds * rate; i++) {
    const heard = (i / rate) % 1.5 < 1;
    data.setInt16(44 + 2 * i, heard ? 6_000 * Math.sin((i / rate) * 2 * Math.PI * 180) : 0, true);
  }
  return data.buffer as ArrayBuffer;
}

/** A story as an item: its own text is the answer. */
function storyView(item: api.ItemRef, story: api.Story): api.ItemView {
  const face = (telling: api.Telling, asked: string): api.Face => ({
    prompt: [{ type: 'paragraph', inlines: [{ type: 'text', text: asked }] }],
    answer: [telling.situation, telling.task, telling.action, telling.result, telling.lesson]
      .filter(Boolean)
      .map((text) => ({ type: 'paragraph', inlines: [{ type: 'text', text }] })),
    say_it: [],
    key_points: [],
    mistakes: [],
    probes: [],
    looks_for: [],
    red_flags: [],
    principle: null,
  });
  return {
    item,
    revision: 1,
    domain: 'leadership-principles',
    topic: Object.keys(story.principles)[0] ?? 'ownership',
    depth: 1,
    freq: 'core',
    seconds: 150,
    status: 'draft',
    question_kind: null,
    volatility: null,
    as_of: null,
    evidence: [],
    accept: [],
    references: [],
    see_also: [],
    term_probes: [],
    faces: {
      en: face(story.english, `Tell this story: “${story.english.title}”`),
      'zh-TW': face(story.chinese, `請說出這個故事：「${story.chinese.title}」`),
    },
  };
}

export function rehearsalHandlers(
  empty: boolean,
  card: (item: api.ItemRef) => api.Card,
  stories: Handlers,
): Handlers {
  const query = new URLSearchParams(location.search);
  const kept: api.RehearsalPage[] = [];
  let recorder: api.RecorderState = { number: null, length_ms: 0, level: 0, fault: null };
  let since = 0;
  const lengths = new Map<number, number>();

  function add(item: api.ItemRef, account: api.Account, agoDays: number): api.RehearsalPage {
    const page = rehearsalOf(account, {
      number: kept.length + 1,
      item,
      story: item.kind === 'story' ? item.id : null,
      started_at_ms: NOW - agoDays * DAY,
    });
    kept.unshift(page);
    return page;
  }

  /** Fills in what the core computes. */
  function computed(page: api.RehearsalPage): api.RehearsalPage {
    const mean = meanOf(page.account.scores);
    const grades = ['again', 'hard', 'good', 'easy'] as const;
    Object.assign(page, {
      shape: shapeOf(page.account),
      figures: page.recording_bytes === null ? page.figures : FIGURES,
      weak: weakOf(page.account),
      mean,
      weakest: weakestOf(page.account.scores),
      proposed: mean === null ? null : (grades[Math.min(3, Math.round(mean) - 1)] ?? null),
    });
    return structuredClone(page);
  }

  const probes = (): api.ProbeAnswer[] =>
    [1, 4, 5].flatMap((i) => {
      const probe = outline.probes[i];
      return probe ? [{ ...probe, words: '', at_ms: null }] : [];
    });

  /** What a learner did with an item before: once aloud, once in writing. */
  function seed(item: api.ItemRef): void {
    if (empty || kept.some((page) => page.item.id === item.id)) return;
    const told = (manner: api.Manner, language: 'en' | 'zh-TW', low: number) =>
      accountOf({
        manner,
        language,
        words: manner === 'typed' ? TOLD[language] : '',
        marks_ms: [20_000, 41_000, 118_000, 146_000],
        told_ms: 161_000,
        probes: probes().map((probe, i) => ({
          ...probe,
          words: i === 0 && manner === 'typed' ? TOLD[language].slice(-24) : '',
          at_ms: manner === 'spoken' ? 165_000 + i * 31_000 : null,
        })),
        scores: Object.fromEntries(
          outline.rubric.map(({ id }, i) => [
            id,
            { value: i === low || i === 4 ? 2 : 3, because: i === 3 ? '5 % → 0.1 %' : '', at_ms: null },
          ]),
        ),
      });
    const first = add(item, told('typed', 'zh-TW', 3), 9);
    const second = add(item, told('spoken', 'en', 6), 3);
    second.recording_bytes = 6_180_000;
    for (const page of [first, second]) {
      page.ended = true;
      computed(page);
    }
    if (query.get('rehearsal') === 'open') {
      add(item, accountOf({ words: TOLD.en.slice(0, 240), told_ms: 52_000 }), 1);
    }
  }

  const find = (number: number) => {
    const page = kept.find((page) => page.number === number);
    if (!page) throw { code: 'no_such_item', message: '', params: { item: `rehearsal ${number}` } };
    return page;
  };

  const recordings = (): api.Recordings => {
    const rows = kept.flatMap((page) =>
      page.recording_bytes === null
        ? []
        : [
            {
              number: page.number,
              title: {
                en: 'Tell me about a time you found the cause',
                'zh-TW': '請說一次你找出根本原因的經驗',
              },
              started_at_ms: page.started_at_ms,
              bytes: page.recording_bytes,
            },
          ],
    );
    return {
      used_bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
      limit_bytes: 500_000_000,
      rows,
    };
  };

  const heard = (): api.RecorderState => {
    if (recorder.number !== null) {
      const spent = performance.now() - since;
      recorder = {
        ...recorder,
        length_ms: Math.round((lengths.get(recorder.number) ?? 0) + spent),
        level: 0.02 + 0.08 * Math.abs(Math.sin(spent / 230)),
      };
    }
    return { ...recorder };
  };

  const keep = ({ number, story, account }: { number: number; story: string | null; account: api.Account }) =>
    Object.assign(find(number), { story, account: structuredClone(account) });

  return {
    rehearsal_desk: ({ item }: { item: api.ItemRef }): api.RehearsalDesk => {
      seed(item);
      const mine = kept.filter((page) => page.item.id === item.id);
      const page =
        item.kind === 'story' ? (stories.stories_open?.({ id: item.id } as never) as api.StoryPage) : null;
      const bank = stories.stories_show?.({} as never) as api.StoriesPage | undefined;
      const order = { strong: 0, clear: 1, weak: 2 };
      const choices = (bank?.stories ?? [])
        .map(({ id, title, principles }) => ({ id, title, strength: principles['dive-deep'] ?? null }))
        .sort((a, b) => (a.strength ? order[a.strength] : 3) - (b.strength ? order[b.strength] : 3));
      return structuredClone({
        card: page ? { ...card(item), view: storyView(item, page.story) } : card(item),
        open: mine[0] && !mine[0].ended ? computed(mine[0]) : null,
        past: mine.filter(({ ended }) => ended).map(computed),
        stories: item.kind === 'story' ? [] : choices,
        recordings: recordings(),
      });
    },
    rehearsal_begin: ({
      item,
      manner,
      language,
    }: {
      item: api.ItemRef;
      manner: api.Manner;
      language: api.Language;
    }) => structuredClone(add(item, accountOf({ manner, language }), 0)),
    rehearsal_show: ({ number }: { number: number }) => computed(find(number)),
    rehearsal_keep: (args: Parameters<typeof keep>[0]) => {
      keep(args);
      return null;
    },
    rehearsal_told: (args: Parameters<typeof keep>[0]) => {
      const page = keep(args);
      if (page.account.probes.length === 0) page.account.probes = probes();
      return computed(page);
    },
    rehearsal_finish: (args: Parameters<typeof keep>[0]) => {
      const page = keep(args);
      page.ended = true;
      return computed(page);
    },
    rehearsal_delete: ({ number }: { number: number }) => {
      kept.splice(kept.indexOf(find(number)), 1);
      return null;
    },
    rehearsal_recordings: recordings,
    rehearsal_recording: () => hum(12),
    rehearsal_delete_recording: ({ number }: { number: number }) => {
      find(number).recording_bytes = null;
      return recordings();
    },
    recorder_start: ({ number }: { number: number }) => {
      if (query.get('microphone') === 'none')
        throw { code: 'no_microphone', message: '', params: { reason: 'there is none' } };
      if (query.get('recordings') === 'full')
        throw { code: 'recordings_full', message: '', params: { megabytes: '500' } };
      since = performance.now();
      recorder = { number, length_ms: lengths.get(number) ?? 0, level: 0, fault: null };
      const page = kept.find((page) => page.number === number);
      if (page) page.recording_bytes = 2_600_000;
      return heard();
    },
    recorder_show: heard,
    recorder_stop: () => {
      const state = heard();
      if (recorder.number !== null) lengths.set(recorder.number, state.length_ms);
      recorder = { ...state, number: null, level: 0 };
      return { ...recorder };
    },
  };
}
