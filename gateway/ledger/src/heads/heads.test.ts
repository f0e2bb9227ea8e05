import { generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { keySigner, signHead, verifyHead } from '../format/index.ts';
import { connected, type LedgerDatabase, ledgerDatabase } from '../testing/ledger-database.ts';
import { argumentsOf, rawRecord } from '../testing/raw-record.ts';
import { keys, ORIGIN as origin, signer } from '../testing/signing.ts';
import { silent } from '../testing/some-record.ts';
import { addLine, lastLine } from './heads-file.ts';
import { type Heads, type HeadsOptions, openHeads } from './index.ts';

let database: LedgerDatabase;
let folder: string;
const opened: Heads[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-heads-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  database = await ledgerDatabase();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((heads) => heads.close()));
  await database.drop();
});

const open = (options: Partial<HeadsOptions> = {}): Heads => {
  const heads = openHeads({ database: database.writer, origin, signer, keys, every: 0, log: silent, ...options });
  opened.push(heads);
  return heads;
};

const append = (many: number) =>
  connected(database.writer, (client) =>
    client.query('select ledger.append($1, $2)', argumentsOf(Array.from({ length: many }, () => rawRecord()))),
  );

/** What somebody can do who owns the database and means to. */
const tamper = (...statements: string[]) =>
  connected(database.owner, async (client) => {
    const triggers = ['records', 'heads', 'tip', 'nodes', 'entries'];
    for (const table of triggers) await client.query(`alter table ledger.${table} disable trigger user`);
    for (const statement of statements) await client.query(statement);
    for (const table of triggers) await client.query(`alter table ledger.${table} enable trigger user`);
  });

