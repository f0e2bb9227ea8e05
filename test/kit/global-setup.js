import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';

/** Where the teardown, which jest loads as another module of this process, finds the server. */
const SERVER = Symbol.for('lienthong.test.postgres');

/**
 * One PostgreSQL server for the whole run, however many projects call this; tests read its address from
 * LIENTHONG_TEST_POSTGRES. With TEST_DATABASE_ADMIN_URL the same tests run against that server instead.
 */
export default async function setUp() {
  if (process.env.LIENTHONG_TEST_POSTGRES) return;
  if (process.env.TEST_DATABASE_ADMIN_URL) {
    process.env.LIENTHONG_TEST_POSTGRES = process.env.TEST_DATABASE_ADMIN_URL;
    return;
  }
  const { startPostgres } = await tsImport('@lienthong/kit/postgres', import.meta.url);
  const folder = join(tmpdir(), `lienthong-test-${randomUUID()}`);
  const server = await startPostgres({ folder, port: 0, durability: 'none' });
  // Ctrl-C ends jest without the teardown; the server notices by itself, its folder would stay.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  globalThis[SERVER] = server;
  process.env.LIENTHONG_TEST_POSTGRES = server.adminUrl;
}
