/** A figure over rounds: its median, and how far the rounds lie apart. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Not a number where one of the values is none. */
export const spreadOf = (values: readonly number[]): Spread => {
  if (values.some(Number.isNaN)) return { median: Number.NaN, low: Number.NaN, high: Number.NaN };
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const [below = Number.NaN, above = below] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return { median: (below + above) / 2, low: sorted[0] ?? Number.NaN, high: sorted.at(-1) ?? Number.NaN };
};
