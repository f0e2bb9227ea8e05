import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '@lienthong/cli/testing';
import { tsImport } from 'tsx/esm/api';

/** Where the teardown, which jest loads as another module of this process, finds what is to be undone. */
const UNDO = Symbol.for('lienthong.test.undo');

const remove = (folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });

/**
 * Once for the whole run, however many projects call this: builds the programs that tests start, at LIENTHONG_TEST_BUILT,
 * and starts a PostgreSQL server, at LIENTHONG_TEST_POSTGRES.
 */
export default async function setUp() {
  if (process.env.LIENTHONG_TEST_POSTGRES) return;
  globalThis[UNDO] = [];
  const built = mkdtempSync(join(tmpdir(), 'lienthong-built-'));
  // Ctrl-C ends jest without the teardown, and would end it without `exit` too.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    process.once(signal, () => process.exit(code));
  }
  process.once('exit', () => remove(built));
  globalThis[UNDO].push(() => remove(built));
  await Promise.all([startServer(), buildPrograms(built)]);
}

/** What cannot be built, of which esbuild says why, is no reason not to test the rest: programs then start from their sources. */
async function buildPrograms(folder) {
  const isBuilt = await build(folder).then(
    () => true,
    () => false,
  );
  if (isBuilt) process.env.LIENTHONG_TEST_BUILT = folder;
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
