/** A story bank that is made up: three stories in both languages, and a panel of four. */
import { addDays } from '../lib/format';
import type * as api from '../lib/api/types';
import { outline } from './bank';

const PARTS: readonly api.StoryPart[] = ['situation', 'task', 'action', 'result', 'lesson'];
const NUMBER = { weak: 1, clear: 2, strong: 3 };

const telling = (words: Partial<api.Telling>): api.Telling => ({
  title: '',
  situation: '',
  task: '',
  action: '',
  result: '',
  lesson: '',
  metrics: '',
  seconds_30: '',
  seconds_90: '',
  ...words,
});

const dns: api.Story = {
  when: 'March 2025, three weeks',
  english: telling({
    title: 'The night the DNS broke',
    situation:
      'In March 2025 I was on call for a payment service of Acme. At two in the morning one checkout in twenty began to fail, and nobody had deployed anything for two days. Each failed checkout was an order that the customer gave up.',
    task: 'I had to find the cause before the shops opened at eight, and the restart that had helped before was no longer enough for Mr Chen, who owned the service.',
    action:
      'We first restarted the pods, which helped for ten minutes. I then stopped restarting and asked what the failures had in common. I took the logs of one hour, sorted them by node, and saw that all came from three of forty nodes. On one of them I ran dig against the cluster resolver a thousand times and counted 48 timeouts; on a healthy node there was none. I captured packets for a minute and saw that two questions left from the same port at the same time and only one answer came back. That pointed at connection tracking, so I read its counters: insert_failed rose with every timeout. I wrote down what I had ruled out, proposed a local DNS cache on each node, tried it on one of the three, and compared for an hour. Our team lead wanted to roll it out at once; I asked for one more hour of numbers, because a wrong fix at that time of night would have cost us the morning.',
    result:
      'With the cache the timeouts went from 48 in a thousand to none. By half past seven it ran on all nodes, and checkout failures fell from 5 % to 0.1 %, which is where they have stayed.',
    lesson:
      'I restart later now: first I keep one broken node as evidence. I also added an alarm on insert_failed, which has warned us twice since.',
    metrics:
      'Failed checkouts: 5 % to 0.1 %\nDNS timeouts: 48 of 1,000 to 0\n6 hours from the page to the fix on all nodes',
    seconds_30:
      'One checkout in twenty failed at night, without a deployment. Rather than restart again I compared nodes, proved with dig and a packet capture that DNS answers were lost in connection tracking, and put a cache on each node. Failures fell from 5 % to 0.1 % before the shops opened.',
  }),
  chinese: telling({
    title: 'DNS出問題的那一夜',
    situation:
      '2025年3月，我值班負責Acme的付款服務。凌晨兩點，每二十次結帳就有一次失敗，可是兩天內沒有任何部署。每一次失敗，就是一張客戶放棄的訂單。',
    task: '我要在早上八點商店開門前找出原因；以前重新啟動有用，這次陳經理不接受只是重新啟動。',
    action:
      '我們先重新啟動了pod，只撐了十分鐘。我決定不再重新啟動，先問失敗的請求有什麼共同點。我取出一小時的日誌，依節點排序，發現全部來自四十個節點裡的三個。我在其中一個節點上對叢集的解析器執行一千次dig，有48次逾時；正常的節點一次也沒有。我擷取一分鐘的封包，看到兩個查詢同時從同一個連接埠送出，卻只有一個回來。這指向連線追蹤，於是我讀它的計數器：每逾時一次，insert_failed就增加一次。我寫下已排除的可能，提議在每個節點放DNS快取，先在其中一個節點試一小時。主管想馬上全面套用，我請他再等一小時的數字。',
    result:
      '有了快取，逾時從一千次48次降到零。早上七點半前所有節點都換好，結帳失敗率從5%降到0.1%，之後一直如此。',
    lesson:
      '現在我會晚一點才重新啟動：先留一個壞掉的節點當證據。我也替insert_failed加了警示，後來提醒過我們兩次。',
    metrics: '結帳失敗率：5%降到0.1%\nDNS逾時：一千次48次降到零',
  }),
  principles: {
    'dive-deep': 'strong',
    ownership: 'clear',
    'bias-for-action': 'clear',
    'deliver-results': 'clear',
    'have-backbone-disagree-and-commit': 'weak',
  },
  people: ['Chen', '陳經理'],
};

