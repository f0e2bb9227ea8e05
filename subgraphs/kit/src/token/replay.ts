import { TokenUndecided } from './reasons.ts';

/**
 * Remembers which tokens were used, so that a copied request is worth nothing. Several processes of one department need
 * one memory between them: `sharedReplay`, or any store where one command both asks and sets.
 */
export interface ReplayMemory {
  /** True the first time a `jti` is shown before it expires, false ever after. `expires` is in seconds since 1970. */
  readonly firstUse: (jti: string, expires: number, now: number) => boolean | Promise<boolean>;
  readonly close?: () => Promise<void>;
}

/**
 * Ids in one bucket per second of expiry, so that forgetting costs one deletion a second, not a sweep.
 * When `capacity` is reached the answer is neither yes nor no: forgetting an id that is still valid would let it be
 * replayed, so the request is turned away. Only a holder of the gateway's key can get there.
 */
export const createReplayMemory = (capacity = 1_000_000): ReplayMemory => {
  const buckets = new Map<number, Set<string>>();
  let size = 0;
  let sweptAt = 0;

  const forgetExpired = (now: number) => {
    if (now === sweptAt) return;
    sweptAt = now;
    for (const [expires, ids] of buckets) {
      if (expires >= now) continue;
      buckets.delete(expires);
      size -= ids.size;
    }
  };

  return {
    firstUse(jti, expires, now) {
      forgetExpired(Math.floor(now));
      const second = Math.ceil(expires);
      const ids = buckets.get(second) ?? new Set<string>();
      if (ids.has(jti)) return false;
      if (size >= capacity) throw new TokenUndecided('replay_memory_full');
      ids.add(jti);
      buckets.set(second, ids);
      size += 1;
      return true;
    },
  };
};
