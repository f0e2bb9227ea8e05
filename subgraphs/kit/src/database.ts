import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { errorForLog } from './redact.ts';

/** One department's database. */
export interface Database<Tables> {
  readonly pool: pg.Pool;
  readonly db: Kysely<Tables>;
  /** Resolves if the database answers, throws otherwise. */
  readonly ping: () => Promise<void>;
  /** Ends the pool, when what is under way is done; once, however often it is asked to. */
  readonly close: () => Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly log: Pick<Logger, 'warn'>;
  /** Told every SQL statement that the department sends, before its parameters. */
  readonly onStatement?: ((sql: string) => void) | undefined;
  /** Connections at most. */
  readonly connections?: number;
}

const STATEMENT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;

const DATE = pg.types.builtins.DATE;
const INT8 = pg.types.builtins.INT8;

const safeInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint of the database does not fit a JavaScript number');
  return value;
};

/**
 * How column values arrive: a `date` stays the ISO text it is (pg's own default makes it midnight in the process's
 * time zone, which moves birthdays by a day), a `bigint` such as `count(*)` is a number.
 */
const columnTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary' && oid === DATE) return (text: string) => text;
    if (format !== 'binary' && oid === INT8) return safeInteger;
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
  },
};

/** Opens a pool; nothing connects before the first statement. */
export const openDatabase = <Tables>({
  url,
  log,
  onStatement,
  connections = 10,
}: DatabaseOptions): Database<Tables> => {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    types: columnTypes,
  });
  // An idle connection that breaks emits here; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ error: errorForLog(error) }, 'database connection lost'));

  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    log: (event) => onStatement?.(event.query.sql),
  });

  let closed: Promise<void> | undefined;
  const end = async () => {
    await db.destroy();
    // Kysely ends a pool that it has been asked to use, no other: whoever asked the pool itself would leave its
    // connections open, and the process waiting for them.
    if (!pool.ending) await pool.end();
  };

  return {
    pool,
    db,
    ping: async () => {
      await pool.query('select 1');
    },
    close: () => {
      closed ??= end();
      return closed;
    },
  };
};
