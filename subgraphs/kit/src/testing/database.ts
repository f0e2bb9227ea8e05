import { randomBytes } from 'node:crypto';
import { createDatabase, dropDatabase } from '../postgres/databases.ts';

/** An empty database for one test file, owned by a role of its own. */
export interface TestDatabase {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** The server of this test run: its administrator's address, left in the environment by the global set-up. */
export const testServerUrl = (): string => {
  const url = process.env.LIENTHONG_TEST_POSTGRES;
  if (url !== undefined) return url;
  throw new Error('no PostgreSQL for the tests: run them by jest with the configuration of jest.preset.js');
};

/** A fresh database on the run's server; `name` only helps to recognise it. */
export const testDatabase = async (name: string): Promise<TestDatabase> => {
  const adminUrl = testServerUrl();
  const unique = `${name.toLowerCase().replace(/[^a-z0-9]/g, '_')}_${randomBytes(6).toString('hex')}`;
  return { url: await createDatabase(adminUrl, unique), drop: () => dropDatabase(adminUrl, unique) };
};
