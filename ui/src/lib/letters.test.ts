import { describe, expect, it } from 'vitest';
import { letterOf, toggledLetter } from './letters';

describe('letters of options', () => {
  it('go in their order', () => {
    expect([0, 1, 7].map(letterOf)).toEqual(['a', 'b', 'h']);
  });
  it('are put in and taken out', () => {
    expect(toggledLetter('', 'b')).toBe('b');
    expect(toggledLetter('b', 'a')).toBe('a b');
    expect(toggledLetter('a b', 'a')).toBe('b');
    expect(toggledLetter('b', 'b')).toBe('');
  });
});
