import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { committed, NONCE } from '../kit/commitments.ts';
import type { HttpAnswer } from '../kit/http.ts';
import { recordsIn } from '../kit/kept-records.ts';
import { ledgerKeys } from '../kit/ledger-keys.ts';
import { type LedgerStore, startLedgerStore } from '../kit/ledger-store.ts';
import { type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import { PERSONAL, PUBLIC, people, READ, SCOPES } from './ledger-people.ts';

jest.setTimeout(180_000);

const keys = ledgerKeys();
const { department } = people(keys, () => undefined);
const reading = { query: READ, variables: { number: '051010000001' } };

let folder: string;
let store: LedgerStore;
let federation: SmallFederation;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-stopped-'));
  store = await startLedgerStore(join(folder, 'postgres'));
  federation = await startSmallFederation({
    departments: { people: department },
    audit: { database: store.writer, settings: 'timeout: 500ms' },
    keys,
  });
});
afterAll(async () => {
  await federation?.close();
  await store?.remove();
  await rm(folder, { recursive: true, force: true });
});

test('a PostgreSQL that is stopped and started again: what left meanwhile is recorded once, nothing of anybody left', async () => {
  const [token, other] = [await federation.token(SCOPES), await federation.token('secret:read')];
  expect((await federation.ask({ ...reading, token })).status).toBe(200);
  await store.abort();

  const left: HttpAnswer[] = [];
  for (let n = 0; n < 3; n += 1) {
    const withheld = await federation.ask({ ...reading, token });
    expect([withheld.status, withheld.text.includes(PERSONAL)]).toEqual([503, false]);
    left.push(
      await federation.ask({ query: PUBLIC, token }),
      await federation.ask({ ...reading, token: other }),
      await federation.ask({ query: '{ nothing }', token }),
    );
  }
  expect(left.filter(({ headers }) => 'lienthong-record' in headers)).toEqual([]);
  expect(left.map(({ status }) => status)).not.toContain(503);

  await store.start();
  const idsOf = async () => (await recordsIn(store.owner)).map(({ operation }) => operation.request);
  const expected = left.map(({ headers }) => headers['x-request-id']);
  for (const deadline = Date.now() + 60_000; ; ) {
    const found = await idsOf();
    if (expected.every((id) => found.includes(String(id)))) break;
    if (Date.now() > deadline) throw new Error('what was deferred is not written');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const records = (await recordsIn(store.owner)).filter(({ operation }) => expected.includes(operation.request));
  expect(records.map(({ operation }) => operation.answerCommitment).sort()).toEqual(
    left.map(({ headers, text }) => committed.answer(headers[NONCE], text)).sort(),
  );
  expect(records.flatMap(({ entries }) => entries)).toEqual([]);
  expect((await federation.ask({ ...reading, token })).status).toBe(200);
});
