/** The letter of an option: a, b, c ... */
export const letterOf = (place: number): string => String.fromCharCode(97 + place);

/** Letters with one more or one less, in their order. */
export function toggledLetter(letters: string, letter: string): string {
  const chosen = letters.split(' ').filter(Boolean);
  const others = chosen.filter((other) => other !== letter);
  return (others.length < chosen.length ? others : [...others, letter]).sort().join(' ');
}
