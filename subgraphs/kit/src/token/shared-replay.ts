import type { Logger } from 'pino';
import { TokenUndecided } from './reasons.ts';
import type { ReplayMemory } from './replay.ts';

/**
 * One memory for all processes of a department, in Redis. Loaded only where it is used. While Redis is away nobody is let
 * in with a token bound to a body: to let requests through would let copies through.
 */
export const sharedReplay = async (redis: string, department: string, log: Logger): Promise<ReplayMemory> => {
  const { openReplay } = await import('@lienthong/state');
  const store = await openReplay(redis, log);
  return {
    async firstUse(jti, expires) {
      try {
        return await store.firstUse(`department:${department}`, jti, expires * 1_000);
      } catch (error) {
        throw new TokenUndecided('replay_store_unavailable', error);
      }
    },
    close: () => store.close(),
  };
};
