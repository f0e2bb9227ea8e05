import { randomBytes } from 'node:crypto';
import pg from 'pg';

import { createDatabase, dropDatabase } from '../postgres/databases.ts';
import { type TestDatabase, testServerUrl } from './database.ts';

/**
 * A fresh database with what `seed` puts into it. On the run's server `seed` runs once for each `name`, and whoever asks
 * later gets a copy, so the name has to tell all that the data depends on: department, size, keys. All copies belong to
 * one role. What a real server keeps beyond the run could be out of date, so there each database is seeded.
 */
export const seededDatabase = async (name: string, seed: (url: string) => Promise<void>): Promise<TestDatabase> => {
  const adminUrl = testServerUrl();
  const unique = `${name}_${randomBytes(6).toString('hex')}`;
  if (process.env.TEST_DATABASE_ADMIN_URL !== undefined) {
    const url = await createDatabase(adminUrl, unique);
    await seed(url);
    return { url, drop: () => dropDatabase(adminUrl, unique) };
  }

  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    // Of the session: a test file that ends while it seeds leaves the work to the next.
    await admin.query('select pg_advisory_lock(hashtext($1))', [name]);
    const url = await template(admin, adminUrl, name, seed);
    await admin.query(`create database ${unique} owner ${name} template ${name}`);
    await admin.query(`revoke all on database ${unique} from public`);
    const copy = new URL(url);
    copy.pathname = `/${unique}`;
    return { url: copy.href, drop: () => dropCopy(adminUrl, unique) };
  } finally {
    await admin.end();
  }
};

const SEEDED = 'seeded';

const template = async (
  admin: pg.Client,
  adminUrl: string,
  name: string,
  seed: (url: string) => Promise<void>,
): Promise<string> => {
  const said = "select shobj_description(oid, 'pg_database') as said from pg_database where datname = $1";
  const { rows } = await admin.query<{ said: string | null }>(said, [name]);
  if (rows[0] && rows[0].said !== SEEDED) await dropDatabase(adminUrl, name);
  const url = await createDatabase(adminUrl, name);
  if (rows[0]?.said !== SEEDED) {
    await seed(url);
    await admin.query(`comment on database ${name} is '${SEEDED}'`);
  }
  return url;
};

const dropCopy = async (adminUrl: string, unique: string): Promise<void> => {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`drop database if exists ${unique} with (force)`);
  } finally {
    await admin.end();
  }
};
