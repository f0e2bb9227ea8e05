import { type Ask, askBy, type Store } from './database.ts';

/** The ledger of one moment, however long it is asked. */
export interface Snapshot {
  readonly ask: Ask;
  /** Ends the session: whoever stopped half way leaves no transaction. */
  close(): void;
}

/** For questions that may take minutes over a large ledger, and whose answers must fit each other. */
export const openSnapshot = async (store: Store): Promise<Snapshot> => {
  const client = await store.pool.connect();
  const close = (): void => client.release(true);
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query('set local statement_timeout = 0');
    await client.query('set local idle_in_transaction_session_timeout = 0');
  } catch (error) {
    close();
    throw error;
  }
  return { ask: askBy(client), close };
};
