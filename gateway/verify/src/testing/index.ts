export { MadeUpLedger } from './made-up-ledger.ts';
