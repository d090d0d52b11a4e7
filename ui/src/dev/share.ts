/** What is shared with mentors and what came back, made up: two mentors, one of whom has answered. */
import type * as api from '../lib/api/types';
import { addDays } from '../lib/format';
import { items, outline } from './bank';
import { accountOf, figuresOf } from './builders';

type Handlers = Record<string, (args: never) => unknown>;

const NOW = Date.UTC(2026, 10, 21, 9, 30);
const DAY = 86_400_000;
const TODAY = '2026-11-21';

const DNS = { en: 'The night the DNS broke', 'zh-TW': 'DNS出問題的那一夜' };
const STORY: api.ItemRef = { kind: 'story', id: 'mei-1' };
const question = (slug: string) => items.find(({ item }) => item.id.endsWith(slug)) ?? items[0]!;
const DF = question('df-and-du-disagree').item;
const NX = question('nxdomain-servfail-or-timeout').item;
const DF_TITLE = {
  en: 'df says the disk is full, du finds only half of it. Where is the rest?',
  'zh-TW': 'df說磁碟滿了，du卻只找到一半。其餘的在哪裡？',
};
const NX_TITLE = {
  en: 'NXDOMAIN, SERVFAIL or a timeout: what does each tell you?',
  'zh-TW': 'NXDOMAIN、SERVFAIL與逾時，各代表什麼？',
};

const WORDS = ['harbor', 'velvet', 'pencil', 'orbit', 'maple', 'candle', 'river', 'saddle'];

const said = (
  id: number,
  read: boolean,
  comment: Pick<api.Comment, 'item' | 'title' | 'place' | 'words'> & Partial<api.Comment>,
): api.CommentView => ({
  packet: 4,
  id,
  mentor: 'Lin Yu-ting',
  at_ms: NOW - DAY,
  read,
  comment: { quote: '', scores: {}, ...comment },
});

function commentsIn(zh: boolean): api.CommentView[] {
  const score = (value: number): api.Score => ({ value, because: '', at_ms: null });
  const [first, second, third] = outline.rubric.map(({ id }) => id);
  return [
    said(0, false, {
      item: STORY,
      title: DNS,
      place: { type: 'part', part: 'action', language: zh ? 'zh-TW' : 'en' },
      quote: zh
        ? '我們先重新啟動了pod，只撐了十分鐘。'
        : 'We first restarted the pods, which helped for ten minutes.',
      words: zh
        ? '這一句可以拿掉。面試官想聽你怎麼縮小範圍，從「我決定不再重新啟動」開始就好。'
        : 'Leave this out. What I want to hear is how you narrowed it down: begin with “I then stopped restarting”.',
    }),
    said(1, false, {
      item: STORY,
      title: DNS,
      place: { type: 'told', number: 1 },
      words: zh
        ? '講得比寫得好。結果放在最後太快了，停一下，再說數字。'
        : 'You tell it better than you write it. The result goes by too fast: stop, then say the numbers.',
      scores: Object.fromEntries(
        [first, second, third].flatMap((id, i) => (id ? [[id, score(i === 2 ? 2 : 3)]] : [])),
      ),
    }),
    said(2, false, {
      item: NX,
      title: NX_TITLE,
      place: { type: 'answer', at_ms: NOW - 4 * DAY },
      words: zh
        ? '方向對，但SERVFAIL也可能是DNSSEC驗證失敗，請補上。'
        : 'The right direction. SERVFAIL can also be a failed DNSSEC validation: add that.',
    }),
    said(3, true, {
      item: STORY,
      title: DNS,
      place: { type: 'whole' },
      words: zh ? '適合Dive Deep，也適合Ownership。' : 'Good for Dive Deep, and for Ownership, too.',
    }),
    said(4, true, {
      item: { kind: 'incident', id: 'I05' },
      title: { en: 'Orders disappear and come back', 'zh-TW': '訂單消失又出現' },
      place: { type: 'play', number: 2, step: 3 },
      words: zh ? '這一步可以更早做。' : 'This could have come earlier.',
    }),
  ];
}

function assignmentsIn(zh: boolean): api.AssignmentView[] {
  const one = (
    id: number,
    days_left: number,
    item: api.ItemRef | null,
    title: api.Text,
    words: string,
    done = false,
  ): api.AssignmentView => ({
    packet: 4,
    id,
    mentor: 'Lin Yu-ting',
    assignment: { item, title, words, due: addDays(TODAY, days_left) },
    done,
    days_left,
    known: item !== null,
  });
  return [
    one(0, -1, DF, DF_TITLE, zh ? '大聲說一遍，不要看答案。' : 'Say it aloud, without looking.'),
    one(1, 2, STORY, DNS, zh ? '用90秒講完。' : 'Tell it in 90 seconds.'),
    one(
      2,
      5,
      null,
      { en: '', 'zh-TW': '' },
      zh ? '讀完VPC文件裡關於NAT閘道的一章。' : 'Read the chapter on NAT gateways in the VPC guide.',
    ),
    one(3, 6, NX, NX_TITLE, ''),
    one(4, -3, NX, NX_TITLE, '', true),
  ];
}

