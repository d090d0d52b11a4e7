/**
 * The mentor's side, made up: six learners, one of whom has sent nothing yet. `packet=code` is how opening a packet is
 * refused at first: unknown_sender, changed_key, packet_out_of_order, packet_forged; `packet=feedback` brings a mentor's.
 */
import type * as api from '../lib/api/types';
import { addDays } from '../lib/format';
import { outline } from './bank';
import { accountOf } from './builders';

type Handlers = Record<string, (args: never) => unknown>;

const NOW = Date.UTC(2026, 10, 21, 9, 30);
const DAY = 86_400_000;
const TODAY = '2026-11-21';
const WORDS = ['anchor', 'basil', 'copper', 'drift', 'ember', 'fable', 'grove', 'hollow'];

const contact = (number: number, name: string, more: Partial<api.Contact> = {}): api.Contact => ({
  number,
  role: 'learner',
  name,
  words: WORDS,
  compared: true,
  changed_key: false,
  ...more,
});

function cohortRows(): api.CohortRow[] {
  const row = (
    who: api.Contact,
    [readiness, trend, idle_days, weakest, interview, packets, waiting_days]: [
      number | null,
      number | null,
      number | null,
      string | null,
      number | null,
      number,
      number | null,
    ],
  ): api.CohortRow => ({
    contact: who,
    readiness,
    trend,
    idle_days,
    weakest,
    interview: interview === null ? null : addDays(TODAY, interview),
    packets,
    waiting_days,
  });
  return [
    row(contact(31, '陳美玲'), [0.58, 0.09, 1, 'networking', 12, 3, 3]),
    row(contact(32, 'Daniel Okafor', { compared: false }), [0.34, null, 0, 'linux', 26, 1, 1]),
    row(contact(33, '張家豪', { changed_key: true, compared: false }), [null, null, null, null, 5, 1, 0]),
    row(contact(34, 'Aiko Tanaka'), [0.81, 0.02, 2, 'aws-core', 3, 6, null]),
    row(contact(35, 'Priya Raghunathan'), [0.47, -0.05, 11, 'security-tls', null, 2, null]),
    row(contact(36, '林子晴'), [null, null, null, null, null, 0, null]),
  ];
}

