/** For tests of packages that keep or read a ledger: an empty one, with a role for each kind of work. */
export { type FlakyProxy, flakyProxy } from './flaky-proxy.ts';
export { connected, type LedgerDatabase, ledgerDatabase, recordsOf } from './ledger-database.ts';
