/** What Apollo Server takes as a store. */
interface Store<V> {
  get(key: string): Promise<V | undefined>;
  set(key: string, value: V): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** A bounded store in parts: what is put into one part is found in that part alone. The least recently used goes first. */
export class RecentlyUsed<V> {
  readonly #entries = new Map<string, V>();
  readonly #limit: number;
  #parts = 0;

  /** @param limit entries of all parts together */
  constructor(limit: number) {
    this.#limit = limit;
  }

  part(): Store<V> {
    const prefix = `${this.#parts++} `;
    return {
      get: async (key) => this.#use(prefix + key, this.#entries.get(prefix + key)),
      set: async (key, value) => void this.#use(prefix + key, value),
      delete: async (key) => this.#entries.delete(prefix + key),
    };
  }

  #use(key: string, value: V | undefined): V | undefined {
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#limit && oldest !== undefined) this.#entries.delete(oldest);
    return value;
  }
}
