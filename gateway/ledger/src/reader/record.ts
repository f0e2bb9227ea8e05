import { type Common, type Entry, type Operation, parseCanonical, type Retention } from '../format/index.ts';

/** A record as auditors read it. */
export interface StoredRecord {
  readonly seq: number;
  readonly common: Common;
  /** Absent of a RETENTION record, as `retention` is of all others. */
  readonly operation?: Operation;
  readonly retention?: Retention;
  readonly entries: readonly Entry[];
}

/**
 * Reads the parts of a record back. They were written by this package and stand under a root; what is not canonical
 * cannot have been.
 *
 * @throws TypeError for anything else
 */
export const recordOf = (seq: number, parts: string): StoredRecord => {
  const [common, operation, ...entries] = parts.split('\t').map((part) => {
    const value: unknown = parseCanonical(part);
    if (value === undefined) throw new TypeError(`record ${seq} has a part that is none`);
    return value;
  });
  const first = common as Common;
  const body = operation as Operation & { readonly retention?: Retention };
  return {
    seq,
    common: first,
    ...(body.retention === undefined ? { operation: body } : { retention: body.retention }),
    entries: entries as Entry[],
  };
};
