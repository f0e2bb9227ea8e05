import { connected, type LedgerDatabase } from './ledger-database.ts';
import { argumentsOf, type RawRecord } from './raw-record.ts';

/** Appends records as they are, times and all; answers their seqs. */
export const appended = (database: LedgerDatabase, records: readonly RawRecord[]): Promise<readonly number[]> =>
  connected(database.writer, async (client) => {
    const { rows } = await client.query<{ seqs: string[] }>(
      'select ledger.append($1, $2) as seqs',
      argumentsOf(records),
    );
    return (rows[0]?.seqs ?? []).map(Number);
  });
