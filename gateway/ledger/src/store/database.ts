import { type Database, openDatabase } from '@lienthong/kit/database';
import type { LedgerLog } from '../log.ts';

/** Asks the store: rows as they come, numbers for bigint, Buffers for bytea, Dates for times. */
export type Ask = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

export interface Store {
  readonly ask: Ask;
  readonly pool: Database<unknown>['pool'];
  close(): Promise<void>;
}

/** Opens a few connections for what is not the way of a request; nothing connects before the first question. */
export const openStore = (url: string, log: LedgerLog, connections = 4): Store => {
  const warn = (fields: unknown) => log.warn(Object(fields), 'ledger store: a connection was lost');
  const { pool, close } = openDatabase<unknown>({ url, log: { warn }, connections });
  return { pool, close, ask: askBy(pool) };
};

/** The same through one connection, where a transaction is open. */
export const askBy =
  (connection: Pick<Store['pool'], 'query'>): Ask =>
  async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
    (await connection.query<Row>(sql, [...values])).rows;
