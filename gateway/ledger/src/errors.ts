/** Why nothing could be written. */
export type UnavailableReason =
  /** No commit within the time that the caller has. */
  | 'timeout'
  /** The store has been away for longer than that. */
  | 'away'
  /** More records are waiting than may wait. */
  | 'full'
  /** The ledger was closed. */
  | 'closed';

/** The ledger does not say that the record is durable: nothing may leave that depends on it. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
  readonly code = 'LEDGER_UNAVAILABLE';
  readonly reason: UnavailableReason;

  constructor(reason: UnavailableReason) {
    super(`the ledger is unavailable: ${reason}`);
    this.reason = reason;
  }
}

export type RefusalCode =
  /** The record cannot be part of a ledger: too many entries, or of a shape that the store refuses. */
  | 'LEDGER_RECORD_REFUSED'
  /** The log is not what was signed before. Nothing is signed any more: somebody has to look. */
  | 'LEDGER_FORKED'
  /** There is no such record, entry or head. */
  | 'LEDGER_NOT_FOUND';

/** Something that trying again does not mend. */
export class LedgerRefusal extends Error {
  override readonly name = 'LedgerRefusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
