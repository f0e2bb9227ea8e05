import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openLedger } from '@lienthong/ledger';
import { type LedgerDatabase, ledgerDatabase } from '@lienthong/ledger/testing';
import { decodeProtectedHeader } from 'jose';
import { pino } from 'pino';

import { SigningKeys } from '../signing/keys.ts';
import type { AuditConfig } from './open.ts';
import { openKeptHeads } from './witness.ts';

const log = pino({ level: 'silent' });
const now = () => Date.parse('2026-11-23T02:00:00.000Z');
let database: LedgerDatabase;
let folder: string;
beforeAll(async () => {
  database = await ledgerDatabase();
  folder = mkdtempSync(join(tmpdir(), 'lienthong-witness-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

const append = async () => {
  const ledger = openLedger({ database: database.writer, subjectKey: Buffer.alloc(32, 7), log });
  const told = { disclosed: [], denied: [], departments: [], entries: [] };
  await ledger.append({ ...told, kind: 'ANSWER', request: 'request' });
  await ledger.close();
};

test('heads by a key that has ended bind still, and are signed anew by the next one', async () => {
  const [keyFile, otherKeys] = [join(folder, 'key.pem'), join(folder, 'others.json')];
  const place = () =>
    writeFileSync(keyFile, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const publish = (...keys: object[]) => writeFileSync(otherKeys, JSON.stringify({ keys }));
  place();
  publish();
  const signing = await SigningKeys.open({ keyFile, otherKeys }, { create: false, internalKid: '', log, now });
  const audit = { database: database.owner, origin: 'data.example/ledger', heads: { every: 0 } } as AuditConfig;
  const open = () => openKeptHeads(audit, { signing, log, now });

  const first = open();
  await append();
  const before = await first.heads.sign();
  await first.close();
  const ended = signing.current;
  publish({ ...ended.published, exp: now() / 1_000 - 3_600 });
  place();
  expect(await signing.reload()).toBe(true);
  // A gateway that is started now remembers nothing, and finds that head in the store.
  const kept = open();
  const after = await kept.heads.sign();
  expect([before, after].map((head) => [head?.size, decodeProtectedHeader(head?.jws ?? '').kid])).toEqual([
    [1, ended.kid],
    [1, signing.current.kid],
  ]);
  expect(await kept.head()).toBe(after?.jws);
  expect(await kept.consistency(1, 2)).toBeUndefined();
  await append();
  // That there was none once is not remembered.
  expect([(await kept.heads.sign())?.size, (await kept.consistency(1, 2))?.length]).toEqual([2, 1]);

  signing.close();
  await kept.close();
});
