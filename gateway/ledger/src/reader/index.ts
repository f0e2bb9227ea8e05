import type { Hash, Proof } from '../format/index.ts';
import type { LedgerLog } from '../log.ts';
import { storedTree } from '../proofs/stored-tree.ts';
import { openStore } from '../store/database.ts';
import { openSnapshot } from '../store/snapshot.ts';
import { type ExportStart, exportLines } from './export.ts';
import { proofOf } from './proof.ts';
import { recordOf, type StoredRecord } from './record.ts';
import { type Review, type ReviewQuestion, reviewOf, type Unfinished, unfinishedBefore } from './review.ts';

export type { ExportStart } from './export.ts';
export type { StoredRecord } from './record.ts';
export type { BusyDay, Review, Reviewed, ReviewQuestion, Unfinished } from './review.ts';

export interface ReaderOptions {
  /** PostgreSQL's address, for a role that was admitted to `read`. */
  readonly database: string;
  readonly origin: string;
  readonly log: LedgerLog;
  readonly now?: () => number;
}

/** The reading end of the ledger. */
export interface LedgerReader {
  /**
   * The proof of one person's entry. What the person may see is not asked here: that has been decided before.
   *
   * @throws LedgerRefusal LEDGER_NOT_FOUND where the record has no such entry, its body was deleted, or no head stands over it yet
   */
  proof(subject: string, seq: number): Promise<Proof>;
  /** For auditors; undefined where there is none, or its body is gone. */
  record(by: { readonly seq: number } | { readonly id: string }): Promise<StoredRecord | undefined>;
  /** What a person should look at. Over weeks of a busy ledger this takes minutes. */
  review(question: ReviewQuestion): Promise<Review>;
  /** Mutations whose outcome nobody has told for so many milliseconds; of many the oldest alone are listed. */
  unfinished(age: number, limit?: number): Promise<Unfinished>;
  /** The head that was signed last. */
  head(): Promise<string | undefined>;
  inclusion(seq: number, size: number): Promise<readonly Hash[]>;
  consistency(first: number, second: number): Promise<readonly Hash[]>;
  /**
   * The ledger as JSON Lines, in bounded memory: all of it, or what came since.
   *
   * @throws LedgerRefusal LEDGER_FORKED where the ledger does not continue what is known
   */
  export(start?: ExportStart): AsyncGenerator<string>;
  close(): Promise<void>;
}

/** Opens the ledger for reading. */
export const openReader = ({ database, origin, log, now = Date.now }: ReaderOptions): LedgerReader => {
  const store = openStore(database, log);
  const { ask } = store;
  const tree = storedTree(ask);
  const reached = async (size: number): Promise<void> => {
    const tip = await tree.tip();
    if (size > tip.size) throw new RangeError(`the ledger has ${tip.size} records yet, not ${size}`);
  };
  return {
    proof: (subject, seq) => proofOf(ask, tree, subject, seq),
    async record(by) {
      const [column, value] = 'seq' in by ? ['seq = $1', by.seq] : ['id = $1', by.id];
      const [row] = await ask<{ seq: number; parts: string }>(
        `select seq, parts from ledger.records where ${column} and parts is not null`,
        [value],
      );
      return row && recordOf(row.seq, row.parts);
    },
    async review(question) {
      const snapshot = await openSnapshot(store);
      return reviewOf(snapshot.ask, question).finally(() => snapshot.close());
    },
    unfinished: (age, limit = 100) => unfinishedBefore(ask, new Date(now() - age), limit),
    async head() {
      const [row] = await ask<{ jws: string | null }>('select ledger.last_head() as jws');
      return row?.jws ?? undefined;
    },
    async inclusion(seq, size) {
      if (seq >= size) throw new RangeError(`a tree of ${size} records has no leaf ${seq}`);
      await reached(size);
      return tree.inclusion(seq, size);
    },
    async consistency(first, second) {
      await reached(second);
      return tree.consistency(first, second);
    },
    export: (start) => exportLines(store, origin, start),
    close: () => store.close(),
  };
};