const letter: api.Story = {
  when: 'Autumn 2024',
  english: telling({
    title: 'The customer who wanted to leave',
    situation:
      'In autumn 2024 a customer with 200 shops wrote that they would cancel: our import had failed every Monday for a month.',
    task: 'I was the newest in support and not their contact, but the ticket had come back to the queue for the fourth time, and I took it.',
    action:
      'I called them rather than write, and asked to see a Monday import as it ran. I saw that their file came with a byte order mark since an update of their cash registers. I wrote a check that names the line and the byte, showed them how to save the file without it for the next Monday, and asked the import team to accept both. When that was put on the list for the next quarter, I brought the four tickets and the hours they had cost, and it was done in nine days.',
    result:
      'They stayed and renewed for two years. Import tickets of this kind went from eleven a month to none.',
    lesson: 'I now ask for one live look when a ticket comes back a second time.',
    metrics: 'Tickets: 11 a month to 0\nRenewal: 2 years, 200 shops',
  }),
  chinese: telling({
    title: '想離開的客戶',
    situation: '2024年秋天，一位有200家門市的客戶來信說要解約：一個月來，每個星期一的匯入都失敗。',
    action:
      '我沒有回信，而是打電話過去，請他們讓我看一次星期一的匯入。我發現收銀機更新之後，檔案開頭多了位元組順序記號。我寫了一個會指出行號與位元組的檢查，教他們下星期一先怎麼存檔，並請匯入團隊兩種都接受。',
    result: '他們留下來，續約兩年。這類問題從每月11件降到零。',
  }),
  principles: {
    'customer-obsession': 'strong',
    'earn-trust': 'clear',
    'bias-for-action': 'clear',
    ownership: 'strong',
    'insist-on-the-highest-standards': 'weak',
  },
  people: [],
};

const course: api.Story = {
  when: '',
  english: telling({
    title: 'Learning BGP in three weeks',
    situation: 'Our only network engineer left, and a data centre move was three weeks away.',
    action:
      'I built the two sites with containers on my laptop, broke them in every way I could think of, and wrote down what each fault looked like. I would ask the provider whenever my lab and the book did not agree.',
    result: 'The move took 40 minutes of the four hours planned, and nobody outside noticed.',
  }),
  chinese: telling({
    title: '三個星期學會BGP',
    situation: '我們唯一的網路工程師離職，而三個星期後機房就要搬遷。',
    task: '我要負責兩地之間的路由。',
    action: '我在筆電上用容器模擬兩個機房，把想得到的故障都試過一遍，並記下每一種看起來是什麼樣子。',
    result: '預計四小時的搬遷，40分鐘就完成，外界沒有人察覺。',
    lesson: '學新東西時，我會先做一個可以弄壞的環境。',
  }),
  principles: { 'learn-and-be-curious': 'strong', 'invent-and-simplify': 'clear', frugality: 'weak' },
  people: [],
};

interface Kept {
  id: string;
  versions: { number: number; changed_at_ms: number; story: api.Story }[];
  told: number;
  last: string | null;
}

