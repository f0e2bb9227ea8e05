import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { example } from '../../test-department/department.ts';
import { type TestSubgraph, testSubgraph } from '../testing/subgraph.ts';
import { seedDepartment } from './seed.ts';
import type { SeedTools } from './tools.ts';

jest.setTimeout(60_000);

let subgraph: TestSubgraph;
let client: pg.Client;
beforeAll(async () => {
  subgraph = await testSubgraph(example);
  client = new pg.Client({ connectionString: subgraph.database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await subgraph.close();
});

const count = async (table: string) =>
  Number((await client.query<{ count: string }>(`select count(*) from ${table}`)).rows[0]?.count);
const options = (citizens: number) => ({
  databaseUrl: subgraph.database.url,
  provinceKey: subgraph.gateway.provinceKey,
  citizens,
});

beforeEach(() => seedDepartment(example, options(50)));

test('a seed replaces what was there, and leaves the record of migrations alone', async () => {
  expect(await seedDepartment(example, options(20))).toBe(true);
  expect([await count('files'), await count('notes'), await count('kit_migrations')]).toEqual([20, 40, 1]);
});

test('text arrives as it was, tabs, line ends and backslashes included', async () => {
  const { rows } = await client.query<{ title: string }>("select title from files where code = 'F000007'");
  expect(rows).toEqual([{ title: 'Hồ sơ\t7\n\\N' }]);
});

test('--if-empty leaves a database with any row alone', async () => {
  expect(await seedDepartment(example, { ...options(20), ifEmpty: true })).toBe(false);
  expect(await count('files')).toBe(50);
  await client.query('truncate files, notes');
  expect(await seedDepartment(example, { ...options(20), ifEmpty: true })).toBe(true);
  expect(await count('files')).toBe(20);
});

const files = ['code', 'title', 'opened', 'commune'];

test.each<[string, (tools: SeedTools) => Promise<unknown>]>([
  ['a row that breaks a rule', ({ copy }) => copy('files', files, [['F1', 'forbidden', '2026-01-01', '21289']])],
  ['a row that is too short', ({ copy }) => copy('files', files, [['F1']])],
  [
    'a source that breaks off',
    ({ copy }) =>
      copy(
        'files',
        files,
        (function* () {
          for (let index = 0; index < 20_000; index += 1) yield [`F${index}`, 'title', '2026-01-01', '21289'];
          throw new Error('the source broke off');
        })(),
      ),
  ],
])('%s loses nothing of what was there', async (_title, seed) => {
  await expect(seedDepartment({ seed: async (tools) => void (await seed(tools)) }, options(1))).rejects.toThrow();
  expect([await count('files'), await count('notes')]).toEqual([50, 100]);
});

test('copying says how many rows arrived', async () => {
  const rows = function* () {
    for (let index = 0; index < 5_000; index += 1) yield [`G${index}`, 'x'.repeat(100), '2026-01-01', '21289'];
  };
  let copied = 0;
  const seed = async ({ copy }: SeedTools) => {
    copied = await copy('files', files, rows());
  };
  await seedDepartment({ seed }, options(1));
  expect([copied, await count('files')]).toEqual([5_000, 5_000]);
});
