import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '@lienthong/cli/testing';
import { tsImport } from 'tsx/esm/api';

/** Where the teardown, which jest loads as another module of this process, finds what is to be undone. */
const UNDO = Symbol.for('lienthong.test.undo');

/** Ctrl-C ends jest without the teardown. */
const remove = (folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });

/**
 * Once for the whole run, however many projects call this: builds the programs that tests start, at LIENTHONG_TEST_BUILT,
 * and starts a PostgreSQL server, at LIENTHONG_TEST_POSTGRES.
 */
export default async function setUp() {
  if (process.env.LIENTHONG_TEST_BUILT) return;
  globalThis[UNDO] = [];
  const built = mkdtempSync(join(tmpdir(), 'lienthong-built-'));
  process.once('exit', () => remove(built));
  globalThis[UNDO].push(() => remove(built));
  process.env.LIENTHONG_TEST_BUILT = built;
  await Promise.all([build(built), startServer()]);
}

/** With TEST_DATABASE_ADMIN_URL the same tests run against that server instead. */
async function startServer() {
  if (process.env.TEST_DATABASE_ADMIN_URL) {
    process.env.LIENTHONG_TEST_POSTGRES = process.env.TEST_DATABASE_ADMIN_URL;
    return;
  }
  const { startPostgres } = await tsImport('@lienthong/kit/postgres', import.meta.url);
  const folder = join(tmpdir(), `lienthong-test-${randomUUID()}`);
  const server = await startPostgres({ folder, port: 0, durability: 'none' });
  // The server notices by itself that jest has ended, its folder would stay.
  process.once('exit', () => remove(folder));
  globalThis[UNDO].push(() => server.remove());
  process.env.LIENTHONG_TEST_POSTGRES = server.adminUrl;
}
