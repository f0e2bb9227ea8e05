import { fileURLToPath } from 'node:url';
import { type Database, migrate, openDatabase } from '@lienthong/kit/database';

const FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url));

/** What a role is let in for (migrations/0005_rights.sql). */
export type Work = 'write' | 'read' | 'keep';

export interface MigrateOptions {
  /** Address of the ledger's database, for the role that owns it. */
  readonly database: string;
  /** Roles that are there already, and what each is let in for. */
  readonly roles?: readonly { readonly role: string; readonly work: readonly Work[] }[];
}

/**
 * Makes the ledger's tables or brings them up to date, and lets roles in. Run by the owner: whoever only writes or reads
 * never needs more than `admit` has given.
 */
export const migrateLedger = async ({ database, roles = [] }: MigrateOptions): Promise<void> => {
  const { pool, close }: Database<unknown> = openDatabase({
    url: database,
    log: { warn: () => undefined },
    connections: 1,
  });
  try {
    await migrate(pool, FOLDER);
    for (const { role, work } of roles) {
      for (const one of work) await pool.query('select ledger.admit(quote_ident($1)::regrole, $2)', [role, one]);
    }
  } finally {
    await close();
  }
};
