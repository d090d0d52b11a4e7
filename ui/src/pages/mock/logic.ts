import type {
  Account,
  Face,
  Figures,
  ItemView,
  KeyPointView,
  Language,
  MockAnswer,
  MockPage,
  MockRound,
  MockRow,
  RubricDimension,
  ScoredAnswer,
  Settings,
  StoryId,
} from '../../lib/api/types';
import { clock, decimal, percent } from '../../lib/format';
import { meanText, paceOf, secondsText } from '../../lib/rehearsal';
import { faceOf } from '../../lib/text';
import type { Messages } from '../../messages/en';

/** Rounds a loop may have. */
export const ROUNDS = [2, 3, 4, 5, 6] as const;
/** Rounds of a usual loop. */
export const USUAL_ROUNDS = 4;
/** Minutes of a round, for the time a loop takes; the core says the same of each round it draws. */
export const ROUND_MINUTES = 30;
/** The largest draw number that can be typed. */
const LARGEST_SEED = 999_999_999;

/** The Chinese that items come in for this learner. */
export function chineseOf(settings: Settings): Language {
  const { content_language: content, interface_language: words } = settings;
  return content === 'zh-CN' || (content === 'en' && words === 'zh-CN') ? 'zh-CN' : 'zh-TW';
}

/** A draw number as typed; none where it is no such number. */
export function seedOf(text: string): number | null {
  const trimmed = text.trim();
  if (!/^\d{1,9}$/.test(trimmed)) return null;
  const seed = Number(trimmed);
  return seed <= LARGEST_SEED ? seed : null;
}

/** Who will interview, in words. */
export function panelWords(t: Messages, people: number, rounds: number): string {
  if (people === 0) return t.mock.panelNone;
  if (people === rounds) return t.mock.panelAll(people);
  return people > rounds ? t.mock.panelMore(people, rounds) : t.mock.panelFewer(people, rounds - people);
}

/** An interviewer's name or role, or their place. */
export function interviewerName(t: Messages, round: MockRound | undefined, index: number): string {
  return round?.interviewer.trim() || t.stories.person(index + 1);
}

/** Where a question stands in its round, from 1. A term can add another after it. */
export function placeOf(page: MockPage, round: number, answer: number): { n: number; of: number } {
  const questions = page.rounds[round]?.questions ?? [];
  const at = questions.findIndex((asked) => asked.answer === answer);
  return { n: Math.max(0, at) + 1, of: Math.max(1, questions.length) };
}

/** Whether it asks for a story; otherwise it is a technical question. */
export function asksForStory(view: ItemView): boolean {
  return view.question_kind === null;
}

/** The words of an answer's question, in the language of its round. */
export function askedIn(answer: MockAnswer): { face: Face; language: Language } | null {
  return faceOf(answer.view, answer.language);
}

/** Share of the key points, by weight, that are ticked; none for an answer without any. */
export function shareOf(points: readonly KeyPointView[], ticked: readonly string[]): number | null {
  const weight = (of: readonly KeyPointView[]) => of.reduce((sum, point) => sum + point.weight, 0);
  const all = weight(points);
  return all === 0 ? null : weight(points.filter(({ id }) => ticked.includes(id))) / all;
}

/** The key points that are not ticked. */
export function notNamed(points: readonly KeyPointView[], ticked: readonly string[]): KeyPointView[] {
  return points.filter(({ id }) => !ticked.includes(id));
}

/** What is sent of an answer when its round is scored. */
export function scoredOf(account: Account, number: number, story: StoryId | null): ScoredAnswer {
  return { number, story, scores: account.scores, ticked: account.ticked };
}

/** Whether the learner scored anything of it. */
export function isScored(account: Account): boolean {
  return Object.keys(account.scores).length > 0 || account.ticked.length > 0;
}

/** A dimension with its mean in one loop. */
export interface DimensionMean {
  dimension: RubricDimension;
  mean: number;
  /** Answers that were scored in it. */
  answers: number;
}

/** The rubric's dimensions that were scored, in its order. */
export function dimensionMeans(
  rubric: readonly RubricDimension[],
  means: MockRow['dimensions'],
  answers: readonly MockAnswer[],
): DimensionMean[] {
  return rubric.flatMap((dimension) => {
    const mean = means[dimension.id];
    if (mean === undefined) return [];
    const scored = answers.filter(({ answer }) => dimension.id in answer.account.scores);
    return [{ dimension, mean, answers: scored.length }];
  });
}

