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
  type Disclosure,
  type DisclosureFilter,
  type LedgerReader,
  openReader,
  type Page,
  type ReaderOptions,
  type Reviewed,
  type StoredRecord,
  type Visibility,
  type Volume,
  type VolumeQuestion,
  type Window,
} from './reader/index.ts';
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
