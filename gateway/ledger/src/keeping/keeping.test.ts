import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { compactVerify, createLocalJWKSet } from 'jose';
import { openHeads } from '../heads/index.ts';
import { type LedgerReader, openReader } from '../reader/index.ts';
import { appended } from '../testing/appended.ts';
import { linesOf, logRoot, rootsIn } from '../testing/check-export.ts';
import { connected, type LedgerDatabase, ledgerDatabase, recordsOf } from '../testing/ledger-database.ts';
import { rawRecord, someSubject } from '../testing/raw-record.ts';
import { keys, ORIGIN as origin, signer } from '../testing/signing.ts';
import { silent as log } from '../testing/some-record.ts';
import { type Keeper, openKeeper } from './index.ts';

const person = someSubject('an');
const day = (n: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + 86_400_000 * n);

let database: LedgerDatabase;
let keeper: Keeper;
let reader: LedgerReader;
beforeEach(async () => {
  database = await ledgerDatabase();
  keeper = openKeeper({ database: database.keeper, origin, signer, log });
  reader = openReader({ database: database.reader, origin, log });
});
afterEach(async () => {
  await Promise.all([keeper.close(), reader.close()]);
  await database.drop();
});

/** One record a day, from 1 January on, each about the same person. */
const days = async (many: number) => {
  const records = Array.from({ length: many }, (_, n) =>
    rawRecord({
      time: day(n).toISOString(),
      entries: [{ subject: person, coordinates: ['Citizen.id'] }],
      operation: { case: `vụ ${n}` },
    }),
  );
  await appended(database, records);
  return records;
};

const present = async () =>
  (await linesOf(reader.export())).flatMap(({ record }) => (record?.common === undefined ? [] : record.seq));

describe('retention', () => {
  test('deletes bodies, keys and entries of what is old enough, and nothing else', async () => {
    await days(10);
    expect(await keeper.retain(day(4))).toEqual([{ seq: { from: 0, to: 3 }, deleted: 4 }]);
    expect(await present()).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(await recordsOf(database, person)).toEqual([9, 8, 7, 6, 5, 4]);
    const { rows } = await connected(database.owner, (client) =>
      client.query('select id, kind, time, key, parts from ledger.records where seq < 4'),
    );
    expect(rows.flatMap((row) => Object.values(row)).filter((value) => value !== null)).toEqual([]);
    expect(await reader.record({ seq: 3 })).toBeUndefined();
    await expect(reader.proof(person, 3)).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' });
    expect(await keeper.retain(day(4))).toEqual([]);
  });

  test('says so in a record of its own, signed and bound to it', async () => {
    await days(3);
    await keeper.retain(day(2));
    const record = await reader.record({ seq: 3 });
    expect(record).toMatchObject({
      common: { kind: 'RETENTION', v: 1 },
      retention: { from: 0, to: 1, before: day(2).toISOString() },
      entries: [],
    });
    const lines = await linesOf(reader.export());
    const { signature } = JSON.parse(lines.find(({ record: one }) => one?.seq === 3)?.record?.operation ?? '{}');
    const { payload, protectedHeader } = await compactVerify(signature, createLocalJWKSet(keys));
    expect(protectedHeader.typ).toBe('lienthong-retention+jwt');
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({
      ...{ origin, id: record?.common.id, from: 0, to: 1, before: day(2).toISOString() },
    });
  });

  test('leaves the tree, its heads and everybody’s proofs what they were', async () => {
    const records = await days(300);
    const heads = openHeads({ database: database.writer, origin, signer, keys, every: 0, log });
    await heads.sign();
    const before = await reader.proof(person, 299);
    await keeper.retain(day(299));
    expect((await heads.sign())?.size).toBe(301);
    expect(heads.forked).toBe(false);
    const lines = await linesOf(reader.export());
    expect(rootsIn(lines).slice(0, 300)).toEqual(records.map(({ root }) => root));
    expect(lines.at(-1)?.end?.root).toBe(Buffer.from(logRoot(rootsIn(lines)), 'latin1').toString('base64url'));
    const { head, inclusion, ...rest } = await reader.proof(person, 299);
    expect(rest).toEqual({ format: before.format, seq: before.seq, common: before.common, entry: before.entry });
    await heads.close();
  });

  test('goes in steps, each with its record', async () => {
    await days(10);
    expect(await keeper.retain(day(8), 3)).toEqual([
      { seq: { from: 0, to: 2 }, deleted: 3 },
      { seq: { from: 3, to: 5 }, deleted: 3 },
      { seq: { from: 6, to: 7 }, deleted: 2 },
    ]);
    expect(await present()).toEqual([8, 9, 10, 11, 12]);
  });

  test('leaves what is on hold, and comes back for it', async () => {
    await days(6);
    const id = await keeper.place({ case: 'vụ 2', reason: 'điều tra', by: 'VKS' });
    expect(await keeper.retain(day(5))).toEqual([{ seq: { from: 0, to: 4 }, deleted: 4 }]);
    expect(await present()).toEqual([2, 5, 6]);
    expect(await keeper.retain(day(5))).toEqual([]);
    await keeper.lift(id, 'VKS');
    expect(await keeper.retain(day(5))).toEqual([{ seq: { from: 2, to: 4 }, deleted: 1 }]);
    // The records of what was deleted stay, whatever else goes.
    await keeper.retain(new Date());
    const kinds = await Promise.all((await present()).map(async (seq) => (await reader.record({ seq }))?.common.kind));
    expect(new Set(kinds)).toEqual(new Set(['RETENTION']));
  });

  test('goes around what is too young though older ones come after it', async () => {
    const times = [day(0), day(9), day(1)];
    await appended(
      database,
      times.map((time) => rawRecord({ time: time.toISOString() })),
    );
    expect(await keeper.retain(day(5))).toEqual([
      { seq: { from: 0, to: 0 }, deleted: 1 },
      { seq: { from: 2, to: 3 }, deleted: 1 },
    ]);
    expect((await present()).includes(1)).toBe(true);
  });

  test('does not reach into what is still to come', async () => {
    await days(2);
    await expect(keeper.retain(new Date(Date.now() + 60_000))).rejects.toMatchObject({ code: '22023' });
    expect(await present()).toEqual([0, 1]);
  });

  test('of a range that holds something younger does nothing at all', async () => {
    await days(4);
    const parts = [
      `{"id":"019ab000-0000-7000-8000-00000000ffff","kind":"RETENTION","time":"2026-11-23T02:00:00.000Z","v":1}`,
      `{"retention":{"before":"${day(2).toISOString()}","from":0,"to":3},"signature":"x"}`,
    ];
    await expect(
      connected(database.keeper, (client) =>
        client.query('select ledger.retain($1, $2)', [parts.join('\t'), Buffer.alloc(64)]),
      ),
    ).rejects.toMatchObject({ code: '22023' });
    expect(await present()).toEqual([0, 1, 2, 3]);
  });

  test('that is asked for again under the same record, after a lost connection, has been done', async () => {
    await days(3);
    const { parts, key, root } = rawRecord({ kind: 'RETENTION' });
    const said = `{"retention":{"before":"${day(2).toISOString()}","from":0,"to":1},"signature":"x"}`;
    const asked = [[parts[0], said].join('\t'), Buffer.concat([key, root].map((hash) => Buffer.from(hash, 'latin1')))];
    const deleted = () =>
      connected(database.keeper, async (client) => {
        const { rows } = await client.query('select ledger.retain($1, $2)::integer as deleted', asked);
        return rows[0].deleted;
      });
    expect([await deleted(), await deleted()]).toEqual([2, 0]);
    expect(await present()).toEqual([2, 3]);
  });

  test('lets nobody go beyond what its record says, not even the owner by mistake', async () => {
    await days(4);
    await keeper.place({ case: 'vụ 0', reason: 'điều tra', by: 'VKS' });
    await keeper.retain(day(2));
    await appended(database, [rawRecord({ time: '2099-01-01T00:00:00.000Z' })]);
    const body = 'id = null, kind = null, time = null, key = null, parts = null';
    const allowed = (seq: number, to: number, before: string) =>
      `insert into ledger.retentions (seq, from_seq, to_seq, before) values (${seq}, 0, ${to}, '${before}')`;
    const refused = (...statements: string[]) =>
      connected(database.owner, async (client) => {
        for (const sql of statements) await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
      });
    await connected(database.owner, (client) => client.query(allowed(3, 2, day(2).toISOString())));
    await refused(
      // Of its range, but too young.
      `update ledger.records set ${body} where seq = 2`,
      `update ledger.records set ${body}, root = sha256('other') where seq = 0`,
      "update ledger.records set parts = replace(parts, 'mot-cua', 'khac') where seq = 0",
    );
    await connected(database.owner, (client) => client.query(allowed(5, 4, '2098-01-01T00:00:00.000Z')));
    // What says what was deleted stays, whatever a later one covers.
    await refused(`update ledger.records set ${body} where seq = 4`);
    expect(await present()).toEqual([0, 2, 3, 4, 5]);
  });
});

