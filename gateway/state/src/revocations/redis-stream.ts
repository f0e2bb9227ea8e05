import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { StateLog } from '../log.ts';
import type { Redis, RedisClient } from '../redis.ts';
import { type Copy, readCopy, writeCopy } from './copy.ts';
import type { RevocationList } from './index.ts';
import { KnownRevocations } from './memory.ts';
import { type Revocation, readRevocation, writeRevocation } from './revocation.ts';

const STREAM = 'lienthong:revocations';
/** Made by whoever finds none; lost together with the stream when the store loses its data. */
const EPOCH = 'lienthong:revocations:epoch';
/** Milliseconds that one read waits for news. An answer, news or not, is also the proof that the list is complete. */
const WAIT = 250;
const BATCH = 1_000;
/** Milliseconds for which a process that starts waits for the list. */
const PATIENCE = 2_000;
/** No token lives longer than 30 days, so older entries of the stream concern none. */
const HORIZON = 31 * 86_400_000;

/**
 * The list as a Redis stream. Each process reads on from the last entry that it has seen, so a broken connection loses
 * nothing; an entry reaches every process as it is written. What is known is kept on the process's own disk too.
 *
 * A store that lost its data (its epoch is another) is told everything again by every process that still knows.
 *
 * Resolves once the list was read whole, the store failed to answer, or two seconds went by.
 *
 * @param redis a connection of its own: its reads block
 * @param copyFile where this process keeps its copy; undefined: nowhere
 */
export const redisRevocations = async (
  redis: Redis,
  copyFile: string | undefined,
  log: StateLog,
  now: () => number,
): Promise<RevocationList> => {
  const reader = redis.duplicate();
  const known = new KnownRevocations(now);
  let { sequence, epoch, completeAt } = NOTHING;
  let keptAt = 0;
  const copy = copyFile === undefined ? undefined : await copyOf(copyFile, log);
  if (copy) {
    ({ sequence, epoch, completeAt } = copy);
    known.learn(copy.revocations);
  }

  const keep = async (): Promise<void> => {
    if (copyFile === undefined) return;
    try {
      await writeCopy(copyFile, { sequence, epoch, completeAt, revocations: [...known.revoked.entries()] });
    } catch (error) {
      log.error({ failure: 'state', file: copyFile, err: error }, 'the copy of the revocation list cannot be written');
    }
  };

  /** One look at the stream, waiting for news. */
  const look = async (): Promise<void> => {
    const began = now();
    const present = await reader.run('revocations', standOf);
    if (present.epoch !== epoch || isBefore(present.last, sequence)) {
      // Another store, or one that lost its data or its last writes: read it whole, and tell it what we know.
      sequence = '0-0';
      await add(reader, known.revoked.entries());
      epoch = present.epoch;
    }
    const read = await reader.run('revocations', (client) =>
      client.xRead({ key: STREAM, id: sequence }, { ...(complete ? { BLOCK: WAIT } : {}), COUNT: BATCH }),
    );
    const entries = entriesOf(read);
    const news = known.learn(entries.flatMap(({ message }) => revocationIn(message, log)));
    sequence = entries.at(-1)?.id ?? sequence;
    // A full batch may not be all there is.
    if (entries.length < BATCH) {
      completeAt = began;
      complete = true;
      begun();
    }
    if (news || began - keptAt >= KEEP_EVERY) {
      keptAt = began;
      await keep();
    }
  };

  let complete = false;
  let begun = (): void => {};
  const beginning = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let closed = false;
  let failing = false;
  const follow = async (): Promise<void> => {
    while (!closed) {
      try {
        await look();
        failing = false;
      } catch (error) {
        if (closed) return;
        if (!failing)
          log.warn({ failure: 'state', reason: String(error) }, 'the revocation list cannot be read; trying again');
        failing = true;
        begun();
        await delay(WAIT, undefined, { ref: false });
      }
    }
  };
  const following = follow();
  // A process that is ready knows what was revoked; one whose store is away does not wait for it.
  await Promise.race([beginning, delay(PATIENCE, undefined, { ref: false })]);

  return {
    has: (token) => known.revoked.has(token),
    async revoke(revocations) {
      await add(redis, revocations);
      known.learn(revocations);
    },
    age: (at) => Math.max(0, at - completeAt),
    onRevoked: (callback) => known.onRevoked(callback),
    async close() {
      closed = true;
      await reader.close();
      await following;
      known.close();
    },
  };
};

/** Milliseconds between two copies when nothing new came: how complete the list is, is news too. */
const KEEP_EVERY = 5_000;

const NOTHING: Pick<Copy, 'sequence' | 'epoch' | 'completeAt'> = { sequence: '0-0', epoch: '', completeAt: 0 };

/** A copy that cannot be read is worth as much as none; that it is lost is told. */
const copyOf = async (file: string, log: StateLog): Promise<Copy | undefined> => {
  try {
    return await readCopy(file);
  } catch (error) {
    log.error({ failure: 'state', file, err: error }, 'the copy of the revocation list cannot be read');
    return undefined;
  }
};

const standOf = async (client: RedisClient): Promise<{ epoch: string; last: string }> => {
  const [known, newest] = await Promise.all([client.get(EPOCH), client.xRevRange(STREAM, '+', '-', { COUNT: 1 })]);
  const last = newest?.[0]?.id ?? '0-0';
  if (known !== null) return { epoch: known, last };
  await client.set(EPOCH, randomUUID(), { condition: 'NX' });
  return { epoch: (await client.get(EPOCH)) ?? '', last };
};

/** Entries of a stream are named `milliseconds-number`. */
const isBefore = (a: string, b: string): boolean => {
  const [aTime = 0, aNumber = 0] = a.split('-').map(Number);
  const [bTime = 0, bNumber = 0] = b.split('-').map(Number);
  return aTime < bTime || (aTime === bTime && aNumber < bNumber);
};

const add = async (redis: Redis, revocations: Iterable<Revocation>): Promise<void> => {
  for (const revocation of revocations) {
    await redis.run('revoke', (client) =>
      client.xAdd(
        STREAM,
        '*',
        { entry: writeRevocation(revocation) },
        { TRIM: { strategy: 'MINID', strategyModifier: '~', threshold: Date.now() - HORIZON } },
      ),
    );
  }
};

interface StreamEntry {
  readonly id: string;
  readonly message: Readonly<Record<string, string>>;
}

/** The client's typing of a read leaves the shape open between protocol versions. */
const entriesOf = (read: unknown): readonly StreamEntry[] => {
  if (read === null || read === undefined) return [];
  const [stream] = read as readonly { messages: readonly StreamEntry[] }[];
  return stream?.messages ?? [];
};

const revocationIn = ({ entry = '' }: StreamEntry['message'], log: StateLog): Revocation[] => {
  try {
    return [readRevocation(entry)];
  } catch (error) {
    log.error({ failure: 'state', reason: String(error) }, 'a revocation cannot be read');
    return [];
  }
};
