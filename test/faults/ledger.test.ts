import { expect, jest, test } from '@jest/globals';

import type { Seen } from './ledger-promises.ts';
import { rounds, type Strike } from './ledger-rounds.ts';

jest.setTimeout(300_000);

/** One of each sort; `npm run faults:ledger -w test` has all of them, for as long as it is told. */
const among: readonly Strike[] = [
  'kill the gateway',
  'kill one process of several',
  'kill the store',
  'kill a process of the store',
  'stop the store for longer than answers wait',
];

test('whatever is killed under load: no answer without its record, no write without its INTENT, one log', async () => {
  let seen: Seen | undefined;
  for await (const round of rounds({ seed: 'every run', rounds: among.length, among })) {
    expect({ strike: round.strike, broken: round.broken }).toEqual({ strike: round.strike, broken: [] });
    seen = round.seen;
  }
  // A run in which nothing was asked, withheld or lost would prove nothing.
  expect(seen?.personal).toBeGreaterThan(100);
  expect(seen?.executed).toBeGreaterThan(30);
  expect(seen?.withheld).toBeGreaterThan(0);
  expect(seen?.lost).toBeGreaterThan(0);
});
