import pg from 'pg';
import type { Department } from '../department.ts';
import { MIGRATIONS_TABLE } from '../migrations.ts';
import { type ProvinceKey, parseProvinceKey } from '../province-key.ts';
import { createPseudonyms } from '../pseudonyms.ts';
import { copyRows } from './copy.ts';
import type { SeedTools } from './tools.ts';

export interface SeedOptions {
  readonly databaseUrl: string;
  readonly provinceKey: string | ProvinceKey;
  readonly citizens: number;
  /** Leave a database alone that holds any row of the department's. */
  readonly ifEmpty?: boolean;
  readonly progress?: SeedTools['progress'];
}

const tablesOf = async (client: pg.ClientBase): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `select tablename as name from pg_tables
     where schemaname = 'public' and tablename <> $1 order by tablename`,
    [MIGRATIONS_TABLE],
  );
  return rows.map(({ name }) => pg.escapeIdentifier(name));
};

const isEmpty = async (client: pg.ClientBase, tables: readonly string[]): Promise<boolean> => {
  for (const table of tables) {
    const { rowCount } = await client.query(`select 1 from ${table} limit 1`);
    if (rowCount !== 0) return false;
  }
  return true;
};

/**
 * Replaces everything in the department's database by the invented province of so many citizens. One transaction: a
 * seed that fails, or is killed, leaves what was there. Migrations must have been applied. False if `ifEmpty` stopped it.
 */
export const seedDepartment = async <Tables, Data>(
  department: Pick<Department<Tables, Data>, 'seed'>,
  { databaseUrl, provinceKey, citizens, ifEmpty = false, progress = () => undefined }: SeedOptions,
): Promise<boolean> => {
  if (!department.seed) throw new Error('this department keeps no database');
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const tables = await tablesOf(client);
    if (ifEmpty && !(await isEmpty(client, tables))) return false;
    await client.query('begin');
    if (tables.length > 0) await client.query(`truncate ${tables.join(', ')} restart identity`);
    await department.seed({
      citizens,
      copy: (table, columns, rows) => copyRows(client, table, columns, rows),
      sql: client,
      pseudonyms: createPseudonyms(typeof provinceKey === 'string' ? parseProvinceKey(provinceKey) : provinceKey),
      progress,
    });
    await client.query('commit');
    // Right after a bulk load the planner knows nothing of the tables and picks sequential scans.
    for (const table of tables) await client.query(`analyze ${table}`);
    return true;
  } finally {
    // Without a commit the server rolls back.
    await client.end();
  }
};
