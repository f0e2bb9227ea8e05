import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { type Ledger, openLedger } from '@lienthong/ledger';
import { connected, type LedgerDatabase, ledgerDatabase } from '@lienthong/ledger/testing';
import { CommandError } from '../command-error.ts';
import { createProgram } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'audit-'));
const archive = join(folder, 'archive');
const ignore = () => undefined;
let database: LedgerDatabase;
let writer: Ledger;

const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  process.env.LIENTHONG_DATA = folder;
  database = await ledgerDatabase();
  process.env.AUDIT_DATABASE_URL = database.owner;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(file('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const { crv, kty, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  writeFileSync(file('keys.json'), JSON.stringify({ keys: [{ crv, kty, x, y, kid, alg: 'ES256', use: 'sig' }] }));
  mkdirSync(archive, { mode: 0o700 });
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

/** What the last command told besides. */
let said = '';
/** What a command prints, or the code of its refusal. */
const audit = async (...argv: string[]): Promise<string> => {
  let out = '';
  said = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
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
const grow = async (many: number): Promise<string> => {
  for (let n = 0; n < many; n++) {
    const common = { kind: 'ANSWER', issuer: 'i', partner: 'mot-cua', agency: 'H48', purpose: 'TTHC' } as const;
    await writer.append({ ...common, request: 'r', disclosed: [], denied: [], departments: [], entries: [] });
  }
  return audit('head', '--sign', '--key', file('key.pem'), '--origin', 'test.example/ledger');
};
const verified = async (...argv: string[]) =>
  JSON.parse(await audit('verify', ...argv, '--keys', file('keys.json'), '--json'));
const inArchive = (): string[] => readdirSync(archive).sort();
const paths = (): string[] => inArchive().map((name) => join(archive, name));

test('a nightly job adds what came since, one file a night, and nothing where nothing came', async () => {
  const heads: string[] = [];
  for (const many of [3, 1, 0, 4]) {
    heads.push(await grow(many));
    const added = await audit('export', '--archive', archive);
    if (many === 0) expect(added).toBe('');
    else expect(added.trim()).toBe(paths().at(-1));
  }
  expect(inArchive()).toEqual([
    'ledger-000000000000-000000000003.jsonl',
    'ledger-000000000003-000000000004.jsonl',
    'ledger-000000000004-000000000008.jsonl',
  ]);
  expect(paths().map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  writeFileSync(file('heads.txt'), heads.join(''));
  expect(await verified(...paths(), '--heads', file('heads.txt'))).toMatchObject({
    ...{ ok: true, files: 3, from: 0, size: 8, signed: 8, warnings: [], witnessed: { given: 4, met: 4 } },
  });
});

test('one file is checked after the one before it, or after a head', async () => {
  const [first = '', second = '', third = ''] = paths();
  expect(await verified(third, '--after', second)).toMatchObject({ ok: true, from: 4, size: 8, warnings: [] });
  expect(await verified(third, '--after', first)).toMatchObject({ ok: false, faults: [{ code: 'JOINT_SIZE' }] });
  expect(await verified(third)).toMatchObject({ ok: true, warnings: [{ code: 'UNJOINED' }] });
  writeFileSync(file('head.txt'), readFileSync(file('heads.txt'), 'utf8').split('\n')[1] ?? '');
  expect(await verified(third, '--after', file('head.txt'))).toMatchObject({ ok: true, warnings: [] });
  expect(await audit('verify', third, '--after', file('key.pem'), '--keys', file('keys.json'))).toBe('NOT_EARLIER');
  expect(await audit('verify', third, '--after', file('none'), '--keys', file('keys.json'))).toBe('UNREADABLE');
});

test('what came since a head, or since an export, to a file of its own', async () => {
  await grow(1);
  await audit('export', '--after', file('head.txt'), '--out', file('since-head.jsonl'));
  expect(await verified(file('since-head.jsonl'), '--after', file('head.txt'))).toMatchObject({
    ...{ ok: true, from: 4, size: 9, warnings: [] },
  });
  const text = await audit('export', '--after', file('since-head.jsonl'));
  expect(text.split('\n').map((line) => line.slice(2, 8))).toEqual(['format', 'head":', 'end":{', '']);
});

test('a fault is told by its file', async () => {
  const [first = '', second = '', third = ''] = paths();
  const altered = file('altered.jsonl');
  writeFileSync(altered, readFileSync(second, 'utf8').replace('mot-cua', 'mot-cuà'));
  const text = await audit('verify', first, altered, third, '--keys', file('keys.json'));
  expect(text).toMatch(new RegExp(`^✗ ${altered}, line 3, record 3: RECORD_ALTERED: `));
  expect(await audit('verify', first, third, '--keys', file('keys.json'))).toContain(
    `✗ ${third}, line 1: JOINT_SIZE: `,
  );
  const alone = await audit('verify', third, '--keys', file('keys.json'));
  expect(alone).toMatch(/^! line 1: UNJOINED: .*records 0 to 3/);
  expect(alone).toContain('8 · from record 4 on · ANSWER 4');
});

test('an archive that is not whole is not continued', async () => {
  const [, second = '', third = ''] = paths();
  renameSync(second, file('away'));
  expect(await audit('export', '--archive', archive)).toBe('ARCHIVE_BROKEN');
  renameSync(file('away'), second);
  const whole = readFileSync(third, 'utf8');
  writeFileSync(third, whole.slice(0, -50));
  expect(await audit('export', '--archive', archive)).toBe('NOT_EARLIER');
  writeFileSync(third, whole.replace(/"size":8,"root"/, '"size":7,"root"'));
  expect(await audit('export', '--archive', archive)).toBe('ARCHIVE_BROKEN');
  writeFileSync(third, whole);
  expect(await audit('export', '--archive', file('none'))).toBe('ARCHIVE_FOLDER');
  expect(await audit('export', '--archive', archive, '--out', 'x')).toBe('ARCHIVE_ALONE');
  expect(inArchive()).toHaveLength(3);
});

test('bodies that were deleted since are still in the archive, and that is said', async () => {
  await audit('retain', '--before', new Date().toISOString(), '--yes', '--key', file('key.pem'));
  await audit('export', '--archive', archive);
  expect(said).toContain('older files of this folder still hold them');
  const head = await grow(1);
  await audit('export', '--archive', archive);
  expect(said).toBe('');
  // One was gone before it came here.
  expect(await verified(...paths())).toMatchObject({ ok: true, files: 5, deleted: 1, size: 11, signed: 11 });
  // One that is begun anew holds none of them, and leads to the same head.
  mkdirSync(file('anew'), { mode: 0o700 });
  writeFileSync(file('last.txt'), head);
  const anew = (await audit('export', '--archive', file('anew'))).trim();
  expect(said).toBe('');
  expect(await verified(anew, '--heads', file('last.txt'))).toMatchObject({
    ...{ ok: true, deleted: 9, size: 11, witnessed: { given: 1, met: 1 } },
  });
});

test('a ledger that was rewritten continues no archive', async () => {
  await connected(database.owner, async (client) => {
    await client.query('alter table ledger.records disable trigger user');
    await client.query('update ledger.records set root = sha256(root) where seq = 2');
  });
  expect(await audit('export', '--archive', archive)).toBe('EXPORT_FORKED');
  expect(await audit('export', '--after', file('since-head.jsonl'))).toBe('EXPORT_FORKED');
  expect(inArchive()).toHaveLength(5);
});
