import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connected, type LedgerDatabase, ledgerDatabase } from '../testing/ledger-database.ts';
import { argumentsOf, rawRecord, someSubject } from '../testing/raw-record.ts';

const TABLES = ['tip', 'records', 'entries', 'nodes', 'heads', 'time_stamps', 'unfinished', 'retentions', 'holds'];
const FORBIDDEN = '42501';

let database: LedgerDatabase;
beforeAll(async () => {
  database = await ledgerDatabase();
  const entries = [{ subject: someSubject('an'), coordinates: ['Citizen.id'] }];
  const records = Array.from({ length: 300 }, (_, n) => rawRecord(n < 2 ? { entries } : {}));
  await connected(database.writer, async (client) => {
    await client.query('select ledger.append($1, $2)', argumentsOf(records));
    await client.query("select ledger.keep_head(3, now(), 'jws')");
    await client.query("select ledger.keep_time_stamp(head, now(), 'token') from ledger.stamping()");
  });
});
afterAll(() => database.drop());

const refused = (url: string, sql: string) =>
  expect(connected(url, (client) => client.query(sql))).rejects.toMatchObject({ code: FORBIDDEN });

test('the tables of the tests are all there are', async () => {
  const { rows } = await connected(database.owner, (client) =>
    client.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'ledger'"),
  );
  expect(rows.map(({ name }) => name).sort()).toEqual([...TABLES].sort());
});

const COLUMN: Readonly<Record<string, string>> = {
  tip: 'size',
  heads: 'size',
  time_stamps: 'head',
  nodes: 'index',
  unfinished: 'id',
  holds: 'id',
};

const changes = (table: string) => [
  `insert into ledger.${table} default values`,
  `update ledger.${table} set ${COLUMN[table] ?? 'seq'} = null`,
  `delete from ledger.${table}`,
  `truncate ledger.${table} cascade`,
];

describe('the gateway’s role', () => {
  test.each(TABLES)('neither reads nor writes %s', async (table) => {
    for (const sql of [`select from ledger.${table}`, ...changes(table)]) await refused(database.writer, sql);
  });

  test.each([
    "select ledger.write(array['{}'], '', false)",
    "select ledger.retain('', '')",
    'select * from ledger.retainable(now(), 0)',
    "select ledger.admit(current_user::regrole, 'read')",
    'create table ledger.mine ()',
  ])('may not: %s', async (sql) => refused(database.writer, sql));
});

describe('the role that reads', () => {
  test.each(TABLES)('changes nothing of %s', async (table) => {
    await connected(database.reader, (client) => client.query(`select from ledger.${table}`));
    for (const sql of changes(table)) await refused(database.reader, sql);
  });

  test('appends nothing', async () => {
    await refused(database.reader, "select ledger.append('', '')");
    await refused(database.reader, "select ledger.keep_head(1, now(), 'jws')");
    await refused(database.reader, "select ledger.keep_time_stamp(1, now(), 'token')");
    await refused(database.reader, "select ledger.retain('', '')");
  });
});

describe('the role that keeps', () => {
  test.each(TABLES.filter((table) => table !== 'holds'))('neither reads nor writes %s', async (table) => {
    for (const sql of [`select from ledger.${table}`, ...changes(table)]) await refused(database.keeper, sql);
  });

  test('places and lifts holds, and removes none', async () => {
    await connected(database.keeper, async (client) => {
      await client.query("insert into ledger.holds (case_id, reason, placed_by) values ('c', 'điều tra', 'an')");
      await client.query("update ledger.holds set lifted_by = 'an', lifted_at = now()");
    });
    await refused(database.keeper, 'delete from ledger.holds');
    await refused(database.keeper, "select ledger.append('', '')");
  });
});

describe('not even the owner', () => {
  test.each([
    'update ledger.records set seq = seq + 1000',
    "update ledger.records set parts = replace(parts, 'mot-cua', 'khac')",
    'update ledger.records set id = null, kind = null, time = null, key = null, parts = null where seq = 0',
    'delete from ledger.records where seq = 299',
    'truncate ledger.records cascade',
    'delete from ledger.entries',
    'update ledger.entries set slot = 3',
    'truncate ledger.entries',
    'update ledger.nodes set hash = hash',
    'delete from ledger.nodes',
    'truncate ledger.nodes',
    'delete from ledger.heads',
    'update ledger.heads set size = 1',
    'truncate ledger.heads cascade',
    'update ledger.time_stamps set time = now()',
    'delete from ledger.time_stamps',
    'truncate ledger.time_stamps',
    'update ledger.tip set size = size - 1',
    'delete from ledger.tip',
    'truncate ledger.retentions',
  ])('does by mistake: %s', async (sql) => refused(database.owner, sql));
});
