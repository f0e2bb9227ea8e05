import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { type PostgresServer, startPostgres } from './index.ts';

// Each test starts servers, on machines that may be busy.
jest.setTimeout(60_000);

const HOLDER = fileURLToPath(new URL('../../test-department/hold-postgres.ts', import.meta.url));

let folder = join(tmpdir(), `kit-postgres-${randomUUID()}`);
let server: PostgresServer | undefined;
let holder: ChildProcess | undefined;

const start = async (port = 0) => {
  server = await startPostgres({ folder, port, durability: 'none' });
  return server;
};

afterEach(async () => {
  holder?.kill('SIGKILL');
  holder = undefined;
  server ??= await startPostgres({ folder, port: 0, durability: 'none' });
  await server.remove();
  server = undefined;
  folder = join(tmpdir(), `kit-postgres-${randomUUID()}`);
});

const query = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

const isAlive = async (pid: number) => {
  try {
    // A process that has ended but was not collected (a container without init) still takes signals.
    const [, state] = /\) (\w)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state !== 'Z';
  } catch {
    return false;
  }
};

const postmaster = async () => Number.parseInt(await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8'), 10);

/** Another process that starts a server in the folder and stays. */
const hold = async () => {
  holder = spawn(process.execPath, ['--import', 'tsx', HOLDER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (holder.stdout !== null) await once(holder.stdout, 'data');
  return holder;
};

test('a database belongs to its role, which may enter no other', async () => {
  const { adminUrl, createDatabase } = await start();
  const citizens = await createDatabase('citizens');
  const land = await createDatabase('land', { owner: 'land_office' });
  await query(citizens, 'create table t (x int)');
  expect(await query(land, 'select current_user as name')).toEqual([{ name: 'land_office' }]);

  const elsewhere = (url: string, database: string) => {
    const other = new URL(url);
    other.pathname = `/${database}`;
    return other.href;
  };
  for (const database of ['land', 'postgres', 'template1']) {
    await expect(query(elsewhere(citizens, database), 'select 1')).rejects.toThrow('permission denied for database');
  }
  await expect(query(citizens, 'create database mine')).rejects.toThrow('permission denied');
  expect(
    await query(adminUrl, "select rolname from pg_roles where rolsuper and rolcanlogin and rolname <> 'lienthong'"),
  ).toEqual([]);
});

test('making a database again gives the same one back', async () => {
  const { createDatabase } = await start();
  const url = await createDatabase('citizens');
  await query(url, 'create table t (x int)');
  expect(await createDatabase('citizens')).toBe(url);
  expect(await query(url, 'select count(*)::int as n from t')).toEqual([{ n: 0 }]);
  await expect(createDatabase('Bad name; drop')).rejects.toThrow('is no database name');
});

test('a password is asked for, only loopback is listened to, and the password’s file is private', async () => {
  const { adminUrl, port } = await start();
  await expect(query(`postgres://lienthong:wrong@127.0.0.1:${port}/postgres`, 'select 1')).rejects.toThrow('password');
  const [settings] = await query(
    adminUrl,
    "select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets",
  );
  expect(settings).toEqual({ addresses: '127.0.0.1', sockets: '' });
  expect((await stat(join(folder, 'password'))).mode & 0o777).toBe(0o600);
});

test('Vietnamese sorts and folds as Vietnamese', async () => {
  const { adminUrl } = await start();
  const sql = `select string_agg(name, ' ' order by name collate "vi-x-icu") as sorted, lower('ĐẶNG') as lower
    from unnest(array['Đinh', 'Dung', 'Ân', 'Ăn', 'An', 'Ông', 'Oanh', 'Ơn']) as name`;
  expect(await query(adminUrl, sql)).toEqual([{ sorted: 'An Ăn Ân Dung Đinh Oanh Ông Ơn', lower: 'đặng' }]);
});

test('data outlive a stop, and nothing runs after it', async () => {
  const first = await start();
  const url = await first.createDatabase('citizens');
  await query(url, 'create table t as select 1 as x');
  const pid = await postmaster();
  await first.stop();
  expect(await isAlive(pid)).toBe(false);
  const second = await start();
  expect(await query(await second.createDatabase('citizens'), 'select x from t')).toEqual([{ x: 1 }]);
});

test('a server that was killed recovers with the next start', async () => {
  const first = await start();
  await query(await first.createDatabase('citizens'), 'create table t as select 1 as x');
  process.kill(await postmaster(), 'SIGKILL');
  await first.ended;
  await first.stop();
  const second = await start();
  expect(await query(await second.createDatabase('citizens'), 'select x from t')).toEqual([{ x: 1 }]);
});

test('everything is below the folder, also where only its owner can pass', async () => {
  const closed = await mkdtemp(join(tmpdir(), 'kit-closed-'));
  folder = join(closed, 'below', 'postgres');
  const url = await (await start()).createDatabase('citizens');
  await query(url, 'create table t as select 1 as x');
  expect((await stat(closed)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'data', 'PG_VERSION'))).isFile()).toBe(true);
  await server?.remove();
  server = undefined;
  await rm(closed, { recursive: true });
  folder = join(tmpdir(), `kit-postgres-${randomUUID()}`);
});

test('two processes cannot share a folder; when the first is killed, its server goes and the next one starts', async () => {
  const first = await hold();
  await expect(start()).rejects.toThrow(`is in use by process ${first.pid}`);
  const pid = await postmaster();
  expect(await isAlive(pid)).toBe(true);
  first.kill('SIGKILL');
  await once(first, 'exit');
  for (let tries = 0; tries < 200 && (await isAlive(pid)); tries += 1) await wait(50);
  expect(await isAlive(pid)).toBe(false);
  await start();
});

test('a taken port is said to be taken, in both languages', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const attempt = start(port);
  await expect(attempt).rejects.toThrow(`Another program uses 127.0.0.1:${port}`);
  await expect(attempt).rejects.toThrow(`Cổng mạng 127.0.0.1:${port}`);
  other.close();
});
