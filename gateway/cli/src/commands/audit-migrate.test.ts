import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { type TestDatabase, testDatabase, testServerUrl } from '@lienthong/kit/testing';
import { openLedger } from '@lienthong/ledger';
import { withDatabase } from '../audit/database.ts';
import { CommandError } from '../command-error.ts';
import { createProgram } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-'));
const unique = randomBytes(4).toString('hex');
const roles = { writer: `writer_${unique}`, reader: `reader_${unique}`, keeper: `keeper_${unique}` };
const ignore = () => undefined;
let database: TestDatabase;
/** The same database by a role that may make roles. */
let owner: string;

beforeAll(async () => {
  process.env.LIENTHONG_DATA = folder;
  database = await testDatabase('audit');
  const url = new URL(testServerUrl());
  url.pathname = new URL(database.url).pathname;
  owner = url.href;
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  delete process.env.LIENTHONG_DATA;
  await database.drop();
  await withDatabase(testServerUrl(), async (server) => {
    for (const role of Object.values(roles)) await server.query(`drop role if exists ${role}`);
  });
  rmSync(folder, { recursive: true });
});

/** What a command prints, or the code of its refusal. */
const audit = async (...argv: string[]): Promise<string> => {
  let out = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  try {
    await createProgram('en').parseAsync(['audit', ...argv], { from: 'user' });
    return out;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    expect(error.messages.vi).not.toBe(error.messages.en);
    return error.code;
  }
};

const migrate = (url: string, ...more: string[]): Promise<string> =>
  audit('migrate', '--database', url, '--writer', roles.writer, '--reader', roles.reader, ...more);

test('an owner who may not make roles is told what to ask for', async () => {
  expect(await migrate(database.url)).toBe('ROLE_MISSING');
});

test('tables and roles are made, and what is printed works', async () => {
  const printed = await migrate(owner);
  expect(printed).toMatch(
    /^# for the gateway, .*\naudit: \{ database: "postgres\S*" \}\n# for the department disclosures .*\npostgres\S*\n$/,
  );
  const [, writer = ''] = /database: "([^"]+)"/.exec(printed) ?? [];
  const reader = printed.trim().split('\n').at(-1) ?? '';
  const ledger = openLedger({
    database: writer,
    subjectKey: randomBytes(32),
    log: { info: ignore, warn: ignore, error: ignore },
  });
  const { seq } = await ledger.append({
    kind: 'ANSWER',
    request: 'r',
    disclosed: [],
    denied: [],
    departments: [],
    entries: [],
  });
  await ledger.close();
  expect(seq).toBe(0);
  await withDatabase(reader, async (pool) => {
    expect((await pool.query('select seq from ledger.records')).rows).toEqual([{ seq: 0 }]);
    await expect(pool.query('delete from ledger.records')).rejects.toMatchObject({ code: '42501' });
  });
  await expect(withDatabase(writer, (pool) => pool.query('select * from ledger.records'))).rejects.toMatchObject({
    code: 'LEDGER_RIGHTS',
  });
});

test('once more changes nothing and tells no password; a third role may be added', async () => {
  const printed = await migrate(owner, '--keeper', roles.keeper);
  expect(printed.match(/\(password as before\)/g)).toHaveLength(2);
  expect(printed).toMatch(/# for whoever keeps the ledger: retention and holds\npostgres\S*:\S{32}@\S*\n$/);
});

test.each([
  [['migrate'], 'LEDGER_UNKNOWN'],
  [['migrate', '--database', 'ledger.db'], 'LEDGER_ADDRESS'],
  [['migrate', '--database', 'postgres://x:geheim@127.0.0.1:1/x'], 'LEDGER_DATABASE'],
  [['migrate', '--database', 'postgres://x@127.0.0.1:1/x', '--writer', 'a"; drop role b'], 'ROLE_NAME'],
])('%j is refused', async (argv, code) => {
  expect(await audit(...argv)).toBe(code);
});

test('a key of data subjects is made once', async () => {
  const out = join(folder, 'subject.key');
  expect(await audit('make-key', '--out', out)).toContain('audit.subjectKeyFile');
  expect(readFileSync(out, 'utf8')).toMatch(/^s1\.[A-Za-z0-9_-]{43}\n$/);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(await audit('make-key', '--out', out)).toBe('KEY_FILE');
});
