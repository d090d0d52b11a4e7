/** What learners of the mock said and how they scored it. */
import type * as api from '../lib/api/types';

export const WORDS = {
  story: {
    en: 'In March 2025 one checkout in twenty failed at night, without a deployment. I owned finding the cause before eight. I stopped restarting, sorted an hour of logs by node, and all failures came from three of forty nodes. With dig I counted 48 timeouts in a thousand; a packet capture showed two questions leaving from one port and one answer coming back. I put a cache on each node. Timeouts went to none, failed checkouts from 5 % to 0.1 %. Since then I keep one broken node as evidence before I restart anything.',
    'zh-TW':
      '2025年3月的一個晚上，每二十次結帳就有一次失敗，可是兩天內沒有任何部署。我要在早上八點前找出原因。我不再重新啟動，把一小時的日誌依節點排序，發現全部來自四十個節點裡的三個。用dig執行一千次，有48次逾時；擷取封包看到兩個查詢從同一個連接埠送出，只回來一個。我在每個節點放了DNS快取，逾時降到零，失敗率從5%降到0.1%。',
  },
  technical: {
    en: 'NXDOMAIN means the name does not exist, and the zone that answers says so; SERVFAIL means the resolver could not get an answer it trusts; a timeout means nobody answered. I would look at the NS of the zone next.',
    'zh-TW':
      'NXDOMAIN是這個名稱不存在，由管理這個區域的伺服器回答；SERVFAIL是解析器拿不到可信的答案；逾時就是沒有人回答。下一步我會看這個區域的NS。',
  },
  probe: {
    en: 'I read insert_failed before and after: it rose with every timeout, and stood still for a day after the change.',
    'zh-TW': '我比對了前後的insert_failed：每逾時一次就增加一次，修改之後一整天都沒有再動。',
  },
} as const;

export const side = (language: api.Language) => (language === 'en' ? 'en' : 'zh-TW');
export const SCORES = [
  { situation: 3, task: 3, action: 4, result: 3, reflection: 2, fit: 3, structure: 2, 'follow-up': 3 },
  { situation: 3, task: 2, action: 3, result: 2, reflection: 1, fit: 3, structure: 2, 'follow-up': 2 },
] as const;

export function scores(turn: number, language: api.Language): api.Account['scores'] {
  const because = side(language) === 'en' ? 'from 5 % to 0.1 %' : '失敗率從5%降到0.1%';
  return Object.fromEntries(
    Object.entries(SCORES[turn % 2] ?? SCORES[0]).map(([dimension, value]) => [
      dimension,
      { value, because: dimension === 'result' ? because : '', at_ms: null },
    ]),
  );
}

export const NOW = Date.UTC(2026, 10, 21, 9, 30);
export const DAY = 86_400_000;

export const FIGURES: api.Figures = {
  speech_ms: 154_000,
  pauses: 21,
  paused_ms: 14_300,
  longest_pause_ms: 2_400,
  longest_pause_at_ms: 63_200,
  syllables_per_minute: 212,
};
