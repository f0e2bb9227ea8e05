import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { type Ledger, type NewRecord, openLedger } from '@lienthong/ledger';
import { type LedgerDatabase, ledgerDatabase } from '@lienthong/ledger/testing';
import { CommandError } from '../command-error.ts';
import { createProgram } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-'));
const origin = 'test.example/ledger';
const ignore = () => undefined;
let database: LedgerDatabase;
let writer: Ledger;

const file = (name: string): string => join(folder, name);

/** A private key and the JWKS in which a gateway shows it. */
const newKey = (name: string): void => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(file(`${name}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const { crv, kty, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  writeFileSync(file(`${name}.json`), JSON.stringify({ keys: [{ crv, kty, x, y, kid, alg: 'ES256', use: 'sig' }] }));
};

beforeAll(async () => {
  process.env.LIENTHONG_DATA = folder;
  database = await ledgerDatabase();
  process.env.AUDIT_DATABASE_URL = database.owner;
  newKey('first');
  newKey('second');
  writer = openLedger({
    database: database.writer,
    subjectKey: new Uint8Array(32),
    log: { info: ignore, warn: ignore, error: ignore },
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = 0;
});
afterAll(async () => {
  for (const name of ['LIENTHONG_DATA', 'AUDIT_DATABASE_URL']) delete process.env[name];
  await writer.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const append = (record: Partial<NewRecord> & { readonly people?: number }) => {
  const { people = 0, ...more } = record;
  return writer.append({
    kind: 'ANSWER',
    issuer: 'https://idp.example',
    partner: 'mot-cua',
    agency: 'H48',
    purpose: 'TTHC',
    request: 'r',
    officer: 'cán bộ 17',
    disclosed: [],
    denied: [],
    departments: [],
    entries: Array.from({ length: people }, (_, n) => ({ citizen: `k1.${n}`, coordinates: ['Citizen.fullName'] })),
    ...more,
  });
};

/** What a command prints, or the code of its refusal. */
const audit = async (...argv: string[]): Promise<string> => {
  let out = '';
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
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

const verified = async (name: string, ...more: string[]) =>
  JSON.parse(await audit('verify', file(name), '--keys', file('first.json'), '--json', ...more));

test('an empty ledger has no head and no name', async () => {
  expect(await audit('head')).toBe('NO_HEAD');
  expect(await audit('export')).toBe('ORIGIN_UNKNOWN');
  expect(await audit('head', '--sign', '--key', file('first.pem'))).toBe('ORIGIN_UNKNOWN');
  expect(await audit('head', '--sign', '--key', file('first.pem'), '--origin', origin)).toBe('NO_HEAD');
});

test('what is recorded is signed, exported for its owner alone, and verified', async () => {
  await append({ people: 1 });
  await append({ people: 3, case: 'H48-7' });
  const head = await audit('head', '--sign', '--key', file('first.pem'), '--origin', origin);
  expect(head.split('.')).toHaveLength(3);
  expect(await audit('head')).toBe(head);
  writeFileSync(file('heads.txt'), head);

  await audit('export', '--out', file('one.jsonl'));
  expect(statSync(file('one.jsonl')).mode & 0o777).toBe(0o600);
  expect(await verified('one.jsonl', '--heads', file('heads.txt'))).toMatchObject({
    ok: true,
    origin,
    size: 2,
    signed: 2,
    witnessed: { given: 1, met: 1 },
    warnings: [],
  });
  expect(await audit('export')).toBe(readFileSync(file('one.jsonl'), 'utf8'));
  expect(await audit('export', '--out', file('one.jsonl'))).toBe('OUT_FILE');
  expect(await audit('export', '--out', join(folder, 'none', 'x'))).toBe('OUT_FILE');
  expect(await audit('export', '--origin', 'other.example')).toBe('ORIGIN_OTHER');
});

test('one data subject gets a proof of one record, by its number or id', async () => {
  const { id } = await append({ people: 1 });
  expect(await audit('proof', '--record', id)).toBe('LEDGER_NOT_FOUND');
  await audit('head', '--sign', '--key', file('first.pem'));
  const proof = await audit('proof', '--record', id);
  writeFileSync(file('proof.json'), proof);
  const checked = await audit('verify-proof', file('proof.json'), '--keys', file('first.json'), '--json');
  expect(JSON.parse(checked)).toMatchObject({ ok: true, seq: 2, common: { id }, head: { origin, size: 3 } });
  const { subject } = JSON.parse(checked).entry;
  expect(JSON.parse(await audit('proof', '--record', '1', '--subject', subject))).toMatchObject({ seq: 1 });
  expect(await audit('proof', '--record', '1')).toBe('SUBJECT_NEEDED');
  expect(await audit('proof', '--record', '1', '--subject', `s1.${'A'.repeat(22)}`)).toBe('LEDGER_NOT_FOUND');
  expect(await audit('proof', '--record', '99')).toBe('LEDGER_NOT_FOUND');
  expect(await audit('proof', '--record', 'x')).toBe('RECORD_NAME');
});

test('mutations of which nobody knows how they ended are listed', async () => {
  expect(await audit('unfinished', '--minutes', '0')).toBe('No mutation is unfinished.\n');
  const { id } = await append({ kind: 'INTENT', people: 1 });
  expect(await audit('unfinished')).toBe('No mutation is unfinished.\n');
  expect(await audit('unfinished', '--minutes', '0')).toMatch(
    new RegExp(`^RECORD .*\\n3 +${id} .* mot-cua +cán bộ 17 `),
  );
  expect(JSON.parse(await audit('unfinished', '--minutes', '0', '--json'))).toMatchObject({
    all: 1,
    records: [{ seq: 3, id }],
  });
  await append({ kind: 'OUTCOME', intent: id, people: 1 });
  expect(await audit('unfinished', '--minutes', '0')).toBe('No mutation is unfinished.\n');
});

test('what is on hold stays, everything else goes under a RETENTION record that verifies', async () => {
  process.env.AUDIT_DATABASE_URL = database.keeper;
  const id = (await audit('hold', 'add', '--case', 'H48-7', '--reason', 'điều tra', '--by', 'An')).trim();
  expect(await audit('hold', 'list')).toMatch(new RegExp(`^ID .*\\n${id} .* An +– +case H48-7 +điều tra\\n$`));

  const before = ['--before', new Date().toISOString(), '--yes'];
  expect(await audit('retain', ...before, '--key', file('second.pem'))).toBe('KEY_OTHER');
  expect(await audit('retain', '--before', '2999-01-01', '--yes', '--key', file('first.pem'))).toBe('BEFORE_FUTURE');
  expect(await audit('retain', '--before', '2020-01-01', '--yes', '--key', file('first.pem'))).toBe(
    'There is nothing to delete.\n',
  );
  expect(await audit('retain', '--before', new Date().toISOString(), '--key', file('first.pem'))).toBe('CONFIRMATION');
  expect(await audit('retain', ...before, '--key', file('first.pem'))).toMatch(
    /^✓ The bodies of 4 records are deleted/,
  );
  process.env.AUDIT_DATABASE_URL = database.owner;
  await audit('head', '--sign', '--key', file('first.pem'));
  await audit('export', '--out', file('two.jsonl'));
  expect(await verified('two.jsonl', '--heads', file('heads.txt'))).toMatchObject({
    ok: true,
    size: 6,
    deleted: 4,
    kinds: { ANSWER: 1, RETENTION: 1 },
    warnings: [],
  });

  expect(await audit('hold', 'release', id, '--by', 'Bình')).toBe(`✓ ${id}: released\n`);
  expect(await audit('hold', 'release', id)).toBe('HOLD_UNKNOWN');
  expect(await audit('hold', 'release', 'x')).toBe('HOLD_UNKNOWN');
  expect(await audit('hold', 'list')).toBe('Nothing is on hold.\n');
  expect(JSON.parse(await audit('hold', 'list', '--all', '--json'))).toMatchObject([{ id, lifted: { by: 'Bình' } }]);
  expect(await audit('hold', 'add', '--reason', 'x')).toBe('HOLD_OF_WHAT');
});

test('a key rotates: the next one signs where it is told of the one before', async () => {
  await append({});
  const sign = ['head', '--sign', '--key', file('second.pem')];
  expect(await audit(...sign)).toBe('LEDGER_FORKED');
  expect((await audit(...sign, '--keys', file('first.json'))).split('.')).toHaveLength(3);
  await audit('export', '--out', file('three.jsonl'));
  expect((await verified('three.jsonl')).counts).toEqual({ HEAD_KEY: 1, UNSIGNED: 1 });
  expect((await verified('three.jsonl', '--keys', file('second.json'))).ok).toBe(true);
});

test.each([
  [['head', '--sign', '--key', 'first.json'], 'KEY_UNUSABLE'],
  [['head', '--sign', '--key', 'none.pem'], 'UNREADABLE'],
  [['head', '--sign'], 'CONFIG_UNKNOWN'],
  [['head', '--database', 'postgres://x:geheim@127.0.0.1:1/x'], 'LEDGER_DATABASE'],
])('%j is refused', async ([command = '', ...argv], code) => {
  const inFolder = argv.map((each) => (/^(first|none)\./.test(each) ? file(each) : each));
  expect(await audit(command, ...inFolder)).toBe(code);
});

test('a role that only writes can neither export nor retain', async () => {
  expect(await audit('export', '--database', database.writer)).toBe('LEDGER_RIGHTS');
  const retain = ['retain', '--before', '2020-01-01', '--key', file('second.pem'), '--yes'];
  expect(await audit(...retain, '--database', database.writer)).toBe('LEDGER_RIGHTS');
});

test('of more unfinished mutations than are listed it is said how many there are', async () => {
  await Promise.all(Array.from({ length: 1_002 }, () => append({ kind: 'INTENT' })));
  const { all, records } = JSON.parse(await audit('unfinished', '--minutes', '0', '--json'));
  expect([all, records.length]).toEqual([1_002, 1_000]);
  expect(await audit('unfinished', '--minutes', '0')).toMatch(
    /\nThere are 2 more, 1002 in all: these are the 1000 oldest alone\.\n$/,
  );
});
