import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Account, serverEnvironment } from './account.ts';
import { program } from './binaries.ts';
import { type Place, throughWorkingFolder } from './place.ts';
import { HOST } from './port.ts';

/** A running server. */
export interface ServerProcess {
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Fast shutdown: connections are cut, nothing is lost; resolves when no process is left. */
  readonly stop: () => Promise<void>;
}

/** `none` is for tests: a crash of the machine may ruin the data, a crash of the server does not. */
export type Durability = 'full' | 'none';

const READY = 'database system is ready to accept connections';
const STOP_MS = 15_000;
const LINES_KEPT = 20;

const settings = (port: number, durability: Durability): string[] => {
  const values = {
    port,
    listen_addresses: HOST,
    // Every connection goes through scram over loopback: a socket would add a second door.
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    max_connections: 200,
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    // The departments' statements are short; compiling them costs more than it saves.
    jit: 'off',
    lc_messages: 'C',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durability === 'none' ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
};

/**
 * A shell that waits for a word from this process and, if the pipe closes without one, stops the server: SIGKILL leaves
 * no time to clean up, but it closes pipes. Returns what sends it home.
 */
const startWatcher = (pid: number, account: Account | undefined): (() => Promise<void>) => {
  if (process.platform === 'win32') return () => Promise.resolve();
  const watcher = spawn('/bin/sh', ['-c', 'read -r word || kill -INT "$1" 2>/dev/null', 'sh', String(pid)], {
    ...account,
    cwd: '/',
    env: serverEnvironment,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // If the shell has gone before, there is nobody to tell.
  watcher.stdin?.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => {
    watcher.once('exit', () => resolve());
    watcher.once('error', () => resolve());
  });
  return () => {
    watcher.stdin?.end('done\n');
    return gone;
  };
};

/** Starts the server and waits until it takes connections; if it ends instead, the error holds what it said. */
export const startServer = async (
  { installation, data }: Place,
  account: Account | undefined,
  options: { readonly port: number; readonly durability: Durability; readonly log: (line: string) => void },
): Promise<ServerProcess> => {
  const server = spawn(
    program(installation, 'postgres'),
    ['-D', throughWorkingFolder(data), ...settings(options.port, options.durability)],
    // Detached: Ctrl-C must reach the departments first, and the server when they have let go of it.
    { ...account, cwd: data, env: serverEnvironment, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
    server.once('error', () => resolve());
  });
  const last: string[] = [];
  const lines = createInterface({ input: server.stderr });

  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      options.log(line);
      last.push(line);
      if (last.length > LINES_KEPT) last.shift();
      if (line.includes(READY)) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${last.join('\n')}`)));
  });

  const { pid } = server;
  if (pid === undefined) throw new Error('PostgreSQL is ready without a process id');
  const dismissWatcher = startWatcher(pid, account);
  // At the end of the server, not at the stop: its process id may soon be somebody else's.
  const allEnded = ended.then(dismissWatcher);

  return {
    ended: allEnded,
    stop: async () => {
      server.kill('SIGINT');
      const timer = setTimeout(() => server.kill('SIGQUIT'), STOP_MS);
      await allEnded;
      clearTimeout(timer);
    },
  };
};
