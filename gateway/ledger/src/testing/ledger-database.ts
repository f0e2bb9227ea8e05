import { randomBytes } from 'node:crypto';
import { testDatabase, testServerUrl } from '@lienthong/kit/testing';
import pg from 'pg';
import { migrateLedger, type Work } from '../store/migrate.ts';

/** An empty ledger with a role for each kind of work. */
export interface LedgerDatabase {
  /** Of the owner, who may do everything that the triggers let pass. */
  readonly owner: string;
  readonly writer: string;
  readonly reader: string;
  readonly keeper: string;
  drop(): Promise<void>;
}

const WORK: readonly Work[] = ['write', 'read', 'keep'];

/** Runs statements on one connection. */
export const connected = async <T>(url: string, act: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
};

export const ledgerDatabase = async (): Promise<LedgerDatabase> => {
  const database = await testDatabase('ledger');
  const name = new URL(database.url).pathname.slice(1);
  const password = randomBytes(12).toString('hex');
  const roleOf = (work: Work) => `ledger_${work}_${name.slice(-12)}`;
  await connected(testServerUrl(), async (admin) => {
    for (const work of WORK) {
      await admin.query(`create role ${roleOf(work)} login password '${password}'`);
      await admin.query(`grant connect on database ${name} to ${roleOf(work)}`);
    }
  });
  await migrateLedger({ database: database.url, roles: WORK.map((work) => ({ role: roleOf(work), work: [work] })) });
  const urlOf = (work: Work) => {
    const url = new URL(database.url);
    url.username = roleOf(work);
    url.password = password;
    return url.href;
  };
  return {
    owner: database.url,
    writer: urlOf('write'),
    reader: urlOf('read'),
    keeper: urlOf('keep'),
    async drop() {
      await database.drop();
      await connected(testServerUrl(), async (admin) => {
        for (const work of WORK) await admin.query(`drop role if exists ${roleOf(work)}`);
      });
    },
  };
};

/** The numbers of the records that have an entry of somebody, the latest first. */
export const recordsOf = (database: LedgerDatabase, subject: string): Promise<readonly number[]> =>
  connected(database.reader, async (client) => {
    const { rows } = await client.query<{ seq: number }>(
      'select seq::integer as seq from ledger.entries where subject = $1 order by seq desc',
      [subject],
    );
    return rows.map(({ seq }) => seq);
  });