describe('a hold', () => {
  /** What the pages of persons and retention both ask: the numbers of the records that are held at a time. */
  const held = (at = new Date()) =>
    connected(database.reader, async (client) => {
      const { rows } = await client.query<{ seq: number }>(
        'select seq::integer as seq from ledger.records as record where ledger.held(record, $1) order by seq',
        [at],
      );
      return rows.map(({ seq }) => seq);
    });

  test.each([
    ['records', (ids: readonly string[]) => ({ records: [ids[1] ?? ''] }), [1]],
    ['a case', () => ({ case: 'vụ 2' }), [2]],
    ['a subject', () => ({ subject: person }), [0, 1, 2]],
    ['a subject within a time', () => ({ subject: person, from: day(1), until: day(2) }), [1]],
    ['a case and another subject', () => ({ case: 'vụ 2', subject: someSubject('bình') }), []],
    ['a partner', () => ({ partner: 'mot-cua' }), [0, 1, 2]],
  ])('of %s holds what it names, until it is lifted', async (_, by, expected) => {
    const records = await days(3);
    const id = await keeper.place({ ...by(records.map((record) => record.id)), reason: 'điều tra', by: 'VKS' });
    expect(await held()).toEqual(expected);
    expect(await keeper.lift(id, 'VKS')).toBe(true);
    expect(await keeper.lift(id, 'VKS')).toBe(false);
    expect(await held()).toEqual([]);
    expect(await keeper.holds()).toMatchObject([{ id, reason: 'điều tra', by: 'VKS', lifted: { by: 'VKS' } }]);
  });

  test('ends by itself, and holds nothing without a criterion', async () => {
    await days(1);
    await keeper.place({ subject: person, reason: 'r', by: 'b', ends: day(9) });
    expect(await held(new Date(day(9).getTime() - 1))).toEqual([0]);
    expect(await held(day(9))).toEqual([]);
    await expect(keeper.place({ reason: 'r', by: 'b' })).rejects.toMatchObject({ code: '23514' });
  });
});
