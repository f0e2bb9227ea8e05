import { LedgerUnavailable, type UnavailableReason } from '../errors.ts';
import type { Prepared } from './new-record.ts';

/** What becomes of a record for which nobody can wait any longer. */
export type Patience =
  /** It is given up: what it stands for does not leave. */
  | 'none'
  /** It is kept in memory, as far as there is room, and written once the store is back. */
  | 'deferrable'
  /** It is written however long that takes. */
  | 'lasting';

/** One record on its way. */
export class Waiting {
  readonly record: Prepared;
  readonly patience: Patience;
  readonly since: number;
  /** The record's seq, once it is durable; undefined where it was deferred. */
  readonly written: Promise<number | undefined>;
  /** Nobody waits any more, but the record stands for an answer that has left. */
  released = false;
  settled = false;
  #resolve: (seq: number | undefined) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(record: Prepared, patience: Patience, since: number) {
    this.record = record;
    this.patience = patience;
    this.since = since;
    this.written = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Whether it is written for nobody who waits. */
  get mustStay(): boolean {
    return this.released || this.patience === 'lasting';
  }

  done(seq: number): void {
    this.settled = true;
    this.#resolve(seq);
  }

  /** Whoever waits goes on; the record stands for an answer that leaves now. */
  defer(): void {
    this.released = true;
    this.settled = true;
    this.#resolve(undefined);
  }

  fail(error: unknown): void {
    this.settled = true;
    this.#reject(error);
  }

  giveUp(reason: UnavailableReason): void {
    if (!this.settled && !this.released) this.fail(new LedgerUnavailable(reason));
  }
}
