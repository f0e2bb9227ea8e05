import { type Kept, Part, type PartOptions } from './part.ts';

/** Of the whole: what nobody has asked for a second time has no more room, however much of it comes. */
const NEWCOMERS = 1 / 8;
/** Of the whole: what is heavier by itself would drive out much that is asked for by many. */
const LARGEST = 1 / 8;
/** Keys of what was forgotten lately, by their hash: about a megabyte. */
const FORGOTTEN = 32_768;

/**
 * Everything that is remembered of operations so that it need not be made again, in parts under one bound in bytes.
 *
 * What is new waits in a short queue. Only what is asked for again before its turn has come, or comes again soon after, goes
 * on to the long one, where it stays as long as it is asked for (S3-FIFO: Yang et al., "FIFO queues are all you need for
 * cache eviction", SOSP 2023). So operations that come once, honest or not, drive out nothing that is used, and die young,
 * which is what the garbage collector is good at. To be asked for costs a counter: nothing is moved.
 */
export class Remembered {
  readonly limit: number;
  /** Bytes by the name of the part. */
  readonly #weights = new Map<string, number>();
  readonly #newcomers = new Set<Kept>();
  readonly #kept = new Set<Kept>();
  /** The one forgotten last is last. */
  readonly #forgotten = new Set<number>();
  #weight = 0;
  #newcomersWeight = 0;

  /** @param limit bytes of all parts together */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes of all that is remembered. */
  get weight(): number {
    return this.#weight;
  }

  /** The same by what the parts are called. */
  get weights(): ReadonlyMap<string, number> {
    return this.#weights;
  }

  /** A part of its own: what is put into it is found in it alone. */
  part<V>(options: PartOptions<V>): Part<V> {
    return new Part(options, {
      largest: this.limit * LARGEST,
      add: (entry) => this.#add(entry),
      remove: (entry) => this.#remove(entry),
      grew: (entry, bytes) => this.#grew(entry, bytes),
    });
  }

  #count(part: string, bytes: number): void {
    this.#weight += bytes;
    this.#weights.set(part, (this.#weights.get(part) ?? 0) + bytes);
  }

  #add(entry: Kept): void {
    this.#count(entry.part, entry.weight);
    if (this.#forgotten.delete(entry.hash)) this.#kept.add(entry);
    else {
      this.#newcomers.add(entry);
      this.#newcomersWeight += entry.weight;
    }
    this.#makeRoom();
  }

  #remove(entry: Kept): void {
    this.#count(entry.part, -entry.weight);
    if (this.#newcomers.delete(entry)) this.#newcomersWeight -= entry.weight;
    else this.#kept.delete(entry);
  }

  #grew(entry: Kept, bytes: number): void {
    this.#count(entry.part, bytes);
    if (this.#newcomers.has(entry)) this.#newcomersWeight += bytes;
    this.#makeRoom();
  }

  #makeRoom(): void {
    // Should all that is left be in use, which cannot be for long, it goes all the same.
    let passedOver = 0;
    while (this.#weight > this.limit) {
      const isNewcomer = this.#kept.size === 0 || this.#newcomersWeight > this.limit * NEWCOMERS;
      const [first] = isNewcomer ? this.#newcomers : this.#kept;
      if (!first) return;
      const isSpared = first.isInUse && passedOver < this.#kept.size + this.#newcomers.size;
      if (isSpared) passedOver += 1;
      if (first.asked === 0 && !isSpared) {
        first.drop();
        if (isNewcomer) this.#rememberForgotten(first.hash);
        continue;
      }
      if (isNewcomer) {
        first.asked = 0;
        this.#newcomers.delete(first);
        this.#newcomersWeight -= first.weight;
      } else {
        first.asked = Math.max(0, first.asked - 1);
        this.#kept.delete(first);
      }
      // Last again: its next turn is when all others have had theirs.
      this.#kept.add(first);
    }
  }

  #rememberForgotten(hash: number): void {
    this.#forgotten.add(hash);
    const [oldest] = this.#forgotten;
    if (this.#forgotten.size > FORGOTTEN && oldest !== undefined) this.#forgotten.delete(oldest);
  }
}
