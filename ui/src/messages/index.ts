import type { Language } from '../lib/api/types';
import { en, type Messages } from './en';
import errorsEn from './errors.en.json';
import errorsZhCN from './errors.zh-CN.json';
import errorsZhTW from './errors.zh-TW.json';
import { zhCN } from './zh-CN';
import { zhTW } from './zh-TW';

export type { Messages } from './en';

/** Languages that learners can choose. The words of zh-CN are derived: `divedeep bank simplify`. */
export const LANGUAGES = ['en', 'zh-TW', 'zh-CN'] as const satisfies readonly Language[];

const messages: Record<Language, Messages> = { en, 'zh-TW': zhTW, 'zh-CN': zhCN };

type ErrorCode = keyof typeof errorsEn;
const errors: Record<Language, Record<ErrorCode, string>> = {
  en: errorsEn,
  'zh-TW': errorsZhTW,
  'zh-CN': errorsZhCN,
};

/** The words of a language. */
export function messagesFor(language: Language): Messages {
  return messages[language];
}

/** A language's own name, the same in every language. */
export function languageName(language: Language): string {
  return messages[language].languageName;
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
  const first = system[0]?.toLowerCase() ?? '';
  if (/^zh\b.*-(cn|sg|hans)/.test(first)) return 'zh-CN';
  return first.startsWith('zh') ? 'zh-TW' : 'en';
}
