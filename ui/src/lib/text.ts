import type { Messages } from '../messages/en';
import type { Face, ItemRef, ItemView, Language, Outline, QuestionKind, Text } from './api/types';

/** A text in a language; what has no such text falls back to the nearest one. */
export function inLanguage(text: Text, language: Language): string {
  if (language === 'zh-CN') return text['zh-CN'] ?? text['zh-TW'];
  return text[language] || text.en;
}

/** A domain's name; its id for a domain that the outline does not know. */
export function domainName(outline: Outline, id: string, language: Language): string {
  const domain = outline.domains.find((domain) => domain.id === id);
  return domain ? inLanguage(domain.name, language) : id;
}

/** A topic's name. */
export function topicName(outline: Outline, domain: string, id: string, language: Language): string {
  const topic = outline.topics.find((topic) => topic.domain === domain && topic.id === id);
  return topic ? inLanguage(topic.name, language) : id;
}

/** What sort of item it is, in words. */
export function kindName(t: Messages, item: ItemRef, question: QuestionKind | null): string {
  if (question) return t.item.kind[question];
  return item.kind === 'drill' || item.kind === 'incident' ? t.item[item.kind] : t.item.prompt;
}

/** The languages an item can be read in, English first. */
export function languagesOf(view: ItemView): Language[] {
  return (['en', 'zh-TW', 'zh-CN'] as const).filter((language) => view.faces[language]);
}

/** An item's words in a language, or in the first one it has. */
export function faceOf(view: ItemView, language: Language): { face: Face; language: Language } | null {
  for (const candidate of [language, ...languagesOf(view)]) {
    const face = view.faces[candidate];
    if (face) return { face, language: candidate };
  }
  return null;
}
