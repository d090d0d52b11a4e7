import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/tokens.css', 'utf8');

function tokens(selector: string): Record<string, string> {
  const from = css.indexOf(selector);
  const body = css.slice(css.indexOf('{', from), css.indexOf('}', from));
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex]),
  );
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe.each([
  ['light', ':root {'],
  ['dark', ":root[data-theme='dark']"],
])('%s colours', (_, selector) => {
  const colour = tokens(selector);
  const washes = ['again-wash', 'hard-wash', 'good-wash', 'easy-wash'];
  const pairs: [string, string, number][] = [
    ...['ink', 'ink-soft'].flatMap((ink) =>
      ['paper', 'paper-sunk', 'accent-wash', ...washes].map((paper): [string, string, number] => [
        ink,
        paper,
        7,
      ]),
    ),
    ['accent-ink', 'paper', 7],
    ['accent-ink', 'paper-sunk', 7],
    ['accent-ink', 'accent-wash', 7],
    ['on-accent', 'accent', 7],
    ['on-accent', 'accent-ink', 7],
    ['again', 'paper', 4.5],
    ['hard', 'paper', 4.5],
    ['good', 'paper', 4.5],
    ['easy', 'paper', 4.5],
    ['accent', 'paper', 4.5],
    ['hairline-strong', 'paper', 3],
  ];
  it.each(pairs)('%s can be read on %s', (ink, paper, least) => {
    expect(contrast(colour[ink] ?? '', colour[paper] ?? '')).toBeGreaterThanOrEqual(least);
  });
});
