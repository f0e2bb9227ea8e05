import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresServer } from '@lienthong/kit/postgres';
import type { DepartmentEntry } from './departments.ts';

/** Database addresses by department. */
export type Databases = Readonly<Record<string, string>>;

/** The addresses that the environment gives: departments on a real server. */
export const databasesFrom = (env: NodeJS.ProcessEnv, departments: readonly DepartmentEntry[]): Databases =>
  Object.fromEntries(
    departments.flatMap(({ name, prefix }) => {
      const url = env[`${prefix}_DATABASE_URL`];
      return url ? [[name, url]] : [];
    }),
  );

const fileOf = (data: string): string => join(data, 'databases.json');

/**
 * The addresses of the last run on this port: the server's passwords stay, so departments can load while it comes up.
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

/** Makes what is missing: a database and a role for each of the departments. */
export async function makeDatabases(
  server: PostgresServer,
  departments: readonly DepartmentEntry[],
  data: string,
): Promise<Databases> {
  const urls: Record<string, string> = {};
  // One after the other: every `create database` copies the same template, which only one may do at a time.
  for (const { name } of departments)
    urls[name] = await server.createDatabase(name.toLowerCase().replace(/[^a-z0-9]/g, '_'));
  writeFileSync(fileOf(data), `${JSON.stringify(urls, null, 2)}\n`, { mode: 0o600 });
  return urls;
}
