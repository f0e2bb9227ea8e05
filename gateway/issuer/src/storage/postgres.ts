import pg from 'pg';
import type { Logger } from 'pino';
import { hashOf } from './hash.ts';
import type { Store } from './store.ts';

/** Milliseconds between two deletions of what has expired, by every process. */
const clearingInterval = 60_000;
/** Milliseconds that a database gets to come up: it may be starting together with us. */
const patience = 30_000;
const pause = 250;
/** Any constant of ours: processes that start together must not make the tables at once. */
const advisoryLock = 1_418_022_104;

const tables = `
  create table if not exists issuer_records (
    id text primary key,
    model text not null,
    payload jsonb not null,
    grant_id text,
    uid text,
    consumed_at bigint,
    expires_at bigint not null
  );
  create index if not exists issuer_records_grant on issuer_records (grant_id) where grant_id is not null;
  create index if not exists issuer_records_uid on issuer_records (uid) where uid is not null;
  create index if not exists issuer_records_expiry on issuer_records (expires_at);
  create table if not exists issuer_spent (id text primary key, expires_at bigint not null);
  create index if not exists issuer_spent_expiry on issuer_spent (expires_at);
`;

interface Row {
  readonly payload: Record<string, unknown>;
  readonly consumed_at: string | null;
}

const answer = ({ payload, consumed_at }: Row): Record<string, unknown> =>
  consumed_at === null ? payload : { ...payload, consumed: Number(consumed_at) };

const seconds = (): number => Math.floor(Date.now() / 1_000);

/**
 * A store that several issuer processes share. One statement decides whatever may happen once only, so that two
 * processes never both say yes.
 */
export async function postgresStore(url: string, log: Logger): Promise<Store> {
  const pool = new pg.Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  // An idle connection that breaks is replaced; without a listener it would end the process.
  pool.on('error', (err) => log.warn({ err }, 'the database closed a connection'));
  try {
    await makeTables(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const clearing = setInterval(() => void clear(), clearingInterval).unref();

  async function clear(): Promise<void> {
    try {
      await pool.query('delete from issuer_records where expires_at <= $1', [seconds()]);
      await pool.query('delete from issuer_spent where expires_at <= $1', [seconds()]);
    } catch (err) {
      log.warn({ err }, 'expired records could not be deleted; next attempt in a minute');
    }
  }

  return {
    async put({ model, id, payload, expires, grantId, uid }) {
      await pool.query(
        `insert into issuer_records (id, model, payload, grant_id, uid, expires_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
           expires_at = excluded.expires_at`,
        [
          hashOf(model, id),
          model,
          JSON.stringify(payload),
          grantId ?? null,
          uid === undefined ? null : hashOf(model, uid),
          Math.ceil(expires),
        ],
      );
    },
    async get(model, id) {
      const { rows } = await pool.query<Row>(
        'select payload, consumed_at from issuer_records where id = $1 and expires_at > $2',
        [hashOf(model, id), seconds()],
      );
      return rows[0] && answer(rows[0]);
    },
    async getByUid(model, uid) {
      const { rows } = await pool.query<Row>(
        'select payload, consumed_at from issuer_records where uid = $1 and expires_at > $2',
        [hashOf(model, uid), seconds()],
      );
      return rows[0] && answer(rows[0]);
    },
    async ofGrant(model, grantId) {
      const { rows } = await pool.query<Row>(
        'select payload, consumed_at from issuer_records where grant_id = $1 and model = $2 and expires_at > $3',
        [grantId, model, seconds()],
      );
      return rows.map(answer);
    },
    async consume(model, id) {
      const { rowCount } = await pool.query(
        'update issuer_records set consumed_at = $2 where id = $1 and consumed_at is null and expires_at > $2',
        [hashOf(model, id), seconds()],
      );
      return rowCount === 1;
    },
    async delete(model, id) {
      await pool.query('delete from issuer_records where id = $1', [hashOf(model, id)]);
    },
    async deleteByGrant(model, grantId) {
      await pool.query('delete from issuer_records where grant_id = $1 and model = $2', [grantId, model]);
    },
    async once(id, expires) {
      const { rowCount } = await pool.query(
        `insert into issuer_spent (id, expires_at) values ($1, $2)
         on conflict (id) do update set expires_at = excluded.expires_at where issuer_spent.expires_at <= $3`,
        [hashOf(id), Math.ceil(expires), seconds()],
      );
      return rowCount === 1;
    },
    async close() {
      clearInterval(clearing);
      await pool.end();
    },
  };
}

async function makeTables(pool: pg.Pool): Promise<void> {
  const client = await connect(pool);
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [advisoryLock]);
    await client.query(tables);
    await client.query('commit');
  } finally {
    client.release();
  }
}

/** Nobody listens yet, or the server says that it is starting up (57P03 cannot_connect_now). */
const passing = ['ECONNREFUSED', 'ECONNRESET', '57P03'];

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  for (const deadline = Date.now() + patience; ; ) {
    try {
      return await pool.connect();
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!passing.includes(code) || Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
