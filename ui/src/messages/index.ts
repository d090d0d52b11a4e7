import type { Language } from '../lib/api/types';
import { en, type Messages } from './en';
import errorsEn from './errors.en.json';
import errorsZhTW from './errors.zh-TW.json';
import { zhTW } from './zh-TW';

export type { Messages } from './en';

/** Languages that learners can choose. Simplified Chinese joins when its own words are there. */
export const LANGUAGES = ['en', 'zh-TW'] as const satisfies readonly Language[];

const messages: Record<Language, Messages> = { en, 'zh-TW': zhTW, 'zh-CN': zhTW };

type ErrorCode = keyof typeof errorsEn;
const errors: Record<Language, Record<ErrorCode, string>> = {
  en: errorsEn,
  'zh-TW': errorsZhTW,
  'zh-CN': errorsZhTW,
};

/** The words of a language. */
export function messagesFor(language: Language): Messages {
  return messages[language];
}

/** A language's own name, the same in every language. */
export function languageName(language: Language): string {
  return language === 'zh-CN' ? '简体中文' : messages[language].languageName;
}

/** The sentence for an error: what happened, what is safe, what to do. */
export function errorSentence(
  language: Language,
  error: { code: string; params: Record<string, string> },
): string {
  const sentences: Partial<Record<string, string>> = errors[language];
  const sentence = sentences[error.code] ?? errors[language].unexpected;
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => error.params[name] ?? hole);
}

/** The language to begin with, before a learner has chosen. */
export function guessLanguage(system: readonly string[] = navigator.languages): Language {
  return system[0]?.toLowerCase().startsWith('zh') ? 'zh-TW' : 'en';
}
