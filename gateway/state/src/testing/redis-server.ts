import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { createClient } from 'redis';

const run = promisify(execFile);
const PLACES = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'];

/** A real Redis on a free loopback port, with what a test of outages does to it. */
export interface RedisServer {
  readonly url: string;
  /** Stops it where it stands (SIGSTOP): connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Ends it at once; `start` brings it back on the same port, with its data unless `empty`. */
  kill(): Promise<void>;
  start(options?: { readonly empty?: boolean }): Promise<void>;
  /** Everything that it has written to its disk. */
  written(): Promise<string>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/**
 * Starts a Redis server of one's own; installs Debian's where that is possible.
 *
 * @returns undefined where there is none, after saying on stderr what could not be checked and how to get it
 */
export const startRedis = async (whatFor: string): Promise<RedisServer | undefined> => {
  const program = installed() ?? (await install());
  if (program === undefined) {
    process.stderr.write(
      `NOT CHECKED: ${whatFor}: there is no redis-server here. Install it (Debian: apt-get install redis-server) and run again.\n`,
    );
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child = await launch(program, port, folder, url);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  // A test run that is broken off leaves no server behind.
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  return {
    url,
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    kill,
    async start({ empty = false } = {}) {
      if (empty) await rm(join(folder, 'appendonlydir'), { recursive: true, force: true });
      child = await launch(program, port, folder, url);
    },
    async written() {
      const kept = join(folder, 'appendonlydir');
      const texts = await Promise.all((await readdir(kept)).map((name) => readFile(join(kept, name), 'utf8')));
      return texts.join('');
    },
    async close() {
      process.off('exit', onExit);
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const installed = (): string | undefined => PLACES.find((place) => existsSync(place));

const install = async (): Promise<string | undefined> => {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Several test files may want it at the same moment; the package manager serves one at a time.
  const wait = ['-o', 'DPkg::Lock::Timeout=180'];
  try {
    await run('apt-get', [...wait, 'update'], { env, maxBuffer: 64 * 1024 * 1024 }).catch(() => undefined);
    await run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', 'redis-server'], {
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    process.stderr.write(`redis-server could not be installed by apt-get: ${String(error).split('\n', 1)[0]}\n`);
  }
  return installed();
};

const launch = async (program: string, port: number, folder: string, url: string): Promise<ChildProcess> => {
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'yes',
  ];
  const child = spawn(program, [...settings, '--appendfsync', 'always'], { stdio: 'ignore' });
  const client = createClient({ url, socket: { reconnectStrategy: 20 } });
  client.on('error', () => {
    // Not up yet.
  });
  try {
    await client.connect();
    // While it loads its data it answers, but not to commands.
    for (let tries = 0; tries < 500 && (await client.ping().catch(() => '')) !== 'PONG'; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    client.destroy();
  }
  return child;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('a listening server has a port');
  return address.port;
};
