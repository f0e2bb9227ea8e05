import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type FlakyProxy, flakyProxy } from '../testing/flaky-proxy.ts';
import { connected, type LedgerDatabase, ledgerDatabase } from '../testing/ledger-database.ts';
import { SUBJECT_KEY, silent, someRecord } from '../testing/some-record.ts';
import { type Ledger, openLedger } from './index.ts';

/** Also what the last try at closing has for its connection: generous, for busy machines. */
const TIMEOUT = 1_500;

let database: LedgerDatabase;
let proxy: FlakyProxy;
let ledger: Ledger;

beforeAll(async () => {
  database = await ledgerDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  proxy = await flakyProxy(database.writer);
  ledger = openLedger({ database: proxy.url, subjectKey: SUBJECT_KEY, log: silent, timeout: TIMEOUT });
});
afterEach(async () => {
  await ledger.close();
  await proxy.close();
});

const requests = (): Promise<string[]> =>
  connected(database.owner, async (client) => {
    const { rows } = await client.query<{ parts: string }>('select parts from ledger.records order by seq');
    return rows.map(({ parts }) => JSON.parse(parts.split('\t')[1] ?? '').request);
  });

const unavailable = (reason: string) => expect.objectContaining({ code: 'LEDGER_UNAVAILABLE', reason });

test('what has happened is written when the store is back, though nobody waited that long', async () => {
  proxy.behave('cut');
  const happened = ledger.append(someRecord({ request: 'happened' }), { lasting: true });
  await expect(happened).rejects.toEqual(unavailable('timeout'));
  // The store counts as away a timeout after the first failure, which may be later than the first append.
  let refused = 'timeout';
  while (refused === 'timeout') {
    refused = await ledger.append(someRecord({ request: 'not taken' })).then(String, ({ reason }) => reason);
  }
  expect(refused).toBe('away');
  // Taken even now: a write had begun before the store went away.
  const later = ledger.append(someRecord({ request: 'happened later' }), { lasting: true });
  await expect(later).rejects.toEqual(unavailable('timeout'));
  proxy.behave('pass');
  await ledger.close();
  expect(await requests()).toEqual(['happened', 'happened later']);
});

test('closing does not wait for a store that is away, not even then; it says how many are lost', async () => {
  const errors: object[] = [];
  const log = { ...silent, error: (fields: object) => void errors.push(fields) };
  const lost = openLedger({ database: proxy.url, subjectKey: SUBJECT_KEY, log, timeout: TIMEOUT });
  proxy.behave('cut');
  await expect(lost.append(someRecord(), { lasting: true })).rejects.toEqual(unavailable('timeout'));
  await lost.close();
  expect(errors).toContainEqual({ lost: 1 });
});
