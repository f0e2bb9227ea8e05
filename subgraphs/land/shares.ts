/**
 * A share of a parcel as an exact fraction in lowest terms. Decimals would lose thirds, and a sum of three of them
 * would then never make the whole.
 */
export interface Share {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** What a share's text looks like: two numbers of at most 9 digits, without leading zeros. */
const pattern = /^([1-9]\d{0,8})\/([1-9]\d{0,8})$/;

/** The largest denominator that the register keeps: 9 digits, as in the text. */
const largestDenominator = 999_999_999n;

const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b));

function reduced(numerator: bigint, denominator: bigint): Share {
  const common = divisor(numerator < 0n ? -numerator : numerator, denominator);
  return { numerator: numerator / common, denominator: denominator / common };
}

/** The share of two whole numbers, as a row of the register holds them. */
export const share = (numerator: number | bigint, denominator: number | bigint): Share =>
  reduced(BigInt(numerator), BigInt(denominator));

/** Reads `1/2`; undefined when the text is no fraction above 0 and at most 1. */
export function parseShare(text: string): Share | undefined {
  const [, numerator, denominator] = pattern.exec(text) ?? [];
  if (numerator === undefined || denominator === undefined) return undefined;
  const parsed = share(BigInt(numerator), BigInt(denominator));
  return parsed.numerator <= parsed.denominator ? parsed : undefined;
}

/** Writes `1/2`; the whole is `1/1`. */
export const formatShare = ({ numerator, denominator }: Share): string => `${numerator}/${denominator}`;

export const add = (a: Share, b: Share): Share =>
  reduced(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);

/** `a - b`: negative when `b` is larger, zero (`0/1`) when they are equal. */
export const subtract = (a: Share, b: Share): Share => add(a, { ...b, numerator: -b.numerator });

/** Whether the register can keep this share; sums of many odd fractions outgrow it. */
export const fitsRegister = ({ denominator }: Share): boolean => denominator <= largestDenominator;
