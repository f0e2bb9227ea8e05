import { bridgedQuotas, bridgedReplay } from './grace.ts';
import type { StateLog } from './log.ts';
import { memoryQuotas, type QuotaStore, redisQuotas } from './quotas.ts';
import { memoryReplay, type ReplayStore, redisReplay } from './replay.ts';
import { fileRevocations, memoryRevocations, type RevocationList, redisRevocations } from './revocations/index.ts';

export type { QuotaStore, Standing, Window } from './quotas.ts';
export type { ReplayStore } from './replay.ts';
export type {
  HolderRevocation,
  Revocation,
  RevocationList,
  TokenIdentity,
  TokenRevocation,
} from './revocations/index.ts';
export { StateUnavailable } from './unavailable.ts';
export type { StateLog };

/** Where state lives. `redis`: for any number of processes; `file`: revocations for the processes of one machine. */
export type StateSource =
  | {
      readonly redis: string;
      /** Where this process keeps its copy of the revocations. */
      readonly copy?: string;
      /** Milliseconds for which a process goes on by itself while Redis is away. */
      readonly maxAge: number;
    }
  | { readonly file: string };

/** What the processes of one deployment know together. */
export interface SharedState {
  readonly revocations: RevocationList;
  readonly replay: ReplayStore;
  readonly quotas: QuotaStore;
  close(): Promise<void>;
}

/**
 * Opens the state that a source names; without a source it lives in this process's memory alone. A Redis that is away
 * does not keep a process from starting: the revocations' age tells how far they can be trusted.
 *
 * @throws StateUnavailable for a file that can be neither read nor made
 */
export const openState = async (
  source: StateSource | undefined,
  log: StateLog,
  now: () => number = Date.now,
): Promise<SharedState> => {
  if (source && 'redis' in source) {
    // A process without Redis need not load its client.
    const { openRedis } = await import('./redis.ts');
    const redis = openRedis(source.redis, log, now);
    const bridging = [source.maxAge, now, redis.heardAt] as const;
    const revocations = await redisRevocations(redis, source.copy, log, now);
    return {
      revocations,
      replay: bridgedReplay(redisReplay(redis, now), memoryReplay(now), ...bridging),
      quotas: bridgedQuotas(redisQuotas(redis), memoryQuotas(now), ...bridging),
      async close() {
        await revocations.close();
        await redis.close();
      },
    };
  }
  const revocations = source ? await fileRevocations(source.file, log, now) : memoryRevocations(now);
  return {
    revocations,
    replay: memoryReplay(now),
    quotas: memoryQuotas(now),
    close: () => revocations.close(),
  };
};

/** The replay store alone, in Redis: all that the processes of one department share. */
export const openReplay = async (
  redisUrl: string,
  log: StateLog,
  now: () => number = Date.now,
): Promise<ReplayStore & { close(): Promise<void> }> => {
  const { openRedis } = await import('./redis.ts');
  const redis = openRedis(redisUrl, log, now);
  return { ...redisReplay(redis, now), close: () => redis.close() };
};
