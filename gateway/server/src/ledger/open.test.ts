import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DataSubjects } from '@lienthong/schema/subjects';
import { pino } from 'pino';

import type { RequestContext } from '../context.ts';
import { anonymous } from '../policy/principal.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { type AuditConfig, openKeptLedger } from './open.ts';

const KEY = Buffer.alloc(32, 7).toString('base64url');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lienthong-open-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** A ledger whose store is away. */
const open = (change: object = {}) =>
  openKeptLedger(
    {
      ...{ database: 'postgres://nobody@127.0.0.1:1/nothing', mode: 'strict', delay: 20, timeout: 50 },
      ...{ subjectKeyFile: file('subject-key', `s1.${KEY}\n`), origin: 'data.example/ledger', heads: { every: 0 } },
      ...change,
    } as AuditConfig,
    {
      ...{ create: false, signing: undefined, log: pino({ level: 'silent' }), now: Date.now },
      metrics: new Metrics({ process: false }),
    },
  );

const subjects = (by: 'number' | 'id'): DataSubjects => ({
  types: new Map(),
  fields: new Map([['Query.citizen', [{ kind: 'argument', segments: ['personalNumber'], by }]]]),
});

describe('a ledger', () => {
  test('without the province key serves nothing that looks persons up by number', async () => {
    const ledger = await open();
    expect(() => ledger.check(subjects('number'))).toThrow(/audit\.provinceKeyFile is missing: Query\.citizen/);
    expect(() => ledger.check(subjects('id'))).not.toThrow();
    expect(() => ledger.parts.idOf('051085000001')).toThrow(TypeError);
    await ledger.close();
  });

  test('with it knows whom a number names', async () => {
    const ledger = await open({ provinceKeyFile: file('province-key', `k1.${KEY}\n`) });
    expect(() => ledger.check(subjects('number'))).not.toThrow();
    expect(ledger.parts.idOf('051085000001')).toMatch(/^k1\.[\w-]{43}$/);
    await ledger.close();
  });

  test.each([
    ['too short', `s1.${KEY.slice(1)}\n`],
    ['of another kind', `k1.${KEY}\n`],
    ['missing', ''],
  ])('is not opened by a key of data subjects that is %s', async (_what, text) => {
    await expect(open({ subjectKeyFile: file('bad-key', text) })).rejects.toThrow(/audit\.subjectKeyFile: .* one line/);
  });

  test('whose store is away lets no write begin', async () => {
    const ledger = await open();
    const outcome = { codes: new Set(), denied: 0, record: ledger.keeper.draft() } as RequestContext['outcome'];
    const context: RequestContext = { requestId: 'r', language: 'en', principal: anonymous, deadline: 0, outcome };
    expect(ledger.parts.intent).toBeDefined();
    await expect(ledger.parts.intent?.(context, [])).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    await ledger.close();
  });
});
