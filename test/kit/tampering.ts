import type { Random } from '../fuzz/random.ts';

/** An export with something wrong, and where a verifier has to say so. */
export interface Tampered {
  /** What was done, for whoever reads a failure. */
  readonly what: string;
  readonly bytes: Buffer;
  /** Lines (from 1, of the tampered export) of which at least one must be named. */
  readonly lines: ReadonlySet<number>;
}

const joined = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));
const from = (low: number, high: number): ReadonlySet<number> =>
  new Set(Array.from({ length: high - low + 1 }, (_, n) => low + n));

/** One bit of one byte is another. A line feed joins two lines; the line that then is broken is the first of both. */
export function flipped(lines: readonly string[], at: number, bit: number): Tampered {
  const bytes = joined(lines);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  let line = 1;
  for (let index = 0; index < at; index++) if (bytes[index] === 0x0a) line += 1;
  return { what: `bit ${bit} of byte ${at}, in line ${line}`, bytes, lines: new Set([line]) };
}

/** Every single way to tamper with lines, by name. Lines are counted from 1. */
export const tamperings: Readonly<Record<string, (lines: readonly string[], random: Random) => Tampered>> = {
  flip: (lines, random) => flipped(lines, random.int(0, joined(lines).length - 1), random.int(0, 7)),

  drop(lines, random) {
    const line = random.int(1, lines.length);
    // What follows is named: a record or head that does not fit there, at the latest behind a head.
    return {
      what: `drop line ${line}`,
      bytes: joined(lines.filter((_, at) => at !== line - 1)),
      lines: from(line === lines.length ? line - 1 : line, line + 1),
    };
  },

  dropSeveral(lines, random) {
    const first = random.int(2, lines.length - 1);
    const last = random.int(first, lines.length - 1);
    return {
      what: `drop lines ${first} to ${last}`,
      bytes: joined(lines.filter((_, at) => at < first - 1 || at > last - 1)),
      lines: from(first, first + 1),
    };
  },

  duplicate(lines, random) {
    const line = random.int(1, lines.length);
    return {
      what: `line ${line} twice`,
      bytes: joined(lines.flatMap((each, at) => (at === line - 1 ? [each, each] : [each]))),
      lines: new Set([line + 1]),
    };
  },

  insert(lines, random) {
    const [line, place] = [random.int(2, lines.length - 1), random.int(2, lines.length)];
    const copied = lines[line - 1] ?? '';
    return {
      what: `line ${line} before line ${place} once more`,
      bytes: joined([...lines.slice(0, place - 1), copied, ...lines.slice(place - 1)]),
      lines: from(place, place + 1),
    };
  },

  swap(lines, random) {
    const one = random.int(1, lines.length - 1);
    const other = random.chance(0.5) ? one + 1 : random.int(one + 1, lines.length);
    const swapped = lines.map((line, at) =>
      at === one - 1 ? (lines[other - 1] ?? '') : at === other - 1 ? (lines[one - 1] ?? '') : line,
    );
    return { what: `lines ${one} and ${other} swapped`, bytes: joined(swapped), lines: new Set([one, one + 1, other]) };
  },

  move(lines, random) {
    const line = random.int(2, lines.length - 1);
    const rest = lines.filter((_, at) => at !== line - 1);
    let place = random.int(2, rest.length);
    if (place === line) place = line === 2 ? 3 : 2;
    return {
      what: `line ${line} moved to ${place}`,
      bytes: joined([...rest.slice(0, place - 1), lines[line - 1] ?? '', ...rest.slice(place - 1)]),
      lines: new Set([line, line + 1, place, place + 1]),
    };
  },

  truncate(lines, random) {
    const whole = joined(lines);
    const bytes = whole.subarray(0, random.int(1, whole.length - 2));
    const line = bytes
      .toString('latin1')
      .split('\n')
      .filter((each) => each !== '').length;
    return { what: `cut off after ${bytes.length} bytes`, bytes, lines: new Set([line]) };
  },
};
