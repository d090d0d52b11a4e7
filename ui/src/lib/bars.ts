/** The number at the top of a scale: the next round one, at least five. */
export function scaleTop(values: number[]): number {
  const most = Math.max(0, ...values);
  if (most <= 5) return 5;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= most) ?? 10;
  return Math.ceil(step * power);
}

/** Where a column begins, from above; what is there at all shows at least two units. */
export function barTop(value: number, top: number, height: number): number {
  if (value <= 0) return height;
  return height - Math.max(2, (Math.min(value, top) / top) * height);
}
