/** For tests of packages that read a ledger: an empty one, with a role for each kind of work. */
export { connected, type LedgerDatabase, ledgerDatabase } from './ledger-database.ts';
