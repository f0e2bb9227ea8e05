export { readCertificates } from '@lienthong/verify/time-stamp';
export { LedgerRefusal, LedgerUnavailable, type RefusalCode, type UnavailableReason } from './errors.ts';
export { type Heads, type HeadsOptions, openHeads } from './heads/index.ts';
export {
  type Hold,
  type Keeper,
  type KeeperOptions,
  type NewHold,
  openKeeper,
  type Retained,
} from './keeping/index.ts';
export type { LedgerLog } from './log.ts';
export {
  type BusyDay,
  type ExportStart,
  type LedgerReader,
  openReader,
  type ReaderOptions,
  type Review,
  type Reviewed,
  type ReviewQuestion,
  type StoredRecord,
  type Unfinished,
} from './reader/index.ts';
export { type MigrateOptions, migrateLedger, type Work } from './store/migrate.ts';
export type { Authority, TimeStampFailure } from './time-stamps/ask.ts';
export { openTimeStamps, type Stamping, type TimeStamps, type TimeStampsOptions } from './time-stamps/index.ts';
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
