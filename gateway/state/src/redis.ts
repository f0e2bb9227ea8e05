import { setTimeout as delay } from 'node:timers/promises';

import { createClient } from 'redis';

import type { StateLog } from './log.ts';
import { StateUnavailable } from './unavailable.ts';

/** Milliseconds that one command may take: an answer that comes later is of no use to a request that waits for it. */
const COMMAND_TIMEOUT = 1_000;
const TIMEOUT_STEPS = 10;
const MAX_RECONNECT_DELAY = 1_000;
/** Milliseconds without a byte after which a connection counts as broken. */
const SILENCE = 3_000;

const clientOf = (url: string) =>
  createClient({
    url,
    // Down means down, at once: a queue would turn an outage into requests that hang.
    disableOfflineQueue: true,
    // A store that is frozen keeps its sockets open: silence ends the connection, and with it what still waits there.
    pingInterval: SILENCE / 3,
    socket: {
      socketTimeout: SILENCE,
      connectTimeout: 2_000,
      reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, MAX_RECONNECT_DELAY),
    },
  });

export type RedisClient = ReturnType<typeof clientOf>;

/** A connection that comes back by itself; while it is away every command fails at once with {@link StateUnavailable}. */
export interface Redis {
  /** Runs commands; whatever goes wrong with the store becomes StateUnavailable. */
  run<T>(what: string, commands: (client: RedisClient) => Promise<T>): Promise<T>;
  readonly client: RedisClient;
  /** When the store last answered, in milliseconds since the epoch; asked about once a second even where nobody else asks. */
  heardAt(): number;
  /** A second connection of the same kind, for commands that block. */
  duplicate(): Redis;
  close(): Promise<void>;
}

/**
 * Opens a connection and returns without waiting for it: a process starts while its store is down.
 *
 * @param url `redis://[user:password@]HOST:PORT[/DB]` or `rediss://…`
 */
export const openRedis = (url: string, log: StateLog, now: () => number): Redis => {
  const client = clientOf(url);
  let heardAt = Number.NEGATIVE_INFINITY;
  const heard = () => {
    heardAt = now();
  };
  client.on('ping-interval', heard);
  let closed = false;
  let told = false;
  // Without a listener an outage would end the process.
  client.on('error', (error: unknown) => {
    if (told || closed) return;
    told = true;
    log.warn({ failure: 'state', reason: reasonOf(error) }, 'the state store cannot be reached; trying again');
  });
  client.on('ready', () => {
    if (told) log.info({}, 'the state store is reachable again');
    told = false;
    heard();
  });
  const connecting = client.connect().catch(() => {
    // Told by the listener above.
  });
  return {
    client,
    async run(what, commands) {
      if (!client.isReady && !closed)
        await Promise.race([connecting, delay(COMMAND_TIMEOUT, undefined, { ref: false })]);
      const waiting = new AbortController();
      try {
        const answer = await Promise.race([commands(client), late(waiting.signal)]);
        heard();
        return answer;
      } catch (cause) {
        throw cause instanceof StateUnavailable ? cause : new StateUnavailable(what, cause);
      } finally {
        waiting.abort();
      }
    },
    heardAt: () => heardAt,
    duplicate: () => openRedis(url, log, now),
    async close() {
      closed = true;
      // The client loses hold of a socket that is just being connected when it is destroyed, and the socket stays.
      if (client.isOpen && !client.isReady) await attemptEnds(client);
      if (client.isOpen) client.destroy();
      await connecting;
    },
  };
};

/**
 * Rejects when the time for a command is over. The time passes in steps, before each of which what has arrived is read: a
 * process that is held up by its own work must not take that for silence of the store, and count by itself from then on.
 */
const late = async (signal: AbortSignal): Promise<never> => {
  for (let step = 0; step < TIMEOUT_STEPS; step += 1) {
    await delay(COMMAND_TIMEOUT / TIMEOUT_STEPS, undefined, { ref: false, signal }).catch(() => undefined);
    // Over: whoever waited has his answer.
    if (signal.aborted) return new Promise<never>(() => {});
  }
  throw new Error('no answer in time');
};

/** The end of the attempt to connect that is under way, whichever it is. */
const attemptEnds = async (client: RedisClient): Promise<void> => {
  const ended = new AbortController();
  const end = () => ended.abort();
  client.once('ready', end).once('error', end);
  await delay(COMMAND_TIMEOUT * 3, undefined, { signal: ended.signal }).catch(() => undefined);
};

/** A code or a class name: messages of the client may hold the address with its password. */
const reasonOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.constructor.name;
};