/** What readers of a file of heads see. */
const linesOf = async (file: string): Promise<readonly string[]> =>
  (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');

describe('a head', () => {
  test('is signed of what is there, kept, and signed again only when more is there', async () => {
    const heads = open();
    expect(await heads.sign()).toBeUndefined();
    await append(5);
    const five = await heads.sign();
    expect(five?.size).toBe(5);
    expect(await verifyHead(five?.jws ?? '', origin, keys)).toEqual(five);
    expect(await heads.sign()).toBe(five);
    await append(700);
    const later = await heads.sign();
    expect(later?.size).toBe(705);
    expect(heads.latest).toBe(later);
    const { rows } = await connected(database.reader, (client) =>
      client.query('select size, jws from ledger.heads order by number'),
    );
    expect(rows).toEqual([five, later].map((head) => ({ size: `${head?.size}`, jws: head?.jws })));
  });

  test('is signed on schedule', async () => {
    const heads = open({ every: 5 });
    await append(1);
    while (heads.latest === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(heads.latest.size).toBe(1);
  });

  test('stands in the file of heads, one a line', async () => {
    const file = join(folder, 'heads');
    const heads = open({ file });
    await append(1);
    const one = await heads.sign();
    await append(1);
    const two = await heads.sign();
    expect(await readFile(file, 'utf8')).toBe(`${one?.jws}\n${two?.jws}\n`);
  });

  test('that could not be written to the file is written when it can be, and until then it is told for how long', async () => {
    const file = join(folder, 'away', 'heads');
    let clock = Date.now();
    const heads = open({ file, now: () => clock });
    await append(1);
    await expect(heads.sign()).rejects.toMatchObject({ code: 'ENOENT' });
    clock += 3_000;
    expect(heads.failing).toBe(3_000);
    await expect(heads.sign()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(heads.failing).toBe(3_000);
    await mkdir(dirname(file));
    const head = await heads.sign();
    expect(heads.failing).toBe(0);
    expect(await linesOf(file)).toEqual([head?.jws]);
  });

  test('that is kept and not in the file, though nothing came since, is written down all the same', async () => {
    const file = join(folder, 'full');
    const heads = open({ file });
    await append(1);
    await heads.sign();
    await append(1);
    // As a disk that is full: what is there can be read, and nothing is added.
    await rm(file);
    await mkdir(file);
    await expect(heads.sign()).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(heads.sign()).rejects.toMatchObject({ code: 'EISDIR' });
    expect(heads.latest?.size).toBe(1);
    await rm(file, { recursive: true });
    const head = await heads.sign();
    expect(head?.size).toBe(2);
    expect(await linesOf(file)).toEqual([head?.jws]);
  });

  test('of several signers follow each other', async () => {
    const [one, other] = [open(), open()];
    await append(3);
    const [first, same] = [await one.sign(), await other.sign()];
    expect(same?.jws).toBe(first?.jws);
    await append(3);
    expect((await other.sign())?.size).toBe(6);
    expect((await one.sign())?.size).toBe(6);
  });
});

test('the largest head binds, whoever kept his last', async () => {
  await append(4);
  const time = new Date().toISOString();
  const four = await open().sign();
  // Another signer, that had looked before.
  const two = await signHead({ origin, size: 2, root: rawRecord().root, time }, signer);
  await connected(database.writer, (client) => client.query('select ledger.keep_head(2, now(), $1)', [two.jws]));
  const { rows } = await connected(database.writer, (client) => client.query('select ledger.last_head() as jws'));
  expect(rows).toEqual([{ jws: four?.jws }]);
});

describe('nothing is signed, now and later, of a log that', () => {
  const forks = async (heads: Heads) => {
    await expect(heads.sign()).rejects.toMatchObject({ code: 'LEDGER_FORKED' });
    await expect(heads.sign()).rejects.toMatchObject({ code: 'LEDGER_FORKED' });
    expect(heads.forked).toBe(true);
  };
  const rewrite = "update ledger.records set root = sha256('other') where seq = 2";
  const cut = [
    'delete from ledger.records where seq >= 4',
    'update ledger.tip set size = 4, frontier = substring(frontier for 32)',
  ];

  test('was rewritten', async () => {
    const heads = open();
    await append(6);
    await heads.sign();
    await tamper(rewrite);
    await append(3);
    await forks(heads);
  });

  test('lacks a record that was signed', async () => {
    const heads = open();
    await append(6);
    await heads.sign();
    await tamper('delete from ledger.records where seq = 2');
    await append(3);
    await forks(heads);
  });

  test('was cut off', async () => {
    const heads = open();
    await append(6);
    await heads.sign();
    await tamper(...cut);
    await forks(heads);
  });

  test('was cut off and grew again', async () => {
    const heads = open();
    await append(6);
    await heads.sign();
    await tamper(...cut);
    await append(10);
    await forks(heads);
  });

  test('was cut off, heads and all, while this signer ran: it knows', async () => {
    const heads = open();
    await append(6);
    await heads.sign();
    await tamper(...cut, 'delete from ledger.heads');
    await append(10);
    await forks(heads);
  });

  test('was cut off, heads and all, before this signer started: the file knows', async () => {
    const file = join(folder, 'remembered');
    await append(6);
    await open({ file }).sign();
    await tamper(...cut, 'delete from ledger.heads');
    await append(10);
    await forks(open({ file }));
    // Without that file nobody could know; witnesses do.
    expect((await open().sign())?.size).toBe(14);
  });

  test('comes with a head of somebody else’s', async () => {
    await append(2);
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const time = new Date().toISOString();
    const head = await signHead({ origin, size: 1, root: rawRecord().root, time }, keySigner(stranger, 'k'));
    await connected(database.writer, (client) => client.query('select ledger.keep_head(1, now(), $1)', [head.jws]));
    await forks(open());
    const file = join(folder, 'strange');
    await appendFile(file, `${head.jws}\n`);
    await forks(open({ file }));
  });
});

describe('a key that leaked, whose end is set to before its last head', () => {
  const next = generateKeyPairSync('ed25519');
  const successor = keySigner(next.privateKey, 'next');
  const leaked = {
    keys: [
      { ...next.publicKey.export({ format: 'jwk' }), kid: 'next', alg: 'EdDSA' },
      ...keys.keys.map((key) => ({ ...key, exp: Math.floor(Date.now() / 1_000) - 3_600 })),
    ],
  };

  test('stops nobody: the next key signs the same log, at once', async () => {
    await append(3);
    const before = await open().sign();
    const after = await open({ signer: successor, keys: leaked }).sign();
    expect([before?.size, after?.size]).toEqual([3, 3]);
    expect(await verifyHead(before?.jws ?? '', origin, leaked)).toBeUndefined();
    expect(await verifyHead(after?.jws ?? '', origin, leaked)).toEqual(after);
  });

  test('stops nobody who went on running either', async () => {
    const known = { keys: [...keys.keys] };
    let by = signer;
    const current = { alg: 'EdDSA' as const, sign: (data: Uint8Array) => by.sign(data) };
    const heads = open({
      keys: known,
      signer: {
        ...current,
        get kid() {
          return by.kid;
        },
      },
    });
    await append(3);
    await heads.sign();
    known.keys.splice(0, 1, ...leaked.keys);
    by = successor;
    const after = await heads.sign();
    expect(after && (await verifyHead(after.jws, origin, leaked))?.size).toBe(3);
  });

  test('goes on binding: a log that was rewritten since is not signed', async () => {
    await append(6);
    await open().sign();
    await tamper("update ledger.records set root = sha256('other') where seq = 2");
    await append(3);
    await expect(open({ signer: successor, keys: leaked }).sign()).rejects.toMatchObject({ code: 'LEDGER_FORKED' });
  });
});

test('a head by a key that is not known yet stops a signer until it is: its key set may be the older one', async () => {
  const next = generateKeyPairSync('ed25519');
  const known = { keys: [...keys.keys] };
  const added = { ...next.publicKey.export({ format: 'jwk' }), kid: 'next', alg: 'EdDSA' };
  const heads = open({ keys: known });
  await append(2);
  await heads.sign();
  await append(1);
  await open({ signer: keySigner(next.privateKey, 'next'), keys: { keys: [...keys.keys, added] } }).sign();
  await expect(heads.sign()).rejects.toMatchObject({ code: 'LEDGER_FORKED' });
  expect(heads.forked).toBe(true);
  known.keys.push(added);
  expect((await heads.sign())?.size).toBe(3);
  expect(heads.forked).toBe(false);
});

test('a head that was kept without any key stops signers until the owner takes it away, as docs/ledger.md §10 says', async () => {
  const running = open();
  await append(2);
  const before = await running.sign();
  await append(1);
  await connected(database.writer, (client) => client.query("select ledger.keep_head(3, now(), 'no head')"));
  await expect(running.sign()).rejects.toMatchObject({ code: 'LEDGER_FORKED' });
  const page = await readFile(new URL('../../../../docs/ledger.md', import.meta.url), 'utf8');
  const [, statements = ''] = /```sql\n(.*?)```/s.exec(page) ?? [];
  await connected(database.owner, async (client) => {
    const { rows } = await client.query('select number from ledger.heads order by size desc, number desc limit 1');
    await client.query("insert into ledger.time_stamps (head, time, token) values ($1, now(), 'x')", [rows[0].number]);
    await client.query(statements.replaceAll('NUMBER', rows[0].number));
    await expect(client.query('delete from ledger.heads')).rejects.toMatchObject({ code: '42501' });
  });
  expect([before?.size, (await running.sign())?.size, running.forked]).toEqual([2, 3, false]);
});

test('a clock that was ahead stops nobody, and no head is older than the one before it', async () => {
  await append(1);
  const ahead = await open({ now: () => Date.parse('2030-01-01T00:00:00.000Z') }).sign();
  await append(1);
  // A clock that stands: between two looks at one that runs, milliseconds may go by.
  const now = () => Date.parse('2026-01-01T00:00:00.000Z');
  const onDemand = await open({ now }).sign();
  expect([onDemand?.size, onDemand?.time]).toEqual([2, ahead?.time]);
  const scheduled = open({ every: 5, now });
  await append(1);
  while (scheduled.latest?.size !== 3) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(scheduled.latest.time).toBe(ahead?.time);
});

test('a line that a crash cut off is no head', async () => {
  const file = join(folder, 'crashed');
  await append(2);
  const head = await open({ file }).sign();
  await appendFile(file, head?.jws.slice(0, 50) ?? '');
  const next = open({ file });
  expect((await next.sign())?.jws).toBe(head?.jws);
  await append(1);
  const later = await next.sign();
  expect(await linesOf(file)).toEqual([head?.jws, later?.jws]);
});

test('a line that a crash of another process cut off spoils none that is added after it', async () => {
  const file = join(folder, 'crashed-beside');
  const heads = open({ file });
  await append(2);
  const head = await heads.sign();
  await appendFile(file, head?.jws.slice(0, 50) ?? '');
  await append(1);
  const later = await heads.sign();
  expect(await linesOf(file)).toEqual([head?.jws, later?.jws]);
  expect((await open({ file }).sign())?.jws).toBe(later?.jws);
});

test('a line that another process is just writing is left to it', async () => {
  const file = join(folder, 'shared');
  await append(2);
  const one = await open({ file }).sign();
  await append(1);
  const two = (await open().sign())?.jws ?? '';
  await appendFile(file, two.slice(0, 50));
  expect((await open({ file }).sign())?.jws).toBe(two);
  await appendFile(file, `${two.slice(50)}\n`);
  expect(await readFile(file, 'utf8')).toBe(`${one?.jws}\n${two}\n`);
});

test('a line is added behind one that is just being written', async () => {
  const file = join(folder, 'at-once');
  await appendFile(file, 'one\nhalf of ');
  await addLine(file, 'three', () => appendFile(file, 'two\n'));
  expect(await readFile(file, 'utf8')).toBe('one\nhalf of two\nthree\n');
  expect(await lastLine(file)).toBe('three');
});

test('no head is kept of more records than there are', async () => {
  await append(2);
  await expect(
    connected(database.writer, (client) => client.query("select ledger.keep_head(3, now(), 'jws')")),
  ).rejects.toMatchObject({ code: '22023' });
});
