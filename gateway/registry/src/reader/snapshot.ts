import type { Partner } from '../partner.ts';

/** What a reader serves: partners by client, a revision, and who wants to know of changes. */
export class Snapshot {
  #partners: ReadonlyMap<string, Partner> = new Map();
  #list: readonly Partner[] = [];
  #revision = 0;
  #readAt = 0;
  readonly #listeners = new Set<() => void>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  readonly partner = (client: string): Partner | undefined => this.#partners.get(client);

  get partners(): readonly Partner[] {
    return this.#list;
  }

  get revision(): number {
    return this.#revision;
  }

  readonly age = (): number => this.#now() - this.#readAt;

  readonly onChange = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  /** Takes a new state at once and as a whole. */
  take(partners: readonly Partner[], revision: number): void {
    this.#partners = new Map(partners.map((partner) => [partner.client, partner]));
    this.#list = Object.freeze([...partners]);
    this.#revision = revision;
    for (const changed of this.#listeners) changed();
  }

  /** The source was readable when it was asked at `time`, whether or not it had changed. */
  readAt(time: number): void {
    this.#readAt = time;
  }
}
