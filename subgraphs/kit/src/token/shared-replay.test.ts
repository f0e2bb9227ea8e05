import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type RedisServer, startRedis } from '@lienthong/state/testing';
import { pino } from 'pino';
import type { ReplayMemory } from './replay.ts';
import { sharedReplay } from './shared-replay.ts';

jest.setTimeout(180_000);

const log = pino({ level: 'silent' });
const later = () => Math.ceil(Date.now() / 1000) + 60;

describe('two processes of one department', () => {
  let redis: RedisServer | undefined;
  const memories: ReplayMemory[] = [];
  beforeAll(async () => {
    redis = await startRedis('one memory of used tokens between the processes of a department');
    if (!redis) return;
    for (const name of ['land', 'land', 'health']) memories.push(await sharedReplay(redis.url, name, log));
  });
  afterAll(async () => {
    await Promise.all(memories.map((memory) => memory.close?.()));
    await redis?.close();
  });

  test('take a token once between them, others have their own; without the store nobody is let in', async () => {
    // Said on stderr, and by the run's report.
    if (!redis) return;
    const [first, second, other] = memories;
    const use = (memory: ReplayMemory | undefined) => memory?.firstUse('a', later(), 0);
    expect([await use(first), await use(second), await use(first), await use(other)]).toEqual([
      true,
      false,
      false,
      true,
    ]);

    await redis.kill();
    await expect(use(second)).rejects.toMatchObject({ reason: 'replay_store_unavailable' });
    await redis.start();
    // It comes back by itself, a moment after the store does.
    let back = false;
    for (let tries = 0; !back && tries < 200; tries += 1) {
      await pause(50);
      back = await Promise.resolve(use(second)).then(
        () => true,
        () => false,
      );
    }
    expect(back).toBe(true);
    expect(await use(second)).toBe(false);
  });
});
