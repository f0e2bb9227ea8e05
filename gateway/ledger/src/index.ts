export { LedgerRefusal, LedgerUnavailable, type RefusalCode, type UnavailableReason } from './errors.ts';
export type { LedgerLog } from './log.ts';
export { type MigrateOptions, migrateLedger, type Work } from './store/migrate.ts';
export {
  type AppendOptions,
  type Ledger,
  type LedgerOptions,
  type NewEntry,
  type NewRecord,
  openLedger,
  type Receipt,
  type Standing,
} from './writer/index.ts';
