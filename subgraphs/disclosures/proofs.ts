import { openReader } from '@lienthong/ledger';
import type { DisclosureParts } from './data.ts';
import type { Log } from './settings.ts';

/** Whether the ledger says that there is nothing to show. */
const isNotFound = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'LEDGER_NOT_FOUND';

/**
 * Proofs out of the ledger, by its own reader. Whether the caller sees the entry has been decided before (entries.ts).
 *
 * @param database of a role that reads the ledger; nothing connects before the first proof
 */
export const proofsFrom = (database: string, log: Log): DisclosureParts['proofOf'] => {
  // The name of a ledger stands in exports, of which this department makes none.
  const reader = openReader({ database, origin: '', log });
  return async (subject, seq) => {
    try {
      return await reader.proof(subject, seq);
    } catch (error) {
      // No head has been signed over the record yet.
      if (isNotFound(error)) return null;
      throw error;
    }
  };
};
