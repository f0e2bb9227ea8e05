import type { QueryPlan } from '@apollo/query-planner';

import { PublicError } from '../errors.ts';

/** A plan and its weight: the length of its JSON, which is about what it takes of memory in bytes, twice over. */
export interface WeighedPlan {
  readonly plan: QueryPlan;
  readonly weight: number;
}

/** The weight of all plans kept; the one that was not used for longest goes first. */
const MAX_WEIGHT = 32 * 1024 * 1024;

/** Milliseconds for which an operation that cannot be planned is refused at once, and how many are remembered. */
const REFUSED_FOR = 30_000;
const MAX_REFUSED = 1_000;

/**
 * The plans of one supergraph version, by shape. A plan that many wait for is made once, and one that was beyond the budget
 * is not tried again right away: its caller repeats himself at no cost for others.
 */
export class Plans {
  readonly #now: () => number;
  /** The one used last is last. */
  readonly #kept = new Map<string, WeighedPlan>();
  readonly #making = new Map<string, Promise<QueryPlan>>();
  readonly #refused = new Map<string, { readonly until: number; readonly refusal: PublicError }>();
  #weight = 0;

  /** @param now milliseconds, never going back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The plan of a shape, made where it is not known. */
  async get(shape: string, make: () => Promise<WeighedPlan>): Promise<QueryPlan> {
    const kept = this.#kept.get(shape);
    if (kept) {
      this.#kept.delete(shape);
      this.#kept.set(shape, kept);
      return kept.plan;
    }
    const refused = this.#refused.get(shape);
    if (refused && refused.until > this.#now()) throw refused.refusal;
    const making = this.#making.get(shape) ?? this.#make(shape, make);
    return making;
  }

  #make(shape: string, make: () => Promise<WeighedPlan>): Promise<QueryPlan> {
    const making = make()
      .then((made) => {
        this.#keep(shape, made);
        return made.plan;
      })
      .catch((error: unknown) => {
        if (error instanceof PublicError && error.code === 'LIMIT_PLANNING') this.#refuse(shape, error);
        throw error;
      })
      .finally(() => this.#making.delete(shape));
    this.#making.set(shape, making);
    return making;
  }

  #keep(shape: string, made: WeighedPlan): void {
    this.#kept.set(shape, made);
    this.#weight += made.weight;
    for (const [oldest, { weight }] of this.#kept) {
      if (this.#weight <= MAX_WEIGHT) break;
      this.#kept.delete(oldest);
      this.#weight -= weight;
    }
  }

  #refuse(shape: string, refusal: PublicError): void {
    // Last again: the oldest is the first to be forgotten.
    this.#refused.delete(shape);
    this.#refused.set(shape, { until: this.#now() + REFUSED_FOR, refusal });
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > MAX_REFUSED && oldest !== undefined) this.#refused.delete(oldest);
  }
}
