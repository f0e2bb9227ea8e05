import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

import type { Redis } from './redis.ts';
import { StateUnavailable } from './unavailable.ts';

/** So many units within a window of so many seconds, which begins with the first use. */
export interface Window {
  readonly limit: number;
  /** Seconds. */
  readonly per: number;
}

export interface Standing {
  readonly granted: boolean;
  readonly remaining: number;
  /** Milliseconds until the window ends and the whole limit is there again. */
  readonly resetsIn: number;
}

/** Counters that every process of one deployment shares, exact because each step is one atomic step in the store. */
export interface QuotaStore {
  /** Takes units from a window; what does not fit is refused and takes nothing. @throws StateUnavailable */
  take(key: string, window: Window, units: number): Promise<Standing>;
  /**
   * Adds members to the distinct ones of a day; those that are there already cost nothing. All are added or none.
   *
   * @throws StateUnavailable
   */
  takeDistinct(key: string, window: Window, members: readonly string[]): Promise<Standing>;
}

const PREFIX = 'lienthong:quota';

type Limiter = RateLimiterMemory | RateLimiterRedis;

/** One limiter by window: the library fixes a limiter's size when it is made. */
const limiters = (make: (window: Window) => Limiter) => {
  const known = new Map<string, Limiter>();
  return (window: Window): Limiter => {
    const name = `${window.limit}/${window.per}`;
    const limiter = known.get(name) ?? make(window);
    known.set(name, limiter);
    return limiter;
  };
};

/** Takes units, or tells that they do not fit; what the library then counts as used is told by `usedBefore`. */
const takeFrom = async (
  limiter: Limiter,
  key: string,
  units: number,
  { limit }: Window,
  usedBefore: (refused: RateLimiterRes) => number | Promise<number>,
): Promise<Standing> => {
  try {
    const { remainingPoints, msBeforeNext } = await limiter.consume(key, units);
    return { granted: true, remaining: Math.max(0, remainingPoints), resetsIn: msBeforeNext };
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw new StateUnavailable('quota', refused);
    return {
      granted: false,
      remaining: Math.max(0, limit - (await usedBefore(refused))),
      resetsIn: refused.msBeforeNext,
    };
  }
};

export const memoryQuotas = (now: () => number): QuotaStore => {
  const limiterOf = limiters(({ limit, per }) => new RateLimiterMemory({ points: limit, duration: per }));
  const days = new Map<string, { readonly members: Set<string>; readonly ends: number }>();
  return {
    async take(key, window, units) {
      const limiter = limiterOf(window);
      // The library counts refused units too; given back, a big request that was refused leaves room for small ones.
      return takeFrom(limiter, key, units, window, async () => (await limiter.reward(key, units)).consumedPoints);
    },
    async takeDistinct(key, { limit, per }, members) {
      const at = now();
      for (const [name, { ends }] of days) if (ends <= at) days.delete(name);
      const day = days.get(key) ?? { members: new Set<string>(), ends: at + per * 1_000 };
      const fresh = new Set(members.filter((member) => !day.members.has(member)));
      const granted = fresh.size === 0 || day.members.size + fresh.size <= limit;
      if (granted) {
        for (const member of fresh) day.members.add(member);
        days.set(key, day);
      }
      return { granted, remaining: Math.max(0, limit - day.members.size), resetsIn: day.ends - at };
    },
  };
};

/**
 * The library's step, but for what does not fit: it takes nothing. Given back by a second step, refused units could come
 * back into the next window, or keep out others meanwhile. KEYS[1] the window; ARGV units, seconds, limit; answers
 * {used, with the units asked for; ttl}.
 */
const TAKE = `
local used = tonumber(redis.call('GET', KEYS[1]) or '0') + tonumber(ARGV[1])
local granted = used <= tonumber(ARGV[3])
if granted then
  redis.call('SET', KEYS[1], 0, 'EX', ARGV[2], 'NX')
  redis.call('INCRBY', KEYS[1], ARGV[1])
end
local ttl = redis.call('PTTL', KEYS[1])
return { used, ttl > 0 and ttl or tonumber(ARGV[2]) * 1000 }
`;

/** Adds the members that fit as a whole: KEYS[1] the set; ARGV limit, seconds, members…; answers {granted, size, ttl}. */
const TAKE_DISTINCT = `
local fresh = {}
local seen = {}
for i = 3, #ARGV do
  if not seen[ARGV[i]] and redis.call('SISMEMBER', KEYS[1], ARGV[i]) == 0 then fresh[#fresh + 1] = ARGV[i] end
  seen[ARGV[i]] = true
end
local size = redis.call('SCARD', KEYS[1])
local granted = #fresh == 0 or size + #fresh <= tonumber(ARGV[1])
if granted then
  for i = 1, #fresh do redis.call('SADD', KEYS[1], fresh[i]) end
  if size == 0 and #fresh > 0 then redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) * 1000) end
  size = size + #fresh
end
return { granted and 1 or 0, size, redis.call('PTTL', KEYS[1]) }
`;

export const redisQuotas = (redis: Redis): QuotaStore => {
  const limiterOf = limiters(
    ({ limit, per }) =>
      new RateLimiterRedis({
        storeClient: redis.client,
        keyPrefix: PREFIX,
        points: limit,
        duration: per,
        useRedisPackage: true,
        customIncrTtlLuaScript: TAKE,
      }),
  );
  return {
    // `run` first waits for a connection that is still being made.
    take: (key, window, units) =>
      redis.run('quota', () =>
        takeFrom(limiterOf(window), key, units, window, ({ consumedPoints }) => consumedPoints - units),
      ),
    async takeDistinct(key, { limit, per }, members) {
      const answer = await redis.run('quota', (client) =>
        client.eval(TAKE_DISTINCT, {
          keys: [`${PREFIX}:distinct:${key}`],
          arguments: [String(limit), String(per), ...members],
        }),
      );
      const [granted, size, ttl] = answer as [number, number, number];
      return { granted: granted === 1, remaining: Math.max(0, limit - size), resetsIn: ttl > 0 ? ttl : per * 1_000 };
    },
  };
};
