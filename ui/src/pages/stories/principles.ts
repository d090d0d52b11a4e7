import type { Language, Outline, TopicName } from '../../lib/api/types';
import type { Messages } from '../../messages/en';

const DOMAIN = 'leadership-principles';

/** The sixteen Leadership Principles in their published order. */
export function principles(outline: Outline): TopicName[] {
  return outline.topics.filter(({ domain }) => domain === DOMAIN);
}

/** The name interviewers use in every language; the id of a principle that the outline does not know. */
export function principleName(outline: Outline, id: string): string {
  return principles(outline).find((principle) => principle.id === id)?.name.en ?? id;
}

/** Names in a row, as a sentence has them. One name holds a semicolon and one a comma, so English quotes no commas. */
export function principleList(
  outline: Outline,
  ids: readonly string[],
  language: Language,
  t: Messages,
): string {
  const names = ids.map((id) => principleName(outline, id));
  return language === 'en' ? t.unit.list(names) : names.join('、');
}
