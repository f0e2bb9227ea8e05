/** What Apollo Server takes as a store. */
interface Store<V> {
  get(key: string): Promise<V | undefined>;
  set(key: string, value: V): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** Of the limit; what is heavier would drive out much that is asked for by many. */
const LARGEST_SHARE = 1 / 8;

/**
 * A store bounded by the weight of its values, in parts: what is put into one part is found in that part alone. The least
 * recently used goes first; what is too heavy by itself is not kept at all.
 */
export class RecentlyUsed<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly weight: number }>();
  readonly #limit: number;
  readonly #weightOf: (value: V) => number;
  #weight = 0;
  #parts = 0;

  /** @param limit of the weights of all parts together */
  constructor(limit: number, weightOf: (value: V) => number) {
    this.#limit = limit;
    this.#weightOf = weightOf;
  }

  part(): Store<V> {
    const prefix = `${this.#parts++} `;
    return {
      get: async (key) => {
        const entry = this.#entries.get(prefix + key);
        if (!entry) return undefined;
        // Moved to the end: the first one is the one to forget.
        this.#entries.delete(prefix + key);
        this.#entries.set(prefix + key, entry);
        return entry.value;
      },
      set: async (key, value) => this.#keep(prefix + key, value),
      delete: async (key) => this.#drop(prefix + key),
    };
  }

  #keep(key: string, value: V): void {
    this.#drop(key);
    const weight = this.#weightOf(value);
    if (weight > this.#limit * LARGEST_SHARE) return;
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#limit) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): boolean {
    this.#weight -= this.#entries.get(key)?.weight ?? 0;
    return this.#entries.delete(key);
  }
}
