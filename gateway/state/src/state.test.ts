import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bridgedQuotas, bridgedReplay } from './grace.ts';
import {
  openState,
  type Revocation,
  type SharedState,
  type StateLog,
  StateUnavailable,
  type TokenIdentity,
} from './index.ts';
import { memoryQuotas } from './quotas.ts';
import { memoryReplay } from './replay.ts';
import { type RedisServer, startRedis } from './testing/index.ts';

const FAR = Date.now() + 3_600_000;
const token = (jti: string): TokenIdentity => ({
  issuer: 'https://a.example',
  jti,
  client: 'c',
  subject: 's',
  issuedAt: 0,
  ancestors: [],
});
const revocation = (jti: string): Revocation => ({
  kind: 'token',
  issuer: 'https://a.example',
  value: jti,
  until: FAR,
});

let folder: string;
let lines: string[];
const log: StateLog = {
  info: (_fields, message) => lines.push(message),
  warn: (_fields, message) => lines.push(message),
  error: (_fields, message) => lines.push(message),
};
const open: SharedState[] = [];
const opened = async (...question: Parameters<typeof openState>): Promise<SharedState> => {
  const state = await openState(...question);
  open.push(state);
  return state;
};

beforeEach(async () => {
  lines = [];
  folder = await mkdtemp(join(tmpdir(), 'state-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((state) => state.close()));
  await rm(folder, { recursive: true, force: true });
});

/** Waits for what must become true; the bound is for a busy machine, not a promise of speed. */
const until = async (true_: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await true_()); tries += 1) {
    if (tries > 500) throw new Error(`never came true: ${true_}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('in memory', () => {
  test('a revocation counts at once and is always complete', async () => {
    const { revocations } = await opened(undefined, log);
    await revocations.revoke([revocation('j')]);
    expect(revocations.has(token('j'))).toBe(true);
    expect(revocations.has(token('k'))).toBe(false);
    expect(revocations.age(Date.now())).toBe(0);
  });

  test('a replay memory that is full refuses instead of forgetting', async () => {
    const replay = memoryReplay(() => 0, 2);
    expect(await replay.firstUse('dpop', 'a', 10)).toBe(true);
    expect(await replay.firstUse('dpop', 'a', 10)).toBe(false);
    expect(await replay.firstUse('other', 'a', 10)).toBe(true);
    await expect(replay.firstUse('dpop', 'b', 10)).rejects.toThrow(StateUnavailable);
  });

  test('what is over may be used again', async () => {
    let now = 0;
    const replay = memoryReplay(() => now);
    expect(await replay.firstUse('dpop', 'a', 10)).toBe(true);
    now = 11;
    expect(await replay.firstUse('dpop', 'a', 20)).toBe(true);
  });
});

describe('while the shared store is away', () => {
  const away = () => Promise.reject(new StateUnavailable('test'));
  /** A shared store that is there until the test takes it away. */
  const rig = () => {
    const store = { up: true, now: 0, heardAt: 0 };
    const now = () => store.now;
    const bridging = [1_000, now, () => store.heardAt] as const;
    const memory = { replay: memoryReplay(now), quotas: memoryQuotas(now) };
    const replay = bridgedReplay(
      { firstUse: (...question) => (store.up ? memory.replay.firstUse(...question) : away()) },
      memoryReplay(now),
      ...bridging,
    );
    const quotas = bridgedQuotas(
      {
        take: (...question) => (store.up ? memory.quotas.take(...question) : away()),
        takeDistinct: (...question) => (store.up ? memory.quotas.takeDistinct(...question) : away()),
      },
      memoryQuotas(now),
      ...bridging,
    );
    return { store, replay, quotas };
  };

  test('a process goes on by itself for a while, and then no longer', async () => {
    const { store, replay, quotas } = rig();
    expect(await replay.firstUse('dpop', 'a', 9_000)).toBe(true);
    await quotas.take('k', { limit: 2, per: 60 }, 1);
    await quotas.takeDistinct('d', { limit: 1, per: 60 }, ['a']);
    store.up = false;
    store.now = 1_000;
    expect(await replay.firstUse('dpop', 'a', 9_000)).toBe(false);
    expect(await replay.firstUse('dpop', 'b', 9_000)).toBe(true);
    expect(await replay.firstUse('dpop', 'b', 9_000)).toBe(false);
    // What was granted before counts.
    expect(await quotas.take('k', { limit: 2, per: 60 }, 1)).toMatchObject({ granted: true });
    expect(await quotas.take('k', { limit: 2, per: 60 }, 1)).toMatchObject({ granted: false });
    expect(await quotas.takeDistinct('d', { limit: 1, per: 60 }, ['a'])).toMatchObject({ granted: true });
    expect(await quotas.takeDistinct('d', { limit: 1, per: 60 }, ['b'])).toMatchObject({ granted: false });
    store.now = 1_001;
    await expect(replay.firstUse('dpop', 'c', 9_000)).rejects.toThrow(StateUnavailable);
    await expect(quotas.take('other', { limit: 1, per: 60 }, 1)).rejects.toThrow(StateUnavailable);
  });

  test('a process that never reached it has no such while', async () => {
    const { store, replay } = rig();
    store.up = false;
    store.heardAt = Number.NEGATIVE_INFINITY;
    await expect(replay.firstUse('dpop', 'a', 9_000)).rejects.toThrow(StateUnavailable);
  });
});

describe('in a file', () => {
  test('what one process revokes, the others know; a new one reads all of it', async () => {
    const file = join(folder, 'state.json');
    const one = await opened({ file }, log);
    const other = await opened({ file }, log);
    await one.revocations.revoke([revocation('j'), revocation('k')]);
    await until(() => other.revocations.has(token('k')));
    expect(other.revocations.has(token('j'))).toBe(true);
    const third = await opened({ file }, log);
    expect(third.revocations.has(token('j'))).toBe(true);
    expect(third.revocations.age(Date.now())).toBeLessThan(60_000);
  });

  test('a line that is only half written waits for its end; one that is broken is told', async () => {
    const file = join(folder, 'state.json');
    const { revocations } = await opened({ file }, log);
    const whole = JSON.stringify(revocation('j'));
    await appendFile(file, `broken\n${whole.slice(0, 20)}`);
    await until(() => lines.includes('a revocation cannot be read'));
    expect(revocations.has(token('j'))).toBe(false);
    await appendFile(file, `${whole.slice(20)}\n`);
    await until(() => revocations.has(token('j')));
  });

  test('a line that somebody left half-written, for want of room, swallows nothing of the next', async () => {
    const file = join(folder, 'state.json');
    const { revocations } = await opened({ file }, log);
    await appendFile(file, JSON.stringify(revocation('lost')).slice(0, 20));
    await revocations.revoke([revocation('j')]);
    const other = await opened({ file }, log);
    expect(other.revocations.has(token('j'))).toBe(true);
  });

  test('a file that is replaced takes nothing back and is read from its beginning', async () => {
    const file = join(folder, 'state.json');
    const { revocations } = await opened({ file }, log);
    await revocations.revoke([revocation('j')]);
    await rm(file);
    await writeFile(file, `${JSON.stringify(revocation('k'))}\n`);
    await until(() => revocations.has(token('k')));
    expect(revocations.has(token('j'))).toBe(true);
  });

  test('a place that cannot be written to is an error at once', async () => {
    await expect(openState({ file: join(folder, 'no', 'such', 'folder') }, log)).rejects.toThrow(StateUnavailable);
  });
});

describe('in Redis', () => {
  let redis: RedisServer | undefined;
  beforeAll(async () => {
    redis = await startRedis('shared state in Redis');
  }, 240_000);
  afterAll(() => redis?.close());
  /** The body runs where there is a Redis; that it did not is told by `startRedis`. */
  const withRedis = (what: string, body: (redis: RedisServer) => Promise<void>) =>
    test(what, async () => {
      if (redis) await body(redis);
    }, 60_000);

  withRedis('a revocation reaches every process, and each keeps it on its own disk', async ({ url }) => {
    const copy = join(folder, 'copy.jsonl');
    const one = await opened({ redis: url, maxAge: 0 }, log);
    const other = await opened({ redis: url, copy, maxAge: 0 }, log);
    await one.revocations.revoke([revocation('j1')]);
    await until(() => other.revocations.has(token('j1')));
    await until(async () => (await readFile(copy, 'utf8').catch(() => '')).includes('"j1"'));
  });

  withRedis('an outage loses nothing: what is revoked meanwhile arrives after it', async (server) => {
    const one = await opened({ redis: server.url, maxAge: 0 }, log);
    await until(() => one.revocations.age(Date.now()) < 1_000);
    await server.kill();
    await expect(one.revocations.revoke([revocation('j2')])).rejects.toThrow(StateUnavailable);
    expect(one.revocations.has(token('j2'))).toBe(false);
    await until(() => one.revocations.age(Date.now()) > 1_500);
    // Once in an outage, not four times a second.
    expect(lines.filter((line) => line.includes('cannot be read'))).toHaveLength(1);
    await server.start();
    const other = await opened({ redis: server.url, maxAge: 0 }, log);
    await other.revocations.revoke([revocation('j2')]);
    await until(() => one.revocations.has(token('j2')));
    await until(() => one.revocations.age(Date.now()) < 1_000);
  });

  withRedis('a frozen store makes the list older, it does not hang what asks', async (server) => {
    const one = await opened({ redis: server.url, maxAge: 0 }, log);
    await until(() => one.revocations.age(Date.now()) < 1_000);
    server.freeze();
    try {
      await until(() => one.revocations.age(Date.now()) > 1_500);
      await expect(one.replay.firstUse('dpop', 'frozen', FAR)).rejects.toThrow(StateUnavailable);
      await expect(one.quotas.take('frozen', { limit: 1, per: 1 }, 1)).rejects.toThrow(StateUnavailable);
    } finally {
      server.thaw();
    }
    await until(() => one.revocations.age(Date.now()) < 1_000);
  });

  withRedis('a process that starts while the store is away begins with its copy, and knows its age', async (server) => {
    const copy = join(folder, 'copy.jsonl');
    const before = await opened({ redis: server.url, copy, maxAge: 0 }, log);
    await before.revocations.revoke([revocation('j3')]);
    await until(async () => (await readFile(copy, 'utf8').catch(() => '')).includes('"j3"'));
    await before.close();
    await server.kill();
    const after = await opened({ redis: server.url, copy, maxAge: 0 }, log);
    expect(after.revocations.has(token('j3'))).toBe(true);
    expect(after.revocations.age(Date.now() + 100_000)).toBeGreaterThan(90_000);
    const without = await opened({ redis: server.url, maxAge: 0 }, log);
    expect(without.revocations.age(Date.now())).toBeGreaterThan(1e9);
    await server.start();
    await until(() => after.revocations.age(Date.now()) < 1_000);
  });

  withRedis('a store that lost its data is told again by those who still know', async (server) => {
    const one = await opened({ redis: server.url, maxAge: 0 }, log);
    await one.revocations.revoke([revocation('j4')]);
    await server.kill();
    await server.start({ empty: true });
    const late = await opened({ redis: server.url, maxAge: 0 }, log);
    await until(() => late.revocations.has(token('j4')));
  });

  withRedis('what may be used once is used once, in whichever process', async ({ url }) => {
    const one = await opened({ redis: url, maxAge: 0 }, log);
    const other = await opened({ redis: url, maxAge: 0 }, log);
    const uses = await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? one : other).replay.firstUse('dpop', 'same', FAR)),
    );
    expect(uses.filter(Boolean)).toHaveLength(1);
  });

  withRedis('a process that asked nothing for long goes on as well when the store goes away', async (server) => {
    const clock = { ahead: 0 };
    const one = await opened({ redis: server.url, maxAge: 5_000 }, log, () => Date.now() + clock.ahead);
    expect(await one.replay.firstUse('dpop', 'idle', FAR)).toBe(true);
    // The minutes without a request; the store is heard of all the same.
    clock.ahead = 120_000;
    await until(() => one.revocations.age(Date.now() + clock.ahead) < 1_000);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await server.kill();
    try {
      expect(await one.replay.firstUse('dpop', 'idle too', FAR + clock.ahead)).toBe(true);
      expect(await one.quotas.take('idle', { limit: 1, per: 1 }, 1)).toMatchObject({ granted: true });
      clock.ahead += 6_000;
      await expect(one.replay.firstUse('dpop', 'later', FAR + clock.ahead)).rejects.toThrow(StateUnavailable);
    } finally {
      await server.start();
    }
  });

  withRedis('a process that is held up by its own work does not take that for an outage', async ({ url }) => {
    const { quotas } = await opened({ redis: url, maxAge: 60_000 }, log);
    const other = await opened({ redis: url, maxAge: 60_000 }, log);
    const window = { limit: 5, per: 60 };
    await quotas.take('held up', window, 1);
    await other.quotas.take('held up', window, 3);
    const taken = Array.from({ length: 20 }, () => quotas.take('held up', window, 1));
    // The questions are on their way; then nothing moves here for longer than an answer may take.
    await new Promise((resolve) => setImmediate(resolve));
    for (const ends = Date.now() + 1_300; Date.now() < ends; );
    expect((await Promise.all(taken)).filter(({ granted }) => granted)).toHaveLength(1);
    expect(await quotas.take('held up', window, 1)).toMatchObject({ granted: false, remaining: 0 });
  });

  withRedis('units that were refused keep nobody out, and come back into no other window', async ({ url }) => {
    const { quotas } = await opened({ redis: url, maxAge: 0 }, log);
    const window = { limit: 10, per: 1 };
    const day = { limit: 10, per: 60 };
    // Refused ones all the while, over the end of several windows: none may hold more than its limit.
    const ends = Date.now() + 2_500;
    const taken: number[] = [];
    while (Date.now() < ends) {
      const big = Array.from({ length: 20 }, () => quotas.take('edge', window, 11));
      const small = await quotas.take('edge', window, 5);
      if (small.granted) taken.push(small.remaining);
      expect((await Promise.all(big)).some(({ granted }) => granted)).toBe(false);
    }
    expect(taken.length).toBeGreaterThan(2);
    for (const [n, remaining] of taken.entries()) expect(remaining).toBe(n % 2 ? 0 : 5);
    expect(await quotas.take('fresh', day, 11)).toEqual({ granted: false, remaining: 10, resetsIn: 60_000 });
  });

  withRedis('processes that take from one window together take exactly what it holds', async ({ url }) => {
    const processes = await Promise.all([1, 2, 3].map(() => opened({ redis: url, maxAge: 0 }, log)));
    const window = { limit: 100, per: 60 };
    const taken = await Promise.all(
      Array.from({ length: 240 }, (_, i) => (processes[i % 3] as SharedState).quotas.take('viettel KYC', window, 1)),
    );
    expect(taken.filter(({ granted }) => granted)).toHaveLength(100);
    expect(taken.every(({ resetsIn }) => resetsIn > 0 && resetsIn <= 60_000)).toBe(true);
  });
});

describe.each(['memory', 'redis'])('quotas in %s', (kind) => {
  let redis: RedisServer | undefined;
  beforeAll(async () => {
    if (kind === 'redis') redis = await startRedis('quotas in Redis');
  }, 240_000);
  afterAll(() => redis?.close());
  const quotas = async () => {
    if (kind === 'redis' && !redis) return undefined;
    return (await opened(redis && { redis: redis.url, maxAge: 0 }, log)).quotas;
  };

  test('what does not fit is refused whole and takes nothing', async () => {
    const store = await quotas();
    if (!store) return;
    const window = { limit: 10, per: 60 };
    expect(await store.take('k', window, 7)).toMatchObject({ granted: true, remaining: 3 });
    expect(await store.take('k', window, 4)).toMatchObject({ granted: false, remaining: 3 });
    expect(await store.take('k', window, 3)).toMatchObject({ granted: true, remaining: 0 });
    expect(await store.take('other', window, 10)).toMatchObject({ granted: true });
    expect(await store.take('k', window, 11)).toMatchObject({ granted: false, remaining: 0 });
  });

  test('distinct members count once; those that do not fit together are refused together', async () => {
    const store = await quotas();
    if (!store) return;
    const day = { limit: 3, per: 86_400 };
    expect(await store.takeDistinct('d', day, ['a', 'b', 'a'])).toMatchObject({ granted: true, remaining: 1 });
    expect(await store.takeDistinct('d', day, ['b', 'a'])).toMatchObject({ granted: true, remaining: 1 });
    expect(await store.takeDistinct('d', day, ['c', 'd'])).toMatchObject({ granted: false, remaining: 1 });
    expect(await store.takeDistinct('d', day, ['c', 'b'])).toMatchObject({ granted: true, remaining: 0 });
    // A limit that was lowered, or passed on purpose: who is counted stays counted.
    expect(await store.takeDistinct('d', { ...day, limit: 2 }, ['a'])).toMatchObject({ granted: true, remaining: 0 });
    expect(await store.takeDistinct('d', { ...day, limit: 2 }, ['e'])).toMatchObject({ granted: false, remaining: 0 });
    const last = await store.takeDistinct('d', day, []);
    expect(last.granted).toBe(true);
    expect(last.resetsIn).toBeGreaterThan(86_000_000);
  });
});
