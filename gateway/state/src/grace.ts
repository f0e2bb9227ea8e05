import type { QuotaStore, Standing } from './quotas.ts';
import type { ReplayStore } from './replay.ts';
import { StateUnavailable } from './unavailable.ts';

/**
 * Bridges a short absence of the shared store: for `grace` milliseconds after its last answer this process counts and
 * remembers by itself, which is exact for one process and not for several; after that nobody guesses any more and
 * {@link StateUnavailable} is thrown. A process that never had an answer has no grace.
 */
class Bridge {
  readonly #grace: number;
  readonly #now: () => number;
  readonly #heardAt: () => number;

  /**
   * @param grace milliseconds
   * @param heardAt when the store last answered anything, in milliseconds since the epoch
   */
  constructor(grace: number, now: () => number, heardAt: () => number) {
    this.#grace = grace;
    this.#now = now;
    this.#heardAt = heardAt;
  }

  async over<T>(shared: () => Promise<T>, own: () => Promise<T>): Promise<T> {
    try {
      return await shared();
    } catch (error) {
      if (!(error instanceof StateUnavailable) || this.#now() - this.#heardAt() > this.#grace) throw error;
      return own();
    }
  }
}

type Bridging = ConstructorParameters<typeof Bridge>;

/** What was used is remembered here too, so that a proof from just before the absence is no first use in it. */
export const bridgedReplay = (shared: ReplayStore, own: ReplayStore, ...bridging: Bridging): ReplayStore => {
  const bridge = new Bridge(...bridging);
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

/** What was granted is counted here too, so that who had used up a window before the absence gets no second one in it. */
export const bridgedQuotas = (shared: QuotaStore, own: QuotaStore, ...bridging: Bridging): QuotaStore => {
  const bridge = new Bridge(...bridging);
  const counted = async (standing: Standing, here: () => Promise<Standing>): Promise<Standing> => {
    if (standing.granted) await here();
    return standing;
  };
  return {
    take(...question) {
      const here = () => own.take(...question);
      return bridge.over(async () => counted(await shared.take(...question), here), here);
    },
    takeDistinct(...question) {
      const here = () => own.takeDistinct(...question);
      return bridge.over(async () => counted(await shared.takeDistinct(...question), here), here);
    },
  };
};
