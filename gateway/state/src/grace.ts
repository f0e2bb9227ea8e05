import type { QuotaStore } from './quotas.ts';
import type { ReplayStore } from './replay.ts';
import { StateUnavailable } from './unavailable.ts';

/**
 * Bridges a short absence of the shared store: for `grace` milliseconds after its last answer this process counts and
 * remembers by itself, which is exact for one process and nearly so for several; after that nobody guesses any more and
 * {@link StateUnavailable} is thrown. A process that never had an answer has no grace.
 */
class Bridge {
  readonly #grace: number;
  readonly #now: () => number;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(grace: number, now: () => number) {
    this.#grace = grace;
    this.#now = now;
  }

  async over<T>(shared: () => Promise<T>, own: () => Promise<T>): Promise<T> {
    try {
      const answer = await shared();
      this.#answeredAt = this.#now();
      return answer;
    } catch (error) {
      if (!(error instanceof StateUnavailable) || this.#now() - this.#answeredAt > this.#grace) throw error;
      return own();
    }
  }
}

/** What was used is remembered here too, so that a proof from just before the absence is no first use in it. */
export const bridgedReplay = (shared: ReplayStore, own: ReplayStore, grace: number, now: () => number): ReplayStore => {
  const bridge = new Bridge(grace, now);
  return {
    async firstUse(kind, value, until) {
      const firstHere = await own.firstUse(kind, value, until);
      return (
        (await bridge.over(
          () => shared.firstUse(kind, value, until),
          async () => true,
        )) && firstHere
      );
    },
  };
};

export const bridgedQuotas = (shared: QuotaStore, own: QuotaStore, grace: number, now: () => number): QuotaStore => {
  const bridge = new Bridge(grace, now);
  return {
    take: (...question) =>
      bridge.over(
        () => shared.take(...question),
        () => own.take(...question),
      ),
    takeDistinct: (...question) =>
      bridge.over(
        () => shared.takeDistinct(...question),
        () => own.takeDistinct(...question),
      ),
  };
};