/** Listed names never leave; what else the check finds leaves only where it is not to be blacked out. */
function blackedOut(parts: api.Parts, redact: boolean): api.Parts {
  const names = redact ? /Acme|Mr Chen|陳經理/g : /Acme/g;
  return JSON.parse(JSON.stringify(parts).replace(names, '███')) as api.Parts;
}

/** The handlers of the learner's side. `stories` opens the story bank that is made up. */
export function shareHandlers(empty: boolean, language: api.Language, stories: Handlers): Handlers {
  const zh = language !== 'en';
  const me: api.Me = {
    name: empty ? '' : 'Mei Chen',
    address:
      'divedeep-1qpz7h3k0c5w9r2x8m4t6v1j0d3s7n5l2f9g8y4u6e1a0b3c5d7k9p2q4r6t8v0w1x3z5y7u9h2j4k6m8n0s3l5',
    words: WORDS,
  };
  let mentors: api.Contact[] = empty
    ? []
    : [
        {
          number: 1,
          role: 'mentor',
          name: 'Lin Yu-ting',
          words: ['marble', 'tunnel', 'cotton', 'lemon', 'anchor', 'window', 'copper', 'meadow'],
          compared: true,
          changed_key: false,
        },
        {
          number: 2,
          role: 'mentor',
          name: 'Daniel Ortiz',
          words: ['silver', 'basket', 'garden', 'hammer', 'violet', 'pebble', 'lantern', 'forest'],
          compared: false,
          changed_key: false,
        },
      ];
  const requests: api.Request[] = empty
    ? []
    : [
        {
          mentor: 'Daniel Ortiz',
          sequence: 1,
          asked_at_ms: NOW - 2 * DAY,
          seen_at_ms: null,
          answered_at_ms: null,
        },
        {
          mentor: 'Lin Yu-ting',
          sequence: 1,
          asked_at_ms: NOW - 4 * DAY,
          seen_at_ms: NOW - 2 * DAY,
          answered_at_ms: NOW - DAY,
        },
      ];
  let comments = empty ? [] : commentsIn(zh);
  let assignments = empty ? [] : assignmentsIn(zh);

  const choices: api.ShareChoices = empty
    ? { items: 0, stories: [], told: [], mocks: [], plays: [] }
    : {
        items: 131,
        stories: [
          ['mei-1', DNS],
          ['mei-2', { en: 'The customer who wanted to leave', 'zh-TW': '想離開的客戶' }],
          ['mei-3', { en: 'Learning BGP in three weeks', 'zh-TW': '三個星期學會BGP' }],
        ],
        told: [
          { number: 1, title: DNS, at_ms: NOW - 3 * DAY, mock: null, recording_bytes: 6_180_000 },
          { number: 2, title: DNS, at_ms: NOW - 9 * DAY, mock: null, recording_bytes: null },
          { number: 7, title: NX_TITLE, at_ms: NOW - 5 * DAY, mock: 90, recording_bytes: 18_400_000 },
        ],
        mocks: [[90, NOW - 5 * DAY]],
        plays: [[2, { en: 'Orders disappear and come back', 'zh-TW': '訂單消失又出現' }, NOW - 6 * DAY]],
      };

  function partsOf(selection: api.Selection): api.Parts {
    const told = choices.told.filter(({ number, mock }) =>
      mock === null ? selection.told.includes(number) : selection.mocks.includes(mock),
    );
    return {
      name: me.name,
      question: selection.question,
      language,
      track: 'csa',
      interview: addDays(TODAY, 12),
      progress: selection.progress,
      items: selection.answers
        ? [DF, NX].map((item, i) => ({
            item,
            title: i === 0 ? DF_TITLE : NX_TITLE,
            domain: i === 0 ? 'linux' : 'networking',
            topic: i === 0 ? 'disk-full-causes' : 'dns-fault-isolation',
            depth: 2,
            answers: [
              {
                at_ms: NOW - (2 + i) * DAY,
                grade: i === 0 ? 'good' : 'again',
                language,
                words: 'lsof +L1',
              },
            ],
          }))
        : [],
      stories: selection.stories.map((id) => ({
        id,
        changed_at_ms: NOW - 2 * DAY,
        times_told: 4,
        story: (stories.stories_open as unknown as (args: { id: string }) => api.StoryPage)({ id }).story,
      })),
      told: told.map(({ number, title, at_ms, mock }) => ({
        number,
        item: mock === null ? STORY : NX,
        title,
        mock: mock === null ? null : [mock, 0],
        at_ms,
        account: accountOf({
          words: zh
            ? '凌晨兩點，每二十次結帳就有一次失敗……'
            : 'At two in the morning one checkout in twenty failed …',
          told_ms: 161_000,
        }),
        recording: selection.recordings.includes(number),
      })),
      mocks: choices.mocks
        .filter(([number]) => selection.mocks.includes(number))
        .map(([number, at_ms]) => ({
          number,
          at_ms,
          rounds: ['networking'],
          own_questions: '',
        })),
      plays: choices.plays
        .filter(([number]) => selection.plays.includes(number))
        .map(([number, title, at_ms]) => ({
          number,
          item: { kind: 'incident', id: 'I05' },
          title,
          seed: 7,
          at_ms,
          points: 71,
          steps: [
            {
              minute: 4,
              kind: 'check',
              words: { en: 'Read the replica lag', 'zh-TW': '讀取複本延遲' },
              outcome: 'good',
            },
          ],
          update: zh ? '我們正在查。' : 'We are looking into it.',
          post: { mechanism: '', owner: '', date: '' },
        })),
    };
  }

  return {
    share_show: (): api.SharePage => ({
      me: { ...me },
      mentors,
      requests: [...requests],
      letters: empty
        ? []
        : [
            [
              'Lin Yu-ting',
              NOW - DAY,
              zh
                ? '進步很多：上次三個故事都沒有數字，現在都有了。接下來兩週請把力氣放在DNS與IAM，故事只要練習講短一點。'
                : 'A lot better: last time none of the three stories had a number, now all have. For the next two weeks put your time into DNS and IAM; the stories only need to get shorter.',
            ],
          ],
      comments,
      assignments,
      choices,
    }),
    share_preview: ({ selection }: { selection: api.Selection }): api.SharePreview => ({
      parts: blackedOut(partsOf(selection), selection.redact),
      figures: selection.progress ? figuresOf() : null,
      findings:
        selection.redact || selection.stories.length === 0
          ? []
          : [
              { place: DNS, finding: { kind: 'person', words: 'Mr Chen' } },
              { place: DNS, finding: { kind: 'email', words: 'oncall@acme.example' } },
            ],
      blacked_out: selection.redact ? selection.stories.length * 3 : selection.stories.length,
      recordings_bytes: choices.told
        .filter(({ number }) => selection.recordings.includes(number))
        .reduce((sum, { recording_bytes }) => sum + (recording_bytes ?? 0), 0),
    }),
    share_make: ({ mentor }: { mentor: number }) => {
      const contact = mentors.find(({ number }) => number === mentor);
      requests.unshift({
        mentor: contact?.name ?? '',
        sequence: requests.length,
        asked_at_ms: NOW,
        seen_at_ms: null,
        answered_at_ms: null,
      });
      return '/home/mei/Documents/mei-chen-2026-11-21.divedeep';
    },
    share_report: () => '/home/mei/Documents/divedeep-report.html',
    share_comments: ({ item }: { item: api.ItemRef }) =>
      comments.filter(({ comment }) => comment.item.kind === item.kind && comment.item.id === item.id),
    share_comments_read: ({ item }: { item: api.ItemRef | null }) => {
      comments = comments.map((view) =>
        item === null || view.comment.item.id === item.id ? { ...view, read: true } : view,
      );
      return null;
    },
    share_assignment_done: ({ packet, id, done }: { packet: number; id: number; done: boolean }) => {
      assignments = assignments.map((view) =>
        view.packet === packet && view.id === id ? { ...view, done } : view,
      );
      return null;
    },
    contacts_name: ({ name }: { name: string }) => {
      me.name = name;
      return null;
    },
    contacts_add: ({ name, address }: { name: string; address: string }) => {
      if (!address.startsWith('divedeep-1')) {
        throw { code: 'not_an_address', message: '', params: { text: address.slice(0, 60) } };
      }
      const number = 10 + mentors.length;
      mentors = [
        ...mentors,
        { number, role: 'mentor', name, words: WORDS, compared: false, changed_key: false },
      ];
      return number;
    },
    contacts_compared: ({ number, compared }: { number: number; compared: boolean }) => {
      mentors = mentors.map((one) => (one.number === number ? { ...one, compared } : one));
      return null;
    },
    contacts_remove: ({ number }: { number: number }) => {
      mentors = mentors.filter((one) => one.number !== number);
      return null;
    },
  };
}
