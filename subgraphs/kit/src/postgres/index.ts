import { rm } from 'node:fs/promises';
import { serverAccount } from './account.ts';
import { ensureCluster, SUPERUSER } from './cluster.ts';
import { closeBuiltinDatabases, createDatabase, createRole } from './databases.ts';
import { preparePlace } from './place.ts';
import { choosePort, HOST } from './port.ts';
import { type Durability, startServer } from './process.ts';
import { claim, clearLeftovers, release } from './stale.ts';

export { createDatabase, createRole, dropDatabase } from './databases.ts';
export type { Durability } from './process.ts';

export interface PostgresOptions {
  /** Where password and data are kept between starts; made if absent, private to the user who starts the server. */
  readonly folder: string;
  /** Default 4200; 0 takes any free one. */
  readonly port?: number;
  /** Told every line the server logs. Default: nobody. */
  readonly log?: (line: string) => void;
  /** Default `full`. */
  readonly durability?: Durability;
}

export interface PostgresServer {
  readonly port: number;
  /** The superuser's address, with its password: not for departments. */
  readonly adminUrl: string;
  /** Makes a database whose role (of the same name unless told) owns it and may enter no other; returns that role's URL. */
  readonly createDatabase: (name: string, options?: { readonly owner?: string }) => Promise<string>;
  /** Makes a role that may connect to one database and do nothing there until its owner grants more; returns its URL. */
  readonly createRole: (name: string, options: { readonly database: string }) => Promise<string>;
  /** Resolves when the server has ended, asked or not. */
  readonly ended: Promise<void>;
  /** Stops the server; no process is left. */
  readonly stop: () => Promise<void>;
  /** Stops the server and deletes its folder. */
  readonly remove: () => Promise<void>;
}

/**
 * Starts a PostgreSQL server of one's own from npm's binaries: on loopback, password by scram, UTF-8. Works as an
 * ordinary user and as root, over new and over existing data, and after a crash. See docs/decisions/0002.
 */
export const startPostgres = async (options: PostgresOptions): Promise<PostgresServer> => {
  const { durability = 'full', log = () => undefined } = options;
  const account = serverAccount();
  const place = await preparePlace(options.folder, account);
  await clearLeftovers(place);
  const port = await choosePort(options.port ?? 4200);
  await claim(place);

  try {
    const password = await ensureCluster(place, account);
    const server = await startServer(place, account, { port, durability, log });
    const adminUrl = `postgres://${SUPERUSER}:${password}@${HOST}:${port}/postgres`;
    await closeBuiltinDatabases(adminUrl);

    const stop = async () => {
      await server.stop();
      await release(place);
    };
    return {
      port,
      adminUrl,
      createDatabase: (name, { owner } = {}) => createDatabase(adminUrl, name, owner),
      createRole: (name, { database }) => createRole(adminUrl, name, database),
      ended: server.ended,
      stop,
      remove: async () => {
        await stop();
        await rm(place.folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await release(place);
    throw error;
  }
};
