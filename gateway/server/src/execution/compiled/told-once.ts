import type { Arena } from './arena.ts';
import type { Row } from './layout.ts';
import type { Output } from './output.ts';
import type { Representations } from './representations.ts';

const random = (): number => Math.floor(Math.random() * 2 ** 32) | 0;

/**
 * Bytes that happen to be alike must not be a matter of who chooses them. Two secret multiplications for each unit: of one
 * alone, a difference in the highest bit comes out as it went in.
 */
const SEED = random();
const FIRST = random() | 1;
const SECOND = random() | 1;

const mixed = (hash: number, unit: number): number => {
  const once = Math.imul(hash ^ unit, FIRST);
  return Math.imul(once ^ (once >>> 16), SECOND);
};

/** The representations of one fetch, each told once however many objects it stands for. */
export interface ToldOnce {
  /** Their JSON, commas between. */
  readonly list: Buffer;
  /** The type of each. */
  readonly types: readonly string[];
  /** For each object which one stands for it; -1 where it has none. */
  readonly indexes: readonly number[];
}

/** Writes what stands for the objects of a fetch, whose values lie in the arena; undefined where nothing does. */
export const tellOnce = (
  rows: readonly Row[],
  representations: Representations,
  arena: Arena,
): ToldOnce | undefined => {
  const types: string[] = [];
  const indexes: number[] = [];
  const list = arena.written((out) => {
    const found = rows.length > 1 ? new Found(out, rows.length) : undefined;
    for (const row of rows) {
      const before = out.length;
      if (types.length > 0) out.byte(COMMA);
      const begin = out.length;
      if (!representations.write(row, arena.bytes, out)) {
        out.length = before;
        indexes.push(-1);
        continue;
      }
      const known = found ? found.find(begin) : -1;
      if (known >= 0) {
        out.length = before;
        indexes.push(known);
      } else {
        indexes.push(types.length);
        types.push(representations.typeTold(row));
      }
    }
  });
  return types.length === 0 ? undefined : { list, types, indexes };
};

/** What was written so far, found again by its bytes. */
class Found {
  readonly #out: Output;
  readonly #hashes: number[] = [];
  readonly #begins: number[] = [];
  readonly #ends: number[] = [];
  /**
   * One more than the place of what was written, at the hash of it or the next free place behind; 0: nothing. At most half
   * full: with a Map in its place, putting in was a third of all that gathering costs.
   */
  readonly #table: Int32Array;

  /** @param most how many there may be */
  constructor(out: Output, most: number) {
    this.#out = out;
    this.#table = new Int32Array(2 ** (33 - Math.clz32(most)));
  }

  /** The earlier one that is the same as the last that was written; -1 where there is none, and it is remembered. */
  find(begin: number): number {
    const { bytes, view, length: end } = this.#out;
    let hash = SEED;
    let at = begin;
    for (; at + 4 <= end; at += 4) hash = mixed(hash, view.getInt32(at, true));
    for (; at < end; at += 1) hash = mixed(hash, bytes[at] as number);
    const table = this.#table;
    const mask = table.length - 1;
    let slot = hash & mask;
    for (let taken = table[slot] as number; taken !== 0; taken = table[slot] as number) {
      if (this.#hashes[taken - 1] === hash && this.#isSame(taken - 1, begin, end)) return taken - 1;
      slot = (slot + 1) & mask;
    }
    table[slot] = this.#begins.length + 1;
    this.#hashes.push(hash);
    this.#begins.push(begin);
    this.#ends.push(end);
    return -1;
  }

  #isSame(index: number, begin: number, end: number): boolean {
    const other = this.#begins[index] as number;
    const size = end - begin;
    if ((this.#ends[index] as number) - other !== size) return false;
    const { bytes, view } = this.#out;
    let at = 0;
    for (; at + 4 <= size; at += 4) if (view.getInt32(other + at) !== view.getInt32(begin + at)) return false;
    for (; at < size; at += 1) if (bytes[other + at] !== bytes[begin + at]) return false;
    return true;
  }
}

const COMMA = 0x2c;
