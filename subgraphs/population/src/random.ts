/** A value and how often it should come up, in any unit. */
export type Weighted<T> = readonly (readonly [value: T, weight: number])[];

/** A stream of pseudo-random draws. Not for secrets: whoever knows the seed knows them all. */
export interface Random {
  /** A fraction in [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** `true` with the probability `share` (0 to 1). */
  chance(share: number): boolean;
  pick<T>(values: readonly T[]): T;
  weighted<T>(values: Weighted<T>): T;
}

/**
 * The draws that belong to one thing (a personal number, a household) and one purpose ("insurance"). Every purpose has
 * a stream of its own, so that a department that asks one question more does not change anybody's other answers.
 */
export function randomFor(key: string, purpose: string): Random {
  const next = sfc32(...hash128(`${purpose}\u0000${key}`));
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    chance: (share) => next() < share,
    pick: (values) => chosen(values[int(0, values.length - 1)]),
    weighted: (values) => {
      let rest = next() * values.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of values) {
        rest -= weight;
        if (rest < 0) return value;
      }
      return chosen(values.at(-1))[0];
    },
  };
}

function chosen<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('nothing to choose from: the list is empty');
  return value;
}

/** Four 32-bit lanes over a text, each mixed by the finaliser of MurmurHash3. */
function hash128(text: string): [number, number, number, number] {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ unit, 597399067);
    b = c ^ Math.imul(b ^ unit, 2869860233);
    c = d ^ Math.imul(c ^ unit, 951274213);
    d = a ^ Math.imul(d ^ unit, 2716044179);
  }
  return [mix(a), mix(b ^ a), mix(c ^ b), mix(d ^ c)];
}

function mix(lane: number): number {
  let h = lane;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Chris Doty-Humphrey's small fast counter generator (PractRand), 32-bit: passes its own test suite, costs four adds. */
function sfc32(seedA: number, seedB: number, seedC: number, seedD: number): () => number {
  let [a, b, c, counter] = [seedA | 0, seedB | 0, seedC | 0, seedD | 0];
  const next = (): number => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + out) | 0;
    return (out >>> 0) / 4294967296;
  };
  for (let i = 0; i < 8; i++) next();
  return next;
}
