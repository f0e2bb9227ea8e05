import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { openDatabase } from './database.ts';
import { type TestDatabase, testDatabase } from './testing/index.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase('closed');
});
afterAll(() => database.drop());

const open = () => openDatabase<unknown>({ url: database.url, log: { warn: () => undefined } });

describe('a database that is closed holds no connection', () => {
  test.each([
    ['nothing', async () => undefined],
    ['its pool', ({ pool }) => pool.query('select 1')],
    ['its query builder', ({ db }) => sql`select 1`.execute(db)],
    ['both', async ({ db, pool }) => [await sql`select 1`.execute(db), await pool.query('select 1')]],
  ] as const satisfies readonly (readonly [string, (opened: ReturnType<typeof open>) => Promise<unknown>])[])(
    'after %s was used',
    async (_, use) => {
      const opened = open();
      await use(opened);
      await Promise.all([opened.close(), opened.close()]);
      expect(opened.pool.totalCount).toBe(0);
      await expect(opened.pool.query('select 1')).rejects.toThrow('after calling end');
      await opened.close();
    },
  );
});
