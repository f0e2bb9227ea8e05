import { expect, test } from '@jest/globals';

import { SessionPool } from './session-pool.ts';

/** Sessions are numbers, in the order in which they were opened. */
const pool = ({ size = 2, patience = 1_000 } = {}) => {
  const told = { opened: 0, closed: [] as number[], alone: [] as boolean[], away: false };
  const sessions = new SessionPool<number>({
    size,
    patience,
    open: (alone) => {
      told.alone.push(alone);
      if (told.away) throw new Error('away');
      told.opened += 1;
      return told.opened;
    },
    close: (session) => void told.closed.push(session),
  });
  return { sessions, told };
};
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('opens as many as are needed at a time, no more than it may, and none twice', async () => {
  const { sessions, told } = pool({ size: 3 });
  expect(told.opened).toBe(0);
  const using = new Set<number>();
  let most = 0;
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      sessions.use(async (session) => {
        expect(using.has(session)).toBe(false);
        using.add(session);
        most = Math.max(most, using.size);
        await turn();
        using.delete(session);
        return n;
      }),
    ),
  );
  expect(results).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect([most, told.opened, told.closed]).toEqual([3, 3, []]);
  expect(told.alone).toEqual([true, false, false]);
});

test('where one fails, those that were opened before are used no more', async () => {
  const { sessions, told } = pool({ size: 3 });
  const used = (each: number) =>
    Promise.all(Array.from({ length: each }, () => sessions.use(async (session) => turn().then(() => session))));
  expect(await used(3)).toEqual([1, 2, 3]);
  const slow = sessions.use(async (session) => {
    await turn();
    await turn();
    return session;
  });
  await expect(sessions.use(() => Promise.reject(new Error('CKR_SESSION_HANDLE_INVALID')))).rejects.toThrow('CKR_');
  expect(await slow).toBe(3);
  expect([...told.closed].sort()).toEqual([1, 2, 3]);
  expect(await used(2)).toEqual([4, 5]);
});

test('one that failed is closed, and those who wait get another', async () => {
  const { sessions, told } = pool({ size: 1 });
  const used: number[] = [];
  const [failed, next] = [
    sessions.use(async () => {
      await turn();
      throw new Error('CKR_DEVICE_REMOVED');
    }),
    sessions.use(async (session) => used.push(session)),
  ];
  await expect(failed).rejects.toThrow('CKR_DEVICE_REMOVED');
  await next;
  expect([used, told.closed]).toEqual([[2], [1]]);
});

test('a token that is away fails each who asks, and is tried again by the next', async () => {
  const { sessions, told } = pool({ size: 1 });
  told.away = true;
  for (const _ of [1, 2]) await expect(sessions.use(async () => 'signed')).rejects.toThrow('away');
  told.away = false;
  expect(await sessions.use(async () => 'signed')).toBe('signed');
});

test('who waits too long is told, for a session or for what it does; it comes back when it is done', async () => {
  const { sessions, told } = pool({ size: 1, patience: 20 });
  let answer: (text: string) => void = () => undefined;
  const silent = sessions.use(() => new Promise<string>((resolve) => (answer = resolve)));
  const waiting = sessions.use(async () => 'late');
  await expect(silent).rejects.toThrow('the token has said nothing for 20 ms');
  await expect(waiting).rejects.toThrow('the token has said nothing for 20 ms');
  answer('at last');
  await turn();
  expect(await sessions.use(async (session) => session)).toBe(1);
  expect(told.closed).toEqual([]);
});
