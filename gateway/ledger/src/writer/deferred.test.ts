import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type FlakyProxy, flakyProxy } from '../testing/flaky-proxy.ts';
import { connected, type LedgerDatabase, ledgerDatabase } from '../testing/ledger-database.ts';
import { SUBJECT_KEY, silent, someRecord } from '../testing/some-record.ts';
import { type Ledger, type LedgerOptions, openLedger } from './index.ts';

let database: LedgerDatabase;
let proxy: FlakyProxy;
const opened: Ledger[] = [];

beforeAll(async () => {
  database = await ledgerDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  proxy = await flakyProxy(database.writer);
});
afterEach(async () => {
  proxy.behave('pass');
  await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
  await proxy.close();
});

const open = (options: Partial<LedgerOptions> = {}): Ledger => {
  const ledger = openLedger({ database: proxy.url, subjectKey: SUBJECT_KEY, log: silent, timeout: 300, ...options });
  opened.push(ledger);
  return ledger;
};

const kept = (request: string): Promise<{ seq: number; id: string }[]> =>
  connected(database.owner, async (client) => {
    const { rows } = await client.query<{ seq: number; id: string }>(
      `select seq::integer, id from ledger.records as record where ledger.operation(record) ->> 'request' = $1 order by seq`,
      [request],
    );
    return rows;
  });

const impersonal = (ledger: Ledger, request: string) => ledger.append(someRecord({ request }), { personal: false });

/** Until the store has been failing for longer than appends wait. */
const untilAway = async (ledger: Ledger): Promise<void> => {
  for (let reason = ''; reason !== 'away'; ) {
    reason = await ledger.append(someRecord()).then(String, (error: { reason: string }) => error.reason);
  }
};

const untilBack = async (ledger: Ledger): Promise<void> => {
  while (!ledger.standing.available || ledger.standing.deferred > 0 || ledger.standing.waiting > 0) await pause(5);
};

describe.each(['strict', 'bounded'] as const)('while the store is away, in mode %s', (mode) => {
  test('what is not personal goes ahead, and is written once the store is back', async () => {
    const ledger = open({ mode });
    const request = `away ${mode}`;
    proxy.behave('cut');
    await untilAway(ledger);
    const receipts = await Promise.all(Array.from({ length: 300 }, () => impersonal(ledger, request)));
    expect(receipts.every(({ deferred, seq }) => deferred === true && seq === undefined)).toBe(true);
    expect(ledger.standing.deferred).toBe(300);
    await expect(ledger.append(someRecord({ request }))).rejects.toMatchObject({ reason: 'away' });
    proxy.behave('pass');
    await untilBack(ledger);
    // Each once, in the order in which they came; and what was refused is not among them.
    expect((await kept(request)).map(({ id }) => id)).toEqual(receipts.map(({ id }) => id));
    expect(ledger.standing).toMatchObject({ deferred: 0, waiting: 0, available: true });
  });
});

test('in mode strict it waits for the store as long as anybody, first', async () => {
  const ledger = open();
  proxy.behave('cut');
  const since = performance.now();
  const receipt = await impersonal(ledger, 'waited');
  expect(receipt.deferred).toBe(true);
  expect(performance.now() - since).toBeGreaterThanOrEqual(300);
  proxy.behave('pass');
  await untilBack(ledger);
  expect(await kept('waited')).toHaveLength(1);
});

test.each([
  ['so many records', { records: 3, characters: 1_000_000 }],
  ['so much memory', { records: 1_000, characters: 3 * 1_000 }],
])('there is room for %s, and what is beyond is refused', async (what, room) => {
  const ledger = open({ deferred: room });
  proxy.behave('cut');
  await untilAway(ledger);
  const big = someRecord({ request: what, case: 'x'.repeat(300) });
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => ledger.append(big, { personal: false })));
  const deferred = results.filter(({ status }) => status === 'fulfilled');
  expect(deferred.length).toBeGreaterThanOrEqual(2);
  expect(deferred.length).toBeLessThanOrEqual(3);
  expect(results.slice(deferred.length)).toEqual(
    results.slice(deferred.length).map(() => ({
      ...{ status: 'rejected', reason: expect.objectContaining({ code: 'LEDGER_UNAVAILABLE', reason: 'away' }) },
    })),
  );
  proxy.behave('pass');
  await untilBack(ledger);
  expect(await kept(what)).toHaveLength(deferred.length);
  // There is room again.
  proxy.behave('cut');
  await untilAway(ledger);
  expect((await impersonal(ledger, what)).deferred).toBe(true);
});

test('a ledger that is closed before the store is back says how many are lost', async () => {
  const errors: object[] = [];
  const ledger = open({ log: { ...silent, error: (fields) => void errors.push(fields) } });
  proxy.behave('cut');
  await untilAway(ledger);
  await Promise.all([impersonal(ledger, 'lost'), impersonal(ledger, 'lost')]);
  await ledger.close();
  expect(errors).toContainEqual({ lost: 2 });
});

test('a connection that is lost before the answer leaves nothing twice', async () => {
  const ledger = open({ timeout: 2_000 });
  await ledger.append(someRecord());
  proxy.behave('cut');
  await untilAway(ledger);
  await Promise.all(Array.from({ length: 20 }, () => impersonal(ledger, 'once')));
  proxy.loseNextAnswer();
  proxy.behave('pass');
  await untilBack(ledger);
  expect(await kept('once')).toHaveLength(20);
});
