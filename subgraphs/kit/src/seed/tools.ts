import type { ClientBase } from 'pg';
import type { Pseudonyms } from '../pseudonyms.ts';

/** The values of one row, in the order of the columns. `null` and `undefined` are SQL NULL, arrays become PostgreSQL arrays. */
export type SeedRow = readonly unknown[];

/** What a department's `seed` works with; all of it runs in one transaction. */
export interface SeedTools {
  /** How many people the invented province has. */
  readonly citizens: number;
  /** Writes rows by COPY while they are produced, in bounded memory; resolves with their number. */
  readonly copy: (
    table: string,
    columns: readonly string[],
    rows: AsyncIterable<SeedRow> | Iterable<SeedRow>,
  ) => Promise<number>;
  /** The transaction's client, for statements before or after the copying. */
  readonly sql: Pick<ClientBase, 'query'>;
  readonly pseudonyms: Pseudonyms;
  /** Reports how far it is; call it as often as you like. */
  readonly progress: (done: number, total: number, label: string) => void;
}
