/** What the ledger says of itself; pino's logger fits. Never a record, a subject or a key. */
export interface LedgerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
