import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { migrate } from './migrations.ts';
import { type TestDatabase, testDatabase } from './testing/database.ts';

jest.setTimeout(60_000);

let database: TestDatabase;
let pool: pg.Pool;
let folder = '';
beforeEach(async () => {
  database = await testDatabase('migrations');
  pool = new pg.Pool({ connectionString: database.url });
  folder = await mkdtemp(join(tmpdir(), 'kit-migrations-'));
});
afterEach(async () => {
  await pool.end();
  await database.drop();
  await rm(folder, { recursive: true });
});

const file = (name: string, sql: string) => writeFile(join(folder, name), sql);
const tables = async () =>
  (
    await pool.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public' order by 1")
  ).rows.map(({ name }) => name);

test('files are applied in order, once', async () => {
  await file('0001_a.sql', 'create table a (x int)');
  await file('0002_b.sql', 'alter table a rename to b');
  expect(await migrate(pool, folder)).toEqual(['0001_a.sql', '0002_b.sql']);
  expect(await migrate(pool, folder)).toEqual([]);
  await file('0003_c.sql', 'create table c (x int); create table d (x int)');
  expect(await migrate(pool, folder)).toEqual(['0003_c.sql']);
  expect(await tables()).toEqual(['b', 'c', 'd', 'kit_migrations']);
});

test('a schema of the role’s own name does not hide what was applied', async () => {
  await file('0001_a.sql', 'do $$ begin execute format($sql$create schema %I$sql$, current_user); end $$');
  expect(await migrate(pool, folder)).toEqual(['0001_a.sql']);
  expect(await migrate(pool, folder)).toEqual([]);
});

test('a folder that does not exist has nothing to apply', async () => {
  expect(await migrate(pool, join(folder, 'nowhere'))).toEqual([]);
});

test('a file that fails leaves nothing behind, and those before it stay', async () => {
  await file('0001_a.sql', 'create table a (x int)');
  await file('0002_b.sql', 'create table b (x int); select 1/0');
  await expect(migrate(pool, folder)).rejects.toThrow('migration 0002_b.sql failed and left nothing behind');
  expect(await tables()).toEqual(['a', 'kit_migrations']);
  await file('0002_b.sql', 'create table b (x int)');
  expect(await migrate(pool, folder)).toEqual(['0002_b.sql']);
});

test('processes that start together migrate once', async () => {
  await file('0001_a.sql', 'create table a (x int); select pg_sleep(0.1)');
  const applied = await Promise.all([migrate(pool, folder), migrate(pool, folder), migrate(pool, folder)]);
  expect(applied.flat()).toEqual(['0001_a.sql']);
});

test('an applied file that was changed or removed stops the start', async () => {
  await file('0001_a.sql', 'create table a (x int)');
  await migrate(pool, folder);
  await file('0001_a.sql', 'create table a (x bigint)');
  await expect(migrate(pool, folder)).rejects.toThrow('0001_a.sql was changed after it was applied');
  await rm(join(folder, '0001_a.sql'));
  await expect(migrate(pool, folder)).rejects.toThrow('0001_a.sql was applied to the database but is gone');
});

test.each([['0002_a.sql'], ['1_a.sql'], ['0001-a.sql'], ['0000_a.sql']])('the name %s is refused', async (name) => {
  await file(name, 'select 1');
  await expect(migrate(pool, folder)).rejects.toThrow('numbered from 0001 without gaps or repeats');
});

test('two files with one number are refused', async () => {
  await file('0001_a.sql', 'select 1');
  await file('0001_b.sql', 'select 1');
  await expect(migrate(pool, folder)).rejects.toThrow('0001_b.sql: migrations must be called');
});
