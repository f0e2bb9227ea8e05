import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresServer } from '@lienthong/kit/postgres';
/** Addresses of databases, by the name of whoever keeps one. */
export type Databases = Readonly<Record<string, string>>;

/** Who keeps a database: `<PREFIX>_DATABASE_URL` puts it on a real server. */
export interface DatabaseKeeper {
  readonly name: string;
  readonly prefix: string;
}

/** Who keeps a database besides the departments: the partner registry, and the issuer for what it must remember. */
export const ownKeepers: readonly DatabaseKeeper[] = [
  { name: 'registry', prefix: 'REGISTRY' },
  { name: 'issuer', prefix: 'ISSUER' },
];

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

/** Makes what is missing: a database and a role for each keeper. */
export async function makeDatabases(
  server: PostgresServer,
  keepers: readonly DatabaseKeeper[],
  data: string,
): Promise<Databases> {
  const urls: Record<string, string> = {};
  // One after the other: every `create database` copies the same template, which only one may do at a time.
  for (const { name } of keepers)
    urls[name] = await server.createDatabase(name.toLowerCase().replace(/[^a-z0-9]/g, '_'));
  writeFileSync(fileOf(data), `${JSON.stringify(urls, null, 2)}\n`, { mode: 0o600 });
  return urls;
}
