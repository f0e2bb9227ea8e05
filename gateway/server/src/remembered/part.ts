import type { Holder, Weight } from './weight.ts';

/** How often something is counted as asked for, and so may be passed over when it would be forgotten. */
const MOST_ASKED = 3;
/** Characters at each end of a key that are hashed. */
const HASHED = 512;

export interface PartOptions<V> {
  /** What it is called in metrics. */
  readonly name: string;
  /** Bytes of a value; or its own account of them, where it grows while it is kept. */
  readonly weightOf: (value: V) => number | Weight;
  /** Whether something else that is kept holds on to a value: to forget it would make nothing lighter. */
  readonly isInUse?: (value: V) => boolean;
}

/** One thing that is kept, whatever it is. */
export interface Kept {
  /** The name of its part. */
  readonly part: string;
  readonly weight: number;
  readonly hash: number;
  asked: number;
  readonly isInUse: boolean;
  drop(): void;
}

/** What the entries of all parts are kept by. */
export interface Shelf {
  /** Bytes of one entry at most. */
  readonly largest: number;
  add(entry: Kept): void;
  remove(entry: Kept): void;
  grew(entry: Kept, bytes: number): void;
}

/** One kind of what is remembered, by its key. */
export class Part<V> {
  readonly name: string;
  readonly #options: PartOptions<V>;
  readonly #shelf: Shelf;
  readonly #entries = new Map<string, Entry<V>>();
  #isClosed = false;

  constructor(options: PartOptions<V>, shelf: Shelf) {
    this.name = options.name;
    this.#options = options;
    this.#shelf = shelf;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.asked < MOST_ASKED) entry.asked += 1;
    return entry.value;
  }

  /** Keeps a value, unless it is too heavy by itself. */
  set(key: string, value: V): void {
    this.delete(key);
    const weight = this.#options.weightOf(value);
    const bytes = typeof weight === 'number' ? weight : weight.bytes;
    if (this.#isClosed || bytes > this.#shelf.largest) return;
    const entry = new Entry(this, key, value, bytes);
    if (typeof weight !== 'number') weight.heldBy(entry);
    this.#entries.set(key, entry);
    this.#shelf.add(entry);
  }

  delete(key: string): boolean {
    const entry = this.#entries.get(key);
    entry?.drop();
    return entry !== undefined;
  }

  /** What is kept, with its keys, the one asked for most first. */
  mostAsked(): readonly (readonly [key: string, value: V])[] {
    const entries = [...this.#entries.values()].sort((one, other) => other.asked - one.asked);
    return entries.map(({ key, value }) => [key, value]);
  }

  /** Forgets everything, and keeps nothing from now on. */
  close(): void {
    this.#isClosed = true;
    for (const entry of this.#entries.values()) entry.drop();
  }

  isInUse({ value }: Entry<V>): boolean {
    return this.#options.isInUse?.(value) ?? false;
  }

  /** Told by an entry of its own. */
  grew(entry: Entry<V>, bytes: number): void {
    this.#shelf.grew(entry, bytes);
    if (entry.weight > this.#shelf.largest) entry.drop();
  }

  /** Told by an entry of its own. */
  dropped(entry: Entry<V>): void {
    this.#entries.delete(entry.key);
    this.#shelf.remove(entry);
  }
}

class Entry<V> implements Holder, Kept {
  readonly key: string;
  readonly value: V;
  weight: number;
  asked = 0;
  readonly part: string;
  #owner: Part<V> | undefined;

  constructor(owner: Part<V>, key: string, value: V, weight: number) {
    this.#owner = owner;
    this.part = owner.name;
    this.key = key;
    this.value = value;
    this.weight = weight;
  }

  get isHeld(): boolean {
    return this.#owner !== undefined;
  }

  get isInUse(): boolean {
    return this.#owner?.isInUse(this) ?? false;
  }

  /** FNV-1a over the ends of its key: where two have one hash, one is taken for the other's return, and no more. */
  get hash(): number {
    const { key } = this;
    const ends = key.length <= 2 * HASHED ? key : key.slice(0, HASHED) + key.slice(-HASHED);
    let hash = 0x811c9dc5 ^ key.length;
    for (const text of [this.part, ends]) {
      for (let index = 0; index < text.length; index += 1) {
        hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
      }
    }
    return hash;
  }

  grow(bytes: number): void {
    if (!this.#owner) return;
    this.weight += bytes;
    this.#owner.grew(this, bytes);
  }

  drop(): void {
    const owner = this.#owner;
    this.#owner = undefined;
    owner?.dropped(this);
  }
}
