import type { Row } from './layout.ts';
import { Output } from './output.ts';
import type { Representations } from './representations.ts';

/** Where lists are written; there is one for the whole process, because writing one never waits. */
const out = new Output();

/** Bytes that happen to be alike must not be a matter of who chooses them. */
const SEED = Math.floor(Math.random() * 2 ** 32) | 0;
/** Of FNV-1a. */
const PRIME = 0x01000193;

/** The representations of one fetch, each told once however many objects it stands for. */
export interface ToldOnce {
  /** Their JSON, commas between. */
  readonly list: Buffer;
  /** The type of each. */
  readonly types: readonly string[];
  /** For each object which one stands for it; -1 where it has none. */
  readonly indexes: readonly number[];
}

/**
 * Writes what stands for the objects of a fetch; undefined where nothing does.
 *
 * @param bytes of the request's arena
 */
export const tellOnce = (
  rows: readonly Row[],
  representations: Representations,
  bytes: Buffer,
): ToldOnce | undefined => {
  const types: string[] = [];
  const indexes: number[] = [];
  const found = rows.length > 1 ? new Found() : undefined;
  out.length = 0;
  for (const row of rows) {
    const before = out.length;
    if (types.length > 0) out.byte(COMMA);
    const begin = out.length;
    if (!representations.write(row, bytes, out)) {
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
  return types.length === 0 ? undefined : { list: Buffer.from(out.bytes.subarray(0, out.length)), types, indexes };
};

/** What was written so far, found again by its bytes. */
class Found {
  readonly #begins: number[] = [];
  readonly #ends: number[] = [];
  /** By hash the last with it, and by each the one before. */
  readonly #byHash = new Map<number, number>();
  readonly #before: number[] = [];

  /** The earlier one that is the same as the last that was written; -1 where there is none, and it is remembered. */
  find(begin: number): number {
    const end = out.length;
    let hash = SEED;
    for (let at = begin; at < end; at += 1) hash = Math.imul(hash ^ (out.bytes[at] as number), PRIME);
    const last = this.#byHash.get(hash) ?? -1;
    for (let index = last; index >= 0; index = this.#before[index] as number) {
      if (this.#isSame(index, begin, end)) return index;
    }
    this.#byHash.set(hash, this.#begins.length);
    this.#begins.push(begin);
    this.#ends.push(end);
    this.#before.push(last);
    return -1;
  }

  #isSame(index: number, begin: number, end: number): boolean {
    const other = this.#begins[index] as number;
    const size = end - begin;
    if ((this.#ends[index] as number) - other !== size) return false;
    const { bytes } = out;
    for (let at = 0; at < size; at += 1) if (bytes[other + at] !== bytes[begin + at]) return false;
    return true;
  }
}

const COMMA = 0x2c;
