import type { Caller } from './caller.ts';

interface VerifiedToken {
  readonly caller: Caller;
  /** `x5t#S256` of the certificate it is bound to. */
  readonly certificate: string | undefined;
  /** Seconds since 1970. */
  readonly until: number;
}

/** Tokens of `binding: channel` whose signature has been checked. What the connection proves is checked every time. */
export interface ChannelMemory {
  readonly find: (authorization: string, now: number) => VerifiedToken | undefined;
  readonly keep: (authorization: string, token: VerifiedToken) => void;
}

/**
 * Bounded: the oldest goes first, which is also the first to expire. Those that have are let go as others come: nobody asks
 * with them again.
 */
export const createChannelMemory = (capacity = 10_000): ChannelMemory => {
  const tokens = new Map<string, VerifiedToken>();
  let lastAsked = 0;
  return {
    find(authorization, now) {
      lastAsked = now;
      const known = tokens.get(authorization);
      if (!known || now < known.until) return known;
      tokens.delete(authorization);
      return undefined;
    },
    keep(authorization, token) {
      for (const [oldest, { until }] of tokens) {
        if (until > lastAsked && tokens.size < capacity) break;
        tokens.delete(oldest);
      }
      tokens.set(authorization, token);
    },
  };
};
