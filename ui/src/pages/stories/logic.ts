import type {
  Draft,
  Finding,
  FindingKind,
  GapKind,
  Hint,
  Interviewer,
  Language,
  PanelPlan,
  Seat,
  Story,
  StoryPart,
  Strength,
  Telling,
} from '../../lib/api/types';
import { percent } from '../../lib/format';
import type { Messages } from '../../messages/en';

/** Parts in the order of telling. */
export const PARTS: readonly StoryPart[] = ['situation', 'task', 'action', 'result', 'lesson'];
/** From the weakest. */
export const STRENGTHS: readonly Strength[] = ['weak', 'clear', 'strong'];
/** The most urgent first. */
export const GAP_KINDS: readonly GapKind[] = ['uncovered', 'weak', 'single', 'stale'];

/** Which of its two tellings of a story is written. */
export type Side = 'en' | 'zh';

/** A story's telling on one side. */
export function tellingOf(story: Story, side: Side): Telling {
  return side === 'en' ? story.english : story.chinese;
}

/** Whether nothing of it is written. */
export function isEmpty(telling: Telling): boolean {
  return Object.values(telling).every((text) => text.trim() === '');
}

/** Whether it can be told: a situation, an action and a result are written, in one language or the other. */
export function isTellable(story: Story): boolean {
  return [story.english, story.chinese].some((telling) =>
    [telling.situation, telling.action, telling.result].every((text) => text.trim() !== ''),
  );
}

/** The side to begin on: the learner's language, unless only the other is written. */
export function firstSide(story: Story, language: Language): Side {
  const wanted: Side = language === 'en' ? 'en' : 'zh';
  const other: Side = wanted === 'en' ? 'zh' : 'en';
  return isEmpty(tellingOf(story, wanted)) && !isEmpty(tellingOf(story, other)) ? other : wanted;
}

/** Names as typed, one a line, without blanks and repetition. */
export function namesOf(text: string): string[] {
  const names = text
    .split('\n')
    .map((name) => name.trim())
    .filter(Boolean);
  return [...new Set(names)];
}

/** Opening, action and ending: how much of the telling each takes, from 0 to 1. */
export interface Balance {
  seconds: number;
  opening: number;
  action: number;
  ending: number;
}

/** How a telling is divided. */
export function balanceOf(draft: Draft): Balance {
  const of = (...parts: StoryPart[]) =>
    draft.parts.filter(({ part }) => parts.includes(part)).reduce((sum, { seconds }) => sum + seconds, 0);
  const seconds = of(...PARTS);
  const share = (part: number) => (seconds === 0 ? 0 : part / seconds);
  return {
    seconds,
    opening: share(of('situation', 'task')),
    action: share(of('action')),
    ending: share(of('result', 'lesson')),
  };
}

/** Where a hint stands: beside a field, or with the story as a whole. */
export type Place = StoryPart | 'whole' | 'when' | 'metrics' | 'seconds_30' | 'seconds_90';

/** The field that a hint is about. */
export function placeOf(hint: Hint): Place {
  switch (hint.code) {
    case 'missing':
    case 'hypothetical':
      return hint.part;
    case 'too_long':
    case 'too_short':
      return 'whole';
    case 'version_too_long':
      return hint.version_seconds === 30 ? 'seconds_30' : 'seconds_90';
    case 'long_opening':
      return 'situation';
    case 'short_action':
    case 'we_not_i':
      return 'action';
    case 'short_ending':
      return 'result';
    case 'few_numbers':
      return 'metrics';
    case 'no_date':
      return 'when';
  }
}

/** A hint as a sentence. `told` is the language of the telling, `language` the one of the sentence. */
export function hintSentence(t: Messages, hint: Hint, told: Language, language: Language): string {
  const words = t.stories.hints;
  const long = (n: number) => (told === 'en' ? t.stories.words(n) : t.stories.characters(n));
  const share = (n: number) => percent(language, n / 100);
  switch (hint.code) {
    case 'missing':
      return words.missing[hint.part];
    case 'too_long':
      return words.tooLong(long(hint.length), String(hint.most));
    case 'too_short':
      return words.tooShort(long(hint.length), String(hint.fewest));
    case 'version_too_long':
      return words.versionTooLong(hint.seconds, hint.version_seconds);
    case 'long_opening':
      return words.longOpening(share(hint.percent));
    case 'short_action':
      return words.shortAction(share(hint.percent));
    case 'short_ending':
      return words.shortEnding(share(hint.percent));
    case 'we_not_i':
      return words.weNotI(hint.we, hint.i);
    case 'few_numbers':
      return words.fewNumbers(hint.found);
    case 'no_date':
      return words.noDate;
    case 'hypothetical':
      return words.hypothetical(hint.words);
  }
}

/** The percentage that the core counted for a share, where it hints at it; otherwise none. */
export function hintedPercent(hints: readonly Hint[], code: Hint['code']): number | null {
  const hint = hints.find((hint) => hint.code === code);
  return hint && 'percent' in hint ? hint.percent : null;
}

/** Whether a seat's story was told earlier on the panel. */
export function isToldAgain(seats: readonly Seat[], index: number): boolean {
  const story = seats[index]?.story;
  return story !== null && seats.slice(0, index).some((seat) => seat.story === story);
}

/** What the plan of a panel comes to, in sentences. `principles` joins names as the language does. */
export function panelWords(
  t: Messages,
  plan: PanelPlan,
  principles: (ids: readonly string[]) => string,
  title: (story: string) => string,
): string[] {
  const words = t.stories;
  const silent = plan.seats.filter(
    (seat) => seat.story === null && !plan.without_story.includes(seat.principle),
  ).length;
  return [
    words.answered(plan.answered, plan.seats.length),
    words.repeats(plan.repeats),
    ...(plan.without_story.length > 0 ? [words.withoutStory(principles(plan.without_story))] : []),
    ...(silent > 0 ? [words.sameEar(silent)] : []),
    ...plan.told_too_often.map((story) => words.tooOften(title(story))),
  ];
}

/** An interviewer's name, or their place where they have none. */
export function personName(t: Messages, panel: readonly Interviewer[], index: number): string {
  return panel[index]?.name.trim() || t.stories.person(index + 1);
}

/** What was found of one kind. */
export interface Found {
  kind: FindingKind;
  times: number;
  /** Each once, in the order in which they stand. */
  words: string[];
}

/** Findings by kind, in the order in which the kinds come first. */
export function findingsByKind(findings: readonly Finding[]): Found[] {
  const kinds: Found[] = [];
  for (const { kind, words } of findings) {
    let found = kinds.find((other) => other.kind === kind);
    if (!found) {
      found = { kind, times: 0, words: [] };
      kinds.push(found);
    }
    found.times++;
    if (!found.words.includes(words)) found.words.push(words);
  }
  return kinds;
}

/** A moment as people write it, on the machine's own clock. */
export function moment(language: Language, ms: number, zone?: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    year: 'numeric',
    month: language === 'en' ? 'short' : 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(ms);
}
