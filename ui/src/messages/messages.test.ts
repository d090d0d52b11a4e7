import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorSentence, guessLanguage, LANGUAGES, messagesFor } from '.';
import errorsEn from './errors.en.json';
import errorsZh from './errors.zh-TW.json';

/** Every sentence with its path; functions are asked with numbers and names. */
function sentences(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const ask = value as (...args: unknown[]) => string;
    if (path.endsWith('list') || path.endsWith('sentences')) return [[path, ask(['x', 'y'])]];
    return [
      [path, ask(1, 2, 3)],
      [path, ask(3, 3, 3)],
    ];
  }
  return Object.entries(value as object).flatMap(([key, inner]) => sentences(inner, `${path}.${key}`));
}

const holes = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('messages', () => {
  it('say something under every key in every language', () => {
    const paths = (language: 'en' | 'zh-TW') => sentences(messagesFor(language)).map(([path]) => path);
    expect(paths('zh-TW')).toEqual(paths('en'));
    for (const language of LANGUAGES) {
      for (const [path, text] of sentences(messagesFor(language)))
        expect(text, `${language}${path}`).not.toBe('');
    }
  });

  it('shout nowhere', () => {
    for (const language of LANGUAGES) {
      for (const [path, text] of sentences(messagesFor(language))) expect(text, path).not.toMatch(/[!！]/);
    }
  });

  const chinese = [
    ...sentences(messagesFor('zh-TW')),
    ...Object.entries(errorsZh).map(([code, text]): [string, string] => [code, text]),
  ];

  it('Chinese has full-width punctuation and no typed space beside Latin', () => {
    for (const [path, text] of chinese) {
      expect(text, path).not.toMatch(/\p{Script=Han}[,;:?()]|[,;?()]\p{Script=Han}/u);
      expect(text, path).not.toMatch(/\p{Script=Han} [A-Za-z0-9{]|[A-Za-z0-9}] \p{Script=Han}/u);
    }
  });

  it('Chinese says what Taiwan says', () => {
    const rules = readFileSync('../data/wording.tsv', 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .map((line) => line.split('\t'));
    expect(rules.length).toBeGreaterThan(50);
    for (const [path, text] of chinese) {
      for (const [wrong = '', right, allowed = ''] of rules) {
        const rest = allowed
          .split(',')
          .filter(Boolean)
          .reduce((text, word) => text.replaceAll(word, ''), text);
        expect(rest.includes(wrong), `${path}: ${wrong}, better ${right}`).toBe(false);
      }
    }
  });
});

describe('error sentences', () => {
  it('are there for the same codes with the same placeholders in every language', () => {
    expect(Object.keys(errorsZh)).toEqual(Object.keys(errorsEn));
    for (const code of Object.keys(errorsEn) as (keyof typeof errorsEn)[]) {
      expect(holes(errorsZh[code]), code).toEqual(holes(errorsEn[code]));
    }
  });

  it('are filled, and fall back where the code is new', () => {
    const error = { code: 'in_use', params: { path: '/data/x.db' } };
    expect(errorSentence('en', error)).toContain('/data/x.db');
    expect(errorSentence('zh-TW', error)).not.toContain('{');
    expect(errorSentence('en', { code: 'never heard of', params: {} })).toBe(errorsEn.unexpected);
    expect(errorSentence('en', { code: 'in_use', params: {} })).toContain('{path}');
  });
});

describe('the first language', () => {
  it.each([
    [['zh-TW', 'en'], 'zh-TW'],
    [['zh-Hant'], 'zh-TW'],
    [['zh-CN'], 'zh-CN'],
    [['zh-Hans-SG', 'en'], 'zh-CN'],
    [['en-GB', 'zh-TW'], 'en'],
    [[], 'en'],
  ])('of %j', (system, language) => expect(guessLanguage(system)).toBe(language));
});
