import type { Redis } from './redis.ts';
import { StateUnavailable } from './unavailable.ts';

/** Remembers what may be used once: proofs, assertions, one-time values. */
export interface ReplayStore {
  /**
   * Whether this is the first use; every later one is a replay, in whichever process it arrives.
   *
   * @param until milliseconds since the epoch, after which a replay would be refused for its age anyway
   * @throws StateUnavailable when it cannot be known
   */
  firstUse(kind: string, value: string, until: number): Promise<boolean>;
}

/** More one-time values than this alive at once are refused: a memory that forgot would accept a replay. */
const MAX_REMEMBERED = 1_000_000;

export const memoryReplay = (now: () => number, capacity = MAX_REMEMBERED): ReplayStore => {
  /** By kind and value; in the order of use, which is nearly the order of expiry. */
  const used = new Map<string, number>();
  let swept = 0;
  const sweep = (at: number): void => {
    if (at - swept < 1_000) return;
    swept = at;
    for (const [key, until] of used) if (until <= at) used.delete(key);
  };
  return {
    async firstUse(kind, value, until) {
      const at = now();
      sweep(at);
      const key = `${kind} ${value}`;
      if ((used.get(key) ?? 0) > at) return false;
      if (used.size >= capacity) throw new StateUnavailable('replay memory is full');
      used.set(key, until);
      return true;
    },
  };
};

export const redisReplay = (redis: Redis, now: () => number): ReplayStore => ({
  async firstUse(kind, value, until) {
    const life = Math.max(1, Math.ceil(until - now()));
    const answer = await redis.run('replay', (client) =>
      client.set(`lienthong:used:${kind}:${value}`, '1', {
        condition: 'NX',
        expiration: { type: 'PX', value: life },
      }),
    );
    return answer === 'OK';
  },
});
