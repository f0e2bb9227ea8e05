import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresServer } from '@lienthong/kit/postgres';

const LEDGER = 'ledger';
/** The name of the ledger's owner among the addresses: for commands that look after it, not for anything that runs. */
export const LEDGER_OWNER = 'ledger-owner';

/** Addresses of databases, by the name of whoever keeps one. */
export type Databases = Readonly<Record<string, string>>;

/** Who keeps a database: `<PREFIX>_DATABASE_URL` puts it on a real server. */
export interface DatabaseKeeper {
  readonly name: string;
  readonly prefix: string;
}

/**
 * Who keeps a database besides the departments: the partner registry, the issuer for what it must remember, and the ledger,
 * whose address is that of the role that may only write.
 */
export const ownKeepers: readonly DatabaseReader[] = [
  { name: 'registry', prefix: 'REGISTRY', reads: undefined },
  { name: 'issuer', prefix: 'ISSUER', reads: undefined },
  { name: LEDGER, prefix: 'LEDGER', reads: undefined },
];

/** A department that reads what another keeps. */
export interface DatabaseReader extends DatabaseKeeper {
  readonly reads: string | undefined;
}

/** The addresses that the environment gives. */
export const databasesFrom = (env: NodeJS.ProcessEnv, keepers: readonly DatabaseKeeper[]): Databases =>
  Object.fromEntries(
    keepers.flatMap(({ name, prefix }) => {
      const url = env[`${prefix}_DATABASE_URL`];
      return url ? [[name, url]] : [];
    }),
  );

const fileOf = (data: string): string => join(data, 'databases.json');

/**
 * The addresses of the last run on this port: the server's passwords stay, so they can load while it comes up.
 * They wait for it themselves.
 */
export function rememberedDatabases(data: string, port: number): Databases {
  // Whoever deletes the databases alone wants them made and filled again.
  if (!existsSync(join(data, 'postgres', 'data', 'PG_VERSION'))) return {};
  try {
    const urls = JSON.parse(readFileSync(fileOf(data), 'utf8')) as Databases;
    return Object.fromEntries(
      Object.entries(urls).map(([name, address]) => {
        const url = new URL(address);
        url.port = String(port);
        return [name, url.href];
      }),
    );
  } catch {
    return {};
  }
}

/**
 * Makes what is missing: a database and a role for each keeper, and for whoever reads the ledger a role that can do no more.
 *
 * @param keepers those whose database is not elsewhere
 */
export async function makeDatabases(
  server: PostgresServer,
  keepers: readonly DatabaseReader[],
  data: string,
): Promise<Databases> {
  const urls: Record<string, string> = {};
  // One after the other: every `create database` copies the same template, which only one may do at a time.
  for (const { name, reads } of keepers) {
    if (reads === undefined) urls[name] = await server.createDatabase(databaseName(name));
  }
  const owner = urls[LEDGER];
  if (owner !== undefined) {
    const readers = keepers.filter(({ reads }) => reads === LEDGER).map(({ name }) => name);
    Object.assign(urls, await openLedgerTo(server, owner, readers), { [LEDGER_OWNER]: owner });
  }
  writeFileSync(fileOf(data), `${JSON.stringify(urls, null, 2)}\n`, { mode: 0o600 });
  return urls;
}

/** The ledger's tables, and a role for each who works with them: the gateway only writes, departments only read. */
async function openLedgerTo(server: PostgresServer, owner: string, readers: readonly string[]): Promise<Databases> {
  const { migrateLedger } = await import('@lienthong/ledger');
  const work = { [LEDGER]: 'write' as const, ...Object.fromEntries(readers.map((name) => [name, 'read' as const])) };
  const urls: Record<string, string> = {};
  for (const name of Object.keys(work)) urls[name] = await server.createRole(roleOf(name), { database: LEDGER });
  await migrateLedger({
    database: owner,
    roles: Object.entries(work).map(([name, one]) => ({ role: roleOf(name), work: [one] })),
  });
  return urls;
}

const databaseName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '_');
/** The owner has the database's name. */
const roleOf = (name: string): string => (name === LEDGER ? 'ledger_writer' : databaseName(name));