/** Roughly what the core counts: words of English, characters of Chinese. */
function seconds(text: string, language: api.Language): number {
  const words = text.match(/[A-Za-z0-9][\w.,'%-]*/g)?.length ?? 0;
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return Math.round(language === 'en' ? ((words + han) * 60) / 140 : ((han + 2 * words) * 60) / 260);
}

function draft(story: api.Story, language: api.Language): api.Draft {
  const words = language === 'en' ? story.english : story.chinese;
  const parts = PARTS.map((part) => ({ part, seconds: seconds(words[part], language) }));
  const all = parts.reduce((sum, { seconds }) => sum + seconds, 0);
  const percent = (...wanted: api.StoryPart[]) =>
    Math.floor(
      (100 *
        parts.filter(({ part }) => wanted.includes(part)).reduce((sum, { seconds }) => sum + seconds, 0)) /
        all,
    );
  const hints: api.Hint[] = [];
  if (Object.values(words).some((text) => text !== '')) {
    for (const part of PARTS) if (!words[part].trim()) hints.push({ code: 'missing', part });
    if (hints.length === 0) {
      if (all > 180) hints.push({ code: 'too_long', length: Math.round(all * 2.33), most: 420 });
      if (all < 120) hints.push({ code: 'too_short', length: Math.round(all * 2.33), fewest: 280 });
      if (percent('situation', 'task') > 30) {
        hints.push({ code: 'long_opening', percent: percent('situation', 'task') });
      }
      if (percent('action') < 50) hints.push({ code: 'short_action', percent: percent('action') });
      if (percent('result', 'lesson') < 15) {
        hints.push({ code: 'short_ending', percent: percent('result', 'lesson') });
      }
      if (!story.when) hints.push({ code: 'no_date' });
      if ((words.metrics.match(/\d/g)?.length ?? 0) < 2) hints.push({ code: 'few_numbers', found: 0 });
    }
    const text = PARTS.map((part) => words[part]).join(' ');
    const we = text.match(language === 'en' ? /\b(we|our|us)\b/gi : /我們/g)?.length ?? 0;
    const i =
      (text.match(language === 'en' ? /\b(I|my|me)\b/g : /我/g)?.length ?? 0) - (language === 'en' ? 0 : we);
    if (we > 0 && i < 4 * we) hints.push({ code: 'we_not_i', we, i });
    const would = /.{0,24}\bwould\b.{0,24}/.exec(words.action);
    if (would) hints.push({ code: 'hypothetical', part: 'action', words: would[0].trim() });
  }
  return {
    language,
    hints,
    parts,
    versions: [seconds(words.seconds_30, language), seconds(words.seconds_90, language)],
  };
}

const principles = outline.topics
  .filter(({ domain }) => domain === 'leadership-principles')
  .map(({ id }) => id);

function coverage(stories: Kept[]): api.Coverage {
  const gaps: api.Gap[] = [];
  let covered = 0;
  const only: Record<string, number> = {};
  for (const principle of principles) {
    const serving = stories.filter((kept) => newest(kept).principles[principle]);
    const clear = serving.filter((kept) => newest(kept).principles[principle] !== 'weak');
    if (clear.length > 0) covered++;
    const first = clear[0];
    if (first && clear.length === 1) only[first.id] = (only[first.id] ?? 0) + 1;
    if (serving.length === 0) gaps.push({ principle, kind: 'uncovered' });
    else if (clear.length === 0) gaps.push({ principle, kind: 'weak' });
    else if (clear.length === 1) gaps.push({ principle, kind: 'single' });
    else if (clear.every(({ told }) => told === 0)) gaps.push({ principle, kind: 'stale' });
  }
  return { covered, gaps, leaned_on: Object.keys(only).filter((id) => (only[id] ?? 0) > 2) };
}

/** Good enough to look at: for each question the story told least often that shows it best. */
function plan(panel: api.Interviewer[], stories: Kept[]): api.PanelPlan {
  const told: Record<string, number> = {};
  const seats: api.Seat[] = panel.flatMap((person, interviewer) => {
    const heard: string[] = [];
    return person.principles.map((principle): api.Seat => {
      const best = stories
        .filter((kept) => newest(kept).principles[principle] && !heard.includes(kept.id))
        .sort(
          (a, b) =>
            (told[a.id] ?? 0) - (told[b.id] ?? 0) ||
            NUMBER[newest(b).principles[principle] ?? 'weak'] -
              NUMBER[newest(a).principles[principle] ?? 'weak'],
        )[0];
      if (best) {
        heard.push(best.id);
        told[best.id] = (told[best.id] ?? 0) + 1;
      }
      return {
        interviewer,
        principle,
        story: best?.id ?? null,
        strength: best ? (newest(best).principles[principle] ?? null) : null,
        repeated: false,
      };
    });
  });
  for (const seat of seats) seat.repeated = seat.story !== null && (told[seat.story] ?? 0) > 1;
  const shown = (principle: string) => stories.some((kept) => newest(kept).principles[principle]);
  return {
    seats,
    answered: seats.filter(({ story }) => story !== null).length,
    repeats: Object.values(told).reduce((sum, times) => sum + times - 1, 0),
    fit: seats.reduce((sum, { strength }) => sum + (strength ? NUMBER[strength] : 0), 0),
    without_story: [...new Set(seats.map(({ principle }) => principle))].filter((id) => !shown(id)),
    told_too_often: Object.keys(told).filter((id) => (told[id] ?? 0) > 2),
  };
}

const newest = (kept: Kept): api.Story => kept.versions[0]?.story ?? dns;

/** The commands of the story bank. */
export function storyHandlers(empty: boolean, today: string): Record<string, (args: never) => unknown> {
  const now = Date.parse(`${today}T09:30:00`);
  const hour = 3_600_000;
  const kept = (id: string, story: api.Story, told: number): Kept => ({
    id,
    versions: [
      { number: 2, changed_at_ms: now - 20 * hour, story },
      {
        number: 1,
        changed_at_ms: now - 92 * hour,
        story: { ...story, english: { ...story.english, lesson: '' }, principles: {} },
      },
    ],
    told,
    last: told > 0 ? addDays(today, -told * 3) : null,
  });
  let stories: Kept[] = empty
    ? []
    : [kept('mei-1', dns, 4), kept('mei-2', letter, 1), kept('mei-3', course, 0)];
  let panel: api.Interviewer[] = empty
    ? []
    : [
        { name: 'Priya, hiring manager', principles: ['ownership', 'deliver-results'], bar_raiser: false },
        {
          name: 'Tomás, support engineer',
          principles: ['dive-deep', 'learn-and-be-curious', 'frugality'],
          bar_raiser: false,
        },
        { name: '', principles: ['customer-obsession', 'earn-trust'], bar_raiser: false },
        {
          name: 'Ingrid',
          principles: ['bias-for-action', 'have-backbone-disagree-and-commit', 'are-right-a-lot'],
          bar_raiser: true,
        },
      ];
  let names = empty ? [] : ['Acme', 'Project Heron'];

  const find = (id: string) => {
    const story = stories.find((kept) => kept.id === id);
    if (!story) throw { code: 'no_such_item', message: id, params: { item: id } };
    return story;
  };
  const open = (id: string): api.StoryPage => {
    const story = find(id);
    return {
      id,
      story: newest(story),
      drafts: [draft(newest(story), 'en'), draft(newest(story), 'zh-TW')],
      versions: story.versions.map(({ number, changed_at_ms }) => ({ number, changed_at_ms })),
    };
  };
  const tellable = (words: api.Telling) => [words.situation, words.action, words.result].every(Boolean);

  return {
    stories_show: (): api.StoriesPage => ({
      stories: stories.map((kept) => {
        const { english, chinese, principles } = newest(kept);
        return {
          id: kept.id,
          title: { en: english.title || chinese.title, 'zh-TW': chinese.title || english.title },
          principles,
          languages: (['en', 'zh-TW'] as const).filter((language) =>
            tellable(language === 'en' ? english : chinese),
          ),
          times_told: kept.told,
          last_told: kept.last,
        };
      }),
      coverage: coverage(stories),
      panel,
      plan: plan(panel, stories),
      private_names: names,
    }),
    stories_open: ({ id }: { id: string }) => open(id),
    stories_create: () => {
      const story = { when: '', english: telling({}), chinese: telling({}), principles: {}, people: [] };
      const id = `mei-${stories.length + 10}`;
      stories = [
        { id, versions: [{ number: 1, changed_at_ms: now, story }], told: 0, last: null },
        ...stories,
      ];
      return open(id);
    },
    stories_save: ({ id, story }: { id: string; story: api.Story }) => {
      const version = find(id).versions[0];
      if (version) version.story = story;
      return open(id);
    },
    stories_version: ({ id, number }: { id: string; number: number }) =>
      find(id).versions.find((version) => version.number === number)?.story,
    stories_restore: ({ id, number }: { id: string; number: number }) => {
      const { versions } = find(id);
      const story = versions.find((version) => version.number === number)?.story ?? dns;
      versions.unshift({ number: versions.length + 1, changed_at_ms: now, story });
      return open(id);
    },
    stories_delete: ({ id }: { id: string }) => {
      stories = stories.filter((kept) => kept.id !== id);
      return null;
    },
    stories_save_panel: ({ panel: saved }: { panel: api.Interviewer[] }) => {
      panel = saved;
      return null;
    },
    stories_save_private_names: ({ names: saved }: { names: string[] }) => {
      names = saved;
      return null;
    },
    stories_shared: ({ id, language }: { id: string; language: api.Language }): api.SharedStory => {
      const story = newest(find(id));
      const words = language === 'en' ? story.english : story.chinese;
      const text = [`# ${words.title}`, story.when, ...PARTS.map((part) => words[part]), words.metrics]
        .filter(Boolean)
        .join('\n\n');
      const listed = [...names, ...story.people].filter((name) => text.includes(name));
      return {
        text,
        findings: listed.map((name) => ({ kind: 'listed', words: name })),
        redacted: listed.reduce((text, name) => text.replaceAll(name, '███'), text),
      };
    },
    stories_write: () => '/home/mei/Documents/story.md',
  };
}
