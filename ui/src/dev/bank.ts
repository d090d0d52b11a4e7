/** A few real items of the bank, made into what the core would send. */
import type * as api from '../lib/api/types';
import bank from './bank.json';
import rubric from './rubric.json';

type Both = { en: string; 'zh-TW': string };
type Raw = Record<string, unknown> & { id: string };
const LANGUAGES = ['en', 'zh-TW'] as const;

function inlines(text: string): api.Inline[] {
  return text
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter(Boolean)
    .map((part) => {
      if (part.startsWith('`')) return { type: 'code', text: part.slice(1, -1) };
      if (part.startsWith('**')) return { type: 'strong', text: part.slice(2, -2) };
      return { type: 'text', text: part.replace(/\n/g, ' ') };
    });
}

/** Just enough Markdown for these items. */
function blocks(text: string): api.Block[] {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((part): api.Block => {
      const lines = part.split('\n');
      if (part.startsWith('```')) return { type: 'code', language: '', text: lines.slice(1, -1).join('\n') };
      if (lines[0]?.startsWith('|')) {
        const rows = lines
          .filter((line) => !/^\|[\s|:-]+$/.test(line))
          .map((line) =>
            line
              .replace(/^\||\|$/g, '')
              .split('|')
              .map((cell) => inlines(cell.trim())),
          );
        return { type: 'table', header: rows[0] ?? [], rows: rows.slice(1) };
      }
      if (/^(- |\d+\. )/.test(part)) {
        return {
          type: 'list',
          ordered: /^\d/.test(part),
          items: lines.map((line) => blocks(line.replace(/^(- |\d+\. )/, ''))),
        };
      }
      return { type: 'paragraph', inlines: inlines(part) };
    });
}

const ref = (id: string): api.ItemRef => ({ kind: 'question', id });
const list = (raw: Raw, name: string) => (raw[name] ?? []) as Record<string, never>[];

function question(raw: Raw): api.ItemView {
  const face = (language: 'en' | 'zh-TW'): api.Face => {
    const text = (value: unknown) => inlines((value as Both | undefined)?.[language] ?? '');
    return {
      prompt: blocks((raw.prompt as Both)[language]),
      answer: blocks((raw.answer as Both)[language]),
      say_it: text(raw.say_it),
      key_points: list(raw, 'key_points').map((point) => ({
        id: point.id ?? '',
        weight: point.weight ?? 1,
        must: point.must ?? false,
        text: text(point.text),
      })),
      mistakes: list(raw, 'common_mistakes').map(({ claim, why }) => ({
        claim: text(claim),
        why: text(why),
      })),
      probes: list(raw, 'follow_ups').map((probe) => ({
        direction: probe.direction ?? null,
        text: text(probe.text),
        item: probe.question ? ref(probe.question) : null,
      })),
      looks_for: [],
      red_flags: [],
      principle: null,
    };
  };
  return {
    item: ref(raw.id),
    revision: 1,
    domain: raw.id.split('/')[0] ?? '',
    topic: raw.id.split('/')[1] ?? '',
    depth: raw.depth as number,
    freq: raw.freq as api.Frequency,
    seconds: raw.seconds as number,
    status: raw.status as api.Status,
    question_kind: raw.kind as api.QuestionKind,
    volatility: raw.volatility as api.Volatility,
    as_of: raw.as_of as string,
    evidence: list(raw, 'evidence') as unknown as api.Evidence[],
    accept: list(raw, 'accept') as unknown as api.Accept[],
    references: list(raw, 'refs') as unknown as api.Reference[],
    see_also: (raw.see_also ?? []) as string[],
    term_probes: list(raw, 'term_probes').map(({ term, question }) => ({
      term: term ?? '',
      item: ref(question ?? ''),
    })),
    faces: Object.fromEntries(LANGUAGES.map((language) => [language, face(language)])),
  };
}

