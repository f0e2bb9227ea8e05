import { fileURLToPath } from 'node:url';
import { type Database, migrate } from '@lienthong/kit/database';

const folder = fileURLToPath(new URL('../../migrations', import.meta.url));

/** PostgreSQL's code for a role that lacks a right. */
const insufficientPrivilege = '42501';

/**
 * Makes the registry's tables, or brings them up to date. A role that may not make tables works with those that are
 * there: in production the role that changes partners need not be the one that owns the tables.
 */
export async function migrateRegistry(pool: Database<unknown>['pool']): Promise<void> {
  try {
    await migrate(pool, folder);
  } catch (error) {
    const refused = typeof error === 'object' && error !== null && Reflect.get(error, 'code') === insufficientPrivilege;
    if (!refused) throw error;
    await pool.query('select from registry, partners, partner_events limit 0');
  }
}
