import type { QueryPlan } from '@apollo/query-planner';

import { PublicError } from '../errors.ts';
import type { Part } from '../remembered/part.ts';
import type { Remembered } from '../remembered/remembered.ts';

/** A plan and the length of its JSON. */
export interface MeasuredPlan {
  readonly plan: QueryPlan;
  readonly length: number;
}

/** Where plans are kept. */
export const planPart = (remembered: Remembered): Part<MeasuredPlan> =>
  remembered.part({ name: 'plans', weightOf: ({ length }) => length * CHARACTER });

/** Bytes of a plan for each character of its JSON, measured and rounded up. */
const CHARACTER = 2;

/** Milliseconds for which an operation that cannot be planned is refused at once, and how many are remembered. */
const REFUSED_FOR = 30_000;
const MAX_REFUSED = 1_000;

/**
 * The plans of one supergraph version, by shape. A plan that many wait for is made once, and one that was beyond the budget
 * is not tried again right away: its caller repeats himself at no cost for others.
 */
export class Plans {
  readonly #kept: Part<MeasuredPlan>;
  readonly #now: () => number;
  readonly #making = new Map<string, Promise<MeasuredPlan>>();
  readonly #refused = new Map<string, { readonly until: number; readonly refusal: PublicError }>();

  /** @param now milliseconds, never going back */
  constructor(kept: Part<MeasuredPlan>, now: () => number = () => performance.now()) {
    this.#kept = kept;
    this.#now = now;
  }

  /** The plan of a shape, made where it is not known. */
  async get(shape: string, make: () => Promise<MeasuredPlan>): Promise<MeasuredPlan> {
    const kept = this.#kept.get(shape);
    if (kept) return kept;
    const refused = this.#refused.get(shape);
    if (refused && refused.until > this.#now()) throw refused.refusal;
    const making = this.#making.get(shape) ?? this.#make(shape, make);
    return making;
  }

  close(): void {
    this.#kept.close();
  }

  #make(shape: string, make: () => Promise<MeasuredPlan>): Promise<MeasuredPlan> {
    const making = make()
      .then((made) => {
        this.#kept.set(shape, made);
        return made;
      })
      .catch((error: unknown) => {
        if (error instanceof PublicError && error.code === 'LIMIT_PLANNING') this.#refuse(shape, error);
        throw error;
      })
      .finally(() => this.#making.delete(shape));
    this.#making.set(shape, making);
    return making;
  }

  #refuse(shape: string, refusal: PublicError): void {
    // Last again: the oldest is the first to be forgotten.
    this.#refused.delete(shape);
    this.#refused.set(shape, { until: this.#now() + REFUSED_FOR, refusal });
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > MAX_REFUSED && oldest !== undefined) this.#refused.delete(oldest);
  }
}
