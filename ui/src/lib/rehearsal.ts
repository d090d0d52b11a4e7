/** What a told answer comes to, in words and numbers; nothing here asks the core. */
import { errorSentence } from '../messages';
import type { Messages } from '../messages/en';
import type {
  Figures,
  Language,
  ProbeAnswer,
  Reason,
  RubricDimension,
  Score,
  Shape,
  StoryPart,
  Weak,
} from './api/types';
import { percent } from './format';
import { inLanguage } from './text';

/** Parts in the order of telling. */
export const PARTS: readonly StoryPart[] = ['situation', 'task', 'action', 'result', 'lesson'];

/** Where opening and action should end, as shares of the target time; the action may end anywhere from 80 % on. */
export const ZONES = { opening: 0.3, action: [0.8, 0.85] } as const;

/** The part that is told after so many marks. */
export function partAfter(marks: number): StoryPart {
  return PARTS[Math.min(marks, PARTS.length - 1)] ?? 'lesson';
}

/** How full a level meter is, 0 to 1: loudness is heard by its logarithm, and speech lies within 50 decibels. */
export function meter(level: number): number {
  if (!(level > 0)) return 0;
  return Math.min(1, Math.max(0, (20 * Math.log10(level) + 50) / 50));
}

type Scores = Readonly<Partial<Record<string, Score>>>;

const scored = (scores: Scores) =>
  Object.entries(scores).flatMap(([dimension, score]) => (score ? [{ dimension, value: score.value }] : []));

/** The mean of the scores, 1 to 4; none without any. */
export function meanOf(scores: Scores): number | null {
  const all = scored(scores);
  return all.length === 0 ? null : all.reduce((sum, { value }) => sum + value, 0) / all.length;
}

/** The two dimensions with the lowest scores, as the core chooses them. */
export function weakestOf(scores: Scores): string[] {
  return scored(scores)
    .sort((a, b) => a.value - b.value || (a.dimension < b.dimension ? -1 : 1))
    .slice(0, 2)
    .map(({ dimension }) => dimension);
}

/** A mean score as it is shown. */
export function meanText(mean: number): string {
  return mean.toFixed(1);
}

/** A dimension's name; its id for one that the rubric does not know. */
export function dimensionName(rubric: readonly RubricDimension[], id: string, language: Language): string {
  const dimension = rubric.find((dimension) => dimension.id === id);
  return dimension ? inLanguage(dimension.name, language) : id;
}

/** A share of the telling, what is wanted, and whether it is off. */
export interface ShareWords {
  part: 'opening' | 'action' | 'ending';
  name: string;
  share: string;
  wanted: string;
  off: boolean;
}

/** The shape of an answer in words. */
export function shapeWords(t: Messages, language: Language, shape: Shape): ShareWords[] {
  const at = (n: number) => percent(language, n / 100);
  return [
    { part: 'opening', wanted: t.stories.atMost(at(30)), off: shape.opening > 30 } as const,
    { part: 'action', wanted: t.stories.atLeast(at(50)), off: shape.action < 50 } as const,
    { part: 'ending', wanted: t.stories.atLeast(at(15)), off: shape.ending < 15 } as const,
  ].map((row) => ({ ...row, name: t.stories.balance[row.part], share: at(shape[row.part]) }));
}

/** Why a dimension seems weak, as a sentence. */
export function reasonWords(t: Messages, language: Language, reason: Reason): string {
  const words = t.rehearsal.reasons;
  const share = (n: number) => percent(language, n / 100);
  switch (reason.code) {
    case 'long_opening':
      return words.longOpening(share(reason.percent));
    case 'short_action':
      return words.shortAction(share(reason.percent));
    case 'short_ending':
      return words.shortEnding(share(reason.percent));
    case 'few_numbers':
      return words.fewNumbers(reason.found);
    case 'low_score':
      return words.lowScore(reason.value);
  }
}

/** Why a probe was chosen, where it goes for a weak point; otherwise nothing. */
export function whyAsked(
  t: Messages,
  language: Language,
  probe: Pick<ProbeAnswer, 'about'>,
  weak: readonly Weak[],
  rubric: readonly RubricDimension[],
): string {
  const point = weak.find(({ dimension }) => dimension === probe.about);
  if (!point) return '';
  return t.rehearsal.askedBecause(
    dimensionName(rubric, point.dimension, language),
    reasonWords(t, language, point.reason),
  );
}

/** Why nothing is recorded, calmly. */
export function mutedWords(
  t: Messages,
  language: Language,
  error: { code: string; params: Record<string, string> },
): string {
  // A recording that ended by itself has a code and no more; its sentence would have holes.
  return Object.keys(error.params).length === 0 ? t.rehearsal.cut : errorSentence(language, error);
}

/** Milliseconds as seconds with one decimal: `1.4 s`. */
export function secondsText(t: Messages, ms: number): string {
  return t.unit.seconds(Math.round(ms / 100) / 10);
}

/** Less speech than this has no pace. */
const LEAST_SPEECH_MS = 5_000;

/** Syllables a minute to the nearest ten, which is still finer than they are known; none for too little speech. */
export function paceOf(figures: Figures): number | null {
  if (figures.syllables_per_minute === null || figures.speech_ms < LEAST_SPEECH_MS) return null;
  return Math.round(figures.syllables_per_minute / 10) * 10;
}

/** Bytes as megabytes; what is there at all is at least a tenth. */
export function megabytes(bytes: number): string {
  if (bytes <= 0) return '0';
  const mb = Math.max(0.1, bytes / 1_000_000);
  return mb < 10 ? String(Math.round(mb * 10) / 10) : String(Math.round(mb));
}
