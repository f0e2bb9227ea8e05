import { expect, test } from '@jest/globals';

import { UnderWay } from './under-way.ts';

test('what is under way is waited for, what begins later is not', async () => {
  const ends: ((how: 'well' | 'badly') => void)[] = [];
  const underWay = new UnderWay();
  const act = underWay.track(
    (name: string) =>
      new Promise<string>((resolve, reject) => {
        ends.push((how) => (how === 'well' ? resolve(name) : reject(new Error(name))));
      }),
  );
  const [first, second] = [act('first'), act('second')];
  let settled = false;
  const waiting = underWay.settled().then(() => {
    settled = true;
  });
  const later = act('later');
  ends[0]?.('well');
  expect(await first).toBe('first');
  await new Promise((resolve) => setImmediate(resolve));
  expect(settled).toBe(false);
  ends[1]?.('badly');
  await expect(second).rejects.toThrow('second');
  await waiting;
  ends[2]?.('well');
  expect(await later).toBe('later');
  await underWay.settled();
});