/** The lowest of them, two at most; of equals the first. */
export function lowest(means: readonly DimensionMean[], most = 2): DimensionMean[] {
  return [...means].sort((a, b) => a.mean - b.mean).slice(0, most);
}

/** A technical area in one loop. */
export interface AreaShare {
  domain: string;
  /** Mean share of the key points named. */
  share: number;
  answers: number;
  /** Points without which an answer fails that were not named. */
  missedMust: number;
}

/** Technical areas of the rounds that were scored, the weakest first. */
export function areaShares(answers: readonly MockAnswer[], rounds: readonly MockRound[]): AreaShare[] {
  const areas: Record<string, { sum: number; answers: number; missedMust: number }> = {};
  for (const answer of answers) {
    if (answer.share === null || !rounds[answer.round]?.scored) continue;
    const area = (areas[answer.view.domain] ??= { sum: 0, answers: 0, missedMust: 0 });
    const points = askedIn(answer)?.face.key_points ?? [];
    area.sum += answer.share;
    area.answers++;
    area.missedMust += notNamed(points, answer.answer.account.ticked).filter(({ must }) => must).length;
  }
  return Object.entries(areas)
    .map(([domain, { sum, answers, missedMust }]) => ({ domain, share: sum / answers, answers, missedMust }))
    .sort((a, b) => a.share - b.share);
}

/** A mean below this is worth work: the anchor of 3 is what interviewers want to hear. */
export const ENOUGH = 3;
/** A share of key points below this is worth work. */
export const ENOUGH_NAMED = 2 / 3;

/** How a figure went from the first loop that has it to the newest. */
export interface Change {
  from: number;
  to: number;
  loops: number;
}

/** The change of a figure over loops given newest first; none with fewer than two that have it. */
export function change(rows: readonly MockRow[], figure: (row: MockRow) => number | null): Change | null {
  const values = rows.map(figure).filter((value) => value !== null);
  const [to, from] = [values[0], values.at(-1)];
  if (values.length < 2 || to === undefined || from === undefined) return null;
  return { from, to, loops: values.length };
}

/** What the loops so far say, newest first, in sentences. */
export function trendWords(t: Messages, language: Language, rows: readonly MockRow[]): string[] {
  const mean = change(rows, (row) => row.mean);
  const technical = change(rows, (row) => row.technical);
  const words = [
    ...(mean ? [t.mock.trendMean(meanText(mean.from), meanText(mean.to), mean.loops)] : []),
    ...(technical
      ? [t.mock.trendTechnical(percent(language, technical.from), percent(language, technical.to))]
      : []),
  ];
  return words.length === 0 && rows.length === 1 ? [t.mock.trendOne] : words;
}

/** The figures of a recording in one line. */
export function figuresLine(t: Messages, figures: Figures): string {
  const words = t.rehearsal;
  const pace = paceOf(figures);
  return t.unit.list([
    t.mock.figure(words.speech, clock(figures.speech_ms)),
    t.mock.figure(words.pauses, words.pausesFigure(figures.pauses, secondsText(t, figures.paused_ms))),
    ...(figures.longest_pause_at_ms === null
      ? []
      : [
          t.mock.figure(
            words.longest,
            words.longestFigure(secondsText(t, figures.longest_pause_ms), clock(figures.longest_pause_at_ms)),
          ),
        ]),
    t.mock.figure(words.pace, pace === null ? words.paceNone : words.paceFigure(pace)),
  ]);
}

/** Minutes of a loop of so many rounds, in words. */
export function loopTime(t: Messages, rounds: number): string {
  return t.unit.hours(decimal((rounds * ROUND_MINUTES) / 60));
}

/** The drawing of a trend: its size in units, and how far a dot stays from the edge. */
export const WIDTH = 640;
export const HEIGHT = 120;
const EDGE = 6;

/** A point of the drawing. */
export interface Point {
  x: number;
  y: number;
}

/** Loops from the oldest as points; loops without the figure keep their place and are left out. */
export function points(values: readonly (number | null)[], low: number, high: number): Point[] {
  const step = values.length > 1 ? (WIDTH - 2 * EDGE) / (values.length - 1) : 0;
  return values.flatMap((value, i) => {
    if (value === null) return [];
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return [{ x: EDGE + i * step, y: HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE) }];
  });
}
