import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBase, Pool } from 'pg';
import { errorCode } from './error-code.ts';
import { StartError } from './start-error.ts';

/** The kit's own table; seeds leave it alone. */
export const MIGRATIONS_TABLE = 'kit_migrations';

/** Any constant of ours: two processes of one department that start together must not both migrate. */
const ADVISORY_LOCK = 1_418_022_025;

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

interface Migration {
  readonly file: string;
  readonly sql: string;
  readonly sha256: string;
}

const readMigrations = async (folder: string): Promise<Migration[]> => {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file, index) => {
      if (Number(FILE_NAME.exec(file)?.[1]) !== index + 1) {
        throw new StartError({
          vi: `${file}: tệp chuyển đổi phải tên NNNN_tieu_de.sql, đánh số liền từ 0001.`,
          en: `${file}: migrations must be called NNNN_title.sql and numbered from 0001 without gaps or repeats.`,
        });
      }
      const sql = await readFile(join(folder, file), 'utf8');
      return { file, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
};

const refuseRewrittenHistory = (migrations: readonly Migration[], applied: ReadonlyMap<string, string>) => {
  const present = new Map(migrations.map(({ file, sha256 }) => [file, sha256]));
  for (const [file, sha256] of applied) {
    const now = present.get(file);
    if (now === sha256) continue;
    throw new StartError(
      now === undefined
        ? {
            vi: `${file} đã áp dụng vào cơ sở dữ liệu nhưng tệp không còn. Hãy khôi phục tệp; muốn thay đổi thì thêm tệp mới.`,
            en: `${file} was applied to the database but is gone. Restore the file; to change something add a new one.`,
          }
        : {
            vi: `${file} đã áp dụng vào cơ sở dữ liệu rồi lại bị sửa. Hãy trả tệp về như cũ; muốn thay đổi thì thêm tệp mới.`,
            en: `${file} was changed after it was applied to the database. Restore it; to change something add a new file.`,
          },
    );
  }
};

const apply = async (client: ClientBase, { file, sql, sha256 }: Migration) => {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(`insert into ${MIGRATIONS_TABLE} (file, sha256) values ($1, $2)`, [file, sha256]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${file} failed and left nothing behind`, { cause: error });
  }
};

/** Applies the files of `folder` that the database has not seen, in order, each in a transaction; returns their names. */
export const migrate = async (pool: Pool, folder: string): Promise<string[]> => {
  const migrations = await readMigrations(folder);
  const client = await pool.connect();
  try {
    // The timeouts of requests do not fit: a migration may rewrite a table, or wait for another process's.
    await client.query('set statement_timeout = 0');
    // A schema that a migration makes, if it has the name of the role, would come first from then on: what was applied
    // would be looked for in there.
    await client.query('set search_path = public');
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    await client.query(
      `create table if not exists ${MIGRATIONS_TABLE} (
         file text primary key,
         sha256 text not null,
         applied_at timestamptz not null default now()
       )`,
    );
    const { rows } = await client.query<{ file: string; sha256: string }>(
      `select file, sha256 from ${MIGRATIONS_TABLE} order by file`,
    );
    const applied = new Map(rows.map(({ file, sha256 }) => [file, sha256]));
    refuseRewrittenHistory(migrations, applied);
    const pending = migrations.filter(({ file }) => !applied.has(file));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ file }) => file);
  } finally {
    // Ends the session: lock and timeout go with it.
    client.release(true);
  }
};