function prompt(): api.ItemView {
  const { principle, prompt, common } = bank;
  const face = (language: 'en' | 'zh-TW'): api.Face => ({
    prompt: blocks(prompt.prompt[language]),
    answer: [],
    say_it: [],
    key_points: [],
    mistakes: [],
    probes: [...prompt.probes, ...principle.probes, ...common.probes.slice(0, 3)].map((probe) => ({
      direction: null,
      text: inlines(probe[language]),
      item: null,
    })),
    looks_for: inlines(prompt.looks_for[language]),
    red_flags: [...prompt.red_flags, ...principle.red_flags, ...common.red_flags].map((flag) =>
      inlines(flag[language]),
    ),
    principle: {
      name: principle.name.en,
      gloss: language === 'en' ? null : principle.name['zh-TW'],
      gloss_checked: false,
      looks_for: inlines(principle.looks_for[language]),
      prominence: 'core',
      serves: ['Ownership', 'Insist on the Highest Standards'],
    },
  });
  return {
    item: { kind: 'prompt', id: prompt.id },
    revision: 1,
    domain: 'leadership-principles',
    topic: principle.id,
    depth: 2,
    freq: 'core',
    seconds: 180,
    status: 'draft',
    question_kind: null,
    volatility: null,
    as_of: null,
    evidence: [],
    accept: [],
    references: [],
    see_also: [],
    term_probes: [],
    faces: { en: face('en'), 'zh-TW': face('zh-TW') },
  };
}

const questions = (bank.questions as unknown as Raw[]).map(question);

/** Every item of the mock: a reading of output first, the story third. */
export const items: api.ItemView[] = [...questions.slice(0, 2), prompt(), ...questions.slice(2)];

const depth = (kind: string, i: number) => (kind === 'q' ? 412 - i * 9 : 48);

const tracks: api.TrackOutline[] = [
  ...bank.tracks.map(({ id, name, about }) => ({ id, name, about })),
  ...bank.profiles.flatMap(({ id, name, about }) => [
    {
      id: `csa-${id}`,
      name: { en: `Cloud Support Associate · ${name.en}`, 'zh-TW': `雲端支援專員 · ${name['zh-TW']}` },
      about,
    },
    {
      id: `cse-${id}`,
      name: { en: `Cloud Support Engineer · ${name.en}`, 'zh-TW': `雲端支援工程師 · ${name['zh-TW']}` },
      about,
    },
  ]),
].map((track, i) => ({
  ...track,
  level: track.id.startsWith('cse') ? 'engineer' : 'associate',
  questions: depth('q', i),
  prompts: depth('p', i),
  drills: 0,
  incidents: 0,
}));

/** The Leadership Principles in their published order: id, name, gloss. */
const PRINCIPLES = [
  ['customer-obsession', 'Customer Obsession', '顧客至上'],
  ['ownership', 'Ownership', '主人翁精神'],
  ['invent-and-simplify', 'Invent and Simplify', '創新與簡化'],
  ['are-right-a-lot', 'Are Right, A Lot', '決策正確'],
  ['learn-and-be-curious', 'Learn and Be Curious', '學習與好奇'],
  ['hire-and-develop-the-best', 'Hire and Develop the Best', '選賢育能'],
  ['insist-on-the-highest-standards', 'Insist on the Highest Standards', '堅持最高標準'],
  ['think-big', 'Think Big', '胸懷大志'],
  ['bias-for-action', 'Bias for Action', '崇尚行動'],
  ['frugality', 'Frugality', '勤儉節約'],
  ['earn-trust', 'Earn Trust', '贏得信任'],
  ['dive-deep', 'Dive Deep', '追根究柢'],
  ['have-backbone-disagree-and-commit', 'Have Backbone; Disagree and Commit', '敢於諫言，服從大局'],
  ['deliver-results', 'Deliver Results', '達成業績'],
  ['strive-to-be-earths-best-employer', "Strive to be Earth's Best Employer", '努力成為全球最佳雇主'],
  [
    'success-and-scale-bring-broad-responsibility',
    'Success and Scale Bring Broad Responsibility',
    '成功與規模帶來更大的責任',
  ],
] as const;

/** The dimension of the rubric that each common probe goes for, in their order. */
const PROBES_ABOUT = ['task', 'action', 'result', 'action', 'action', 'reflection', 'result', 'follow-up'];

export const outline: api.Outline = {
  domains: [
    ...bank.domains,
    { id: 'leadership-principles', name: { en: 'Leadership Principles', 'zh-TW': '領導原則' } },
  ],
  topics: [
    ...bank.topics,
    ...PRINCIPLES.map(([id, en, zh]) => ({
      domain: 'leadership-principles',
      id,
      name: { en, 'zh-TW': zh },
    })),
  ],
  tracks,
  rubric: rubric as unknown as api.RubricDimension[],
  probes: bank.common.probes.map((text, i) => ({ text, about: PROBES_ABOUT[i] ?? null })),
  items: items.length,
};
