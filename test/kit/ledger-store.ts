import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { type PostgresServer, startPostgres } from '@lienthong/kit/postgres';
import { migrateLedger } from '@lienthong/ledger';

import { familyOf, titleOf } from './proc.ts';

/** A PostgreSQL of its own with an empty ledger, made to be killed: every commit reaches the disk first. */
export interface LedgerStore {
  readonly owner: string;
  readonly writer: string;
  readonly reader: string;
  /** SIGKILL of the whole server. */
  kill(): Promise<void>;
  /** An immediate stop: no word to clients, no checkpoint, recovery at the next start. */
  abort(): Promise<void>;
  /** SIGKILL of one process that serves a writer; the server then ends all the others and recovers by itself. */
  killBackend(): void;
  /** SIGSTOP of everything: connections stay open and nobody answers. */
  freeze(): void;
  thaw(): void;
  /** Starts it again, at the address it had. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** Milliseconds for the processes of a killed server to notice, and let go of its memory. */
const START_WITHIN = 20_000;

/** Not one that the system lends to connections: while the server is down it must stay free. */
const PORTS = { from: 20_000, to: 30_000 };

const startSomewhere = async (folder: string): Promise<PostgresServer> => {
  for (let tries = 5; ; tries -= 1) {
    try {
      return await startPostgres({ folder, port: randomInt(PORTS.from, PORTS.to), durability: 'full' });
    } catch (error) {
      if (tries === 0) throw error;
    }
  }
};

/** @param folder is made, and deleted by `remove` */
export const startLedgerStore = async (folder: string): Promise<LedgerStore> => {
  let server: PostgresServer = await startSomewhere(folder);
  const { port } = server;
  const owner = await server.createDatabase('ledger');
  const writer = await server.createRole('ledger_writer', { database: 'ledger' });
  const reader = await server.createRole('ledger_reader', { database: 'ledger' });
  await migrateLedger({
    database: owner,
    roles: [
      { role: 'ledger_writer', work: ['write'] },
      { role: 'ledger_reader', work: ['read'] },
    ],
  });

  const postmaster = async () => Number.parseInt(await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8'), 10);
  let pid = await postmaster();
  const end = async (signal: NodeJS.Signals) => {
    process.kill(pid, signal);
    await server.ended;
  };
  const signalAll = (signal: NodeJS.Signals) => {
    for (const each of familyOf(pid)) process.kill(each.pid, signal);
  };
  return {
    owner,
    writer,
    reader,
    kill: () => end('SIGKILL'),
    abort: () => end('SIGQUIT'),
    killBackend() {
      const backends = familyOf(pid).filter((each) => titleOf(each.pid).includes('ledger_writer'));
      const [one] = backends;
      if (one) process.kill(one.pid, 'SIGKILL');
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async start() {
      const deadline = Date.now() + START_WITHIN;
      for (;;) {
        try {
          server = await startPostgres({ folder, port, durability: 'full' });
          pid = await postmaster();
          return;
        } catch (error) {
          if (Date.now() > deadline) throw error;
          await wait(100);
        }
      }
    },
    remove: () => server.remove(),
  };
};