export function mentorHandlers(
  query: URLSearchParams,
  empty: boolean,
  language: api.Language,
  sharing: Handlers,
): Handlers {
  const zh = language !== 'en';
  let rows = empty ? [] : cohortRows();
  const drafts: Record<number, api.Feedback> = {};
  const sent: Record<number, [number, api.Feedback][]> = {};
  const call = <T>(command: string, args: unknown) => sharing[command]?.(args as never) as T;
  const me = () => call<api.SharePage>('share_show', {}).me;
  const row = (learner: number) => rows.find((one) => one.contact.number === learner);
  let refusals = [query.get('packet')].filter((code) => code !== null && code !== 'feedback');

  function partsFor(learner: number): { parts: api.Parts; figures: api.FiguresPage | null } {
    const selection: api.Selection = {
      question: zh
        ? '我說故事時總是超過三分鐘。哪一段可以刪？另外，DNS的題目我一直記不住，該怎麼練？'
        : 'My stories run past three minutes. Which part can go? And DNS keeps slipping away: how should I practise it?',
      progress: true,
      answers: true,
      stories: ['mei-1', 'mei-2'],
      told: [1, 2],
      mocks: [90],
      plays: [2],
      recordings: [1],
      redact: true,
    };
    const { parts, figures } = call<api.SharePreview>('share_preview', { selection, language });
    const score = (value: number, because = ''): api.Score => ({ value, because, at_ms: null });
    const own = Object.fromEntries(
      outline.rubric.map(({ id }, i) => [
        id,
        score(
          [3, 2, 3, 4, 2, 3][i % 6] ?? 3,
          i === 1 ? (zh ? '沒有說清楚哪一段由我負責' : 'I did not say which part was mine') : '',
        ),
      ]),
    );
    const story = parts.stories[0]?.story;
    const told = zh ? story?.chinese : story?.english;
    return {
      parts: {
        ...parts,
        name: row(learner)?.contact.name ?? '',
        interview: row(learner)?.interview ?? null,
        told: parts.told.map((one) =>
          one.mock === null
            ? {
                ...one,
                account: accountOf({
                  language,
                  manner: one.recording ? 'spoken' : 'typed',
                  told_ms: 176_000,
                  marks_ms: [31_000, 52_000, 138_000],
                  words: told ? `${told.situation}\n\n${told.action}\n\n${told.result}` : '',
                  probes: [
                    {
                      text: {
                        en: 'How did you know that it was not the application?',
                        'zh-TW': '你怎麼知道不是應用程式的問題？',
                      },
                      about: null,
                      words: zh
                        ? '同一版程式在另外三十七個節點上都正常。'
                        : 'The same build ran without a fault on the other thirty-seven nodes.',
                      at_ms: null,
                    },
                  ],
                  scores: own,
                }),
              }
            : one,
        ),
        plays: parts.plays.map((play) => ({
          ...play,
          steps: [
            ...play.steps,
            {
              minute: 11,
              kind: 'check',
              words: { en: 'Ask for the deployment log', 'zh-TW': '查看部署紀錄' },
              outcome: 'idle',
            },
            {
              minute: 16,
              kind: 'cause',
              words: {
                en: 'Reads go to a replica that lags behind',
                'zh-TW': '讀取送到落後的複本',
              },
              outcome: 'good',
            },
            {
              minute: 19,
              kind: 'act',
              words: { en: 'Restart the primary', 'zh-TW': '重新啟動主要執行個體' },
              outcome: 'harm',
            },
            { minute: 24, kind: 'update', words: { en: '', 'zh-TW': '' }, outcome: 'plain' },
          ],
          update: zh
            ? '您好，訂單沒有遺失。讀取複本目前落後約90秒，所以畫面會短暫看不到新訂單。我們已把讀取改回主要執行個體，30分鐘內再向您更新。'
            : 'No order is lost. A read replica is about 90 seconds behind, so new orders are missing from the page for a while. We now read from the primary, and I will write again within 30 minutes.',
          post: {
            mechanism: zh ? '複本落後超過10秒就發出警示' : 'An alarm on replica lag above 10 seconds',
            owner: zh ? '資料庫團隊' : 'Database team',
            date: '2026-12-05',
          },
        })),
      },
      figures,
    };
  }

  const review = (learner: number): api.ReviewPage => {
    const who = row(learner);
    if (!who || who.packets === 0) throw { code: 'no_such_item', message: '', params: { item: 'packet' } };
    const { parts, figures } = partsFor(learner);
    const first = who.packets === 1;
    const forgotten = parts.items.slice(-1).map(({ item }) => item);
    const assignment: api.Assignment = {
      item: parts.items[0]?.item ?? null,
      title: parts.items[0]?.title ?? { en: '', 'zh-TW': '' },
      words: zh ? '先說要看什麼，再說為什麼。' : 'Say first what you look at, then why.',
      due: addDays(TODAY, -4),
    };
    const free: api.Assignment = {
      item: null,
      title: { en: '', 'zh-TW': '' },
      words: zh ? '找一位朋友聽你說兩個故事' : 'Tell two of your stories to a friend',
      due: addDays(TODAY, -2),
    };
    return {
      contact: who.contact,
      packet: 40 + learner,
      sequence: who.packets,
      asked_at_ms: NOW - (who.waiting_days ?? 6) * DAY,
      answered_at_ms: who.waiting_days === null ? NOW - 4 * DAY : null,
      parts,
      items: 131,
      figures,
      changes: first
        ? null
        : {
            since_ms: NOW - 12 * DAY,
            answers: 84,
            active_days: 9,
            readiness: [0.49, 0.58],
            retention: [0.81, 0.87],
            domains: [
              ['linux', 0.41, 0.62],
              ['networking', 0.38, 0.31],
              ['aws-core', 0.22, 0.29],
            ],
            stories: ['mei-1'],
            told: [1],
            mocks: [90],
            plays: [2],
            forgotten,
            assignments: [
              [assignment, true],
              [free, null],
            ],
          },
      draft: drafts[learner] ?? {
        name: '',
        review: '',
        seen_at_ms: 0,
        words: '',
        comments: [],
        assignments: [],
      },
      sent: [
        ...(sent[learner] ?? []),
        ...(first
          ? []
          : [
              [
                NOW - 12 * DAY,
                {
                  name: me().name,
                  review: '',
                  seen_at_ms: NOW - 13 * DAY,
                  words: zh
                    ? '方向對了。每個故事至少放兩個數字。'
                    : 'You are on the right way. Put at least two numbers into every story.',
                  comments: [],
                  assignments: [assignment, free],
                },
              ] as [number, api.Feedback],
            ]),
      ],
    };
  };

  function take(): api.PacketTaken {
    const code = refusals[0];
    if (code) {
      throw {
        code,
        message: code,
        params: { name: zh ? '王柏翰' : 'Sam Whitfield', words: WORDS.join(' ') },
      };
    }
    return query.get('packet') === 'feedback'
      ? { role: 'mentor', contact: 1 }
      : { role: 'learner', contact: 31 };
  }

  return {
    mentor_cohort: (): api.CohortPage => ({ me: me(), learners: rows }),
    mentor_review: ({ learner }: { learner: number }) => review(learner),
    mentor_keep: ({ learner, draft }: { learner: number; draft: api.Feedback }) => {
      drafts[learner] = draft;
      return null;
    },
    mentor_send: ({ learner }: { learner: number }) => {
      const draft = drafts[learner];
      if (!draft) throw { code: 'bad_value', message: '', params: { field: 'feedback', value: '' } };
      sent[learner] = [[NOW, draft], ...(sent[learner] ?? [])];
      delete drafts[learner];
      rows = rows.map((one) => (one.contact.number === learner ? { ...one, waiting_days: null } : one));
      return '/home/mei/Documents/divedeep-feedback-2026-11-21.divedeep';
    },
    mentor_recording: () => call('rehearsal_recording', { number: 1 }),
    packets_open: () => take(),
    packets_take: () => {
      refusals = [];
      return take();
    },
    contacts_add: (args: { role: api.Role; name: string; address: string }) => {
      if (args.role === 'mentor') return call('contacts_add', args);
      if (!args.address.startsWith('divedeep-1')) {
        throw { code: 'not_an_address', message: '', params: { text: args.address.slice(0, 60) } };
      }
      const number = 40 + rows.length;
      rows = [
        ...rows,
        {
          contact: contact(number, args.name, { compared: false }),
          readiness: null,
          trend: null,
          idle_days: null,
          weakest: null,
          interview: null,
          packets: 0,
          waiting_days: null,
        },
      ];
      return number;
    },
    contacts_compared: (args: { number: number; compared: boolean }) => {
      const one = row(args.number);
      if (!one) return call('contacts_compared', args);
      one.contact = { ...one.contact, compared: args.compared };
      return null;
    },
    contacts_remove: (args: { number: number }) => {
      if (!row(args.number)) return call('contacts_remove', args);
      rows = rows.filter(({ contact: who }) => who.number !== args.number);
      return null;
    },
  };
}
