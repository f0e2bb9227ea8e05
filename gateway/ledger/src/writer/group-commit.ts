import { setTimeout as pause } from 'node:timers/promises';
import { LedgerRefusal, LedgerUnavailable } from '../errors.ts';
import type { LedgerLog } from '../log.ts';
import type { Connection } from './connection.ts';
import { Deferred, type DeferredRoom } from './deferred.ts';
import type { Prepared } from './new-record.ts';
import { type Patience, Waiting } from './waiting.ts';

export interface GroupCommitOptions {
  readonly connection: Connection;
  readonly log: LedgerLog;
  /** Milliseconds that a record may wait for its commit. */
  readonly timeout: number;
  /** Records that may wait. */
  readonly capacity: number;
  /** Records, and characters, of one commit. */
  readonly batch: { readonly records: number; readonly characters: number };
  /** For records that are deferred. */
  readonly deferred: DeferredRoom;
  /** How many records may come soon, besides those that wait. */
  readonly expected: () => number;
  /**
   * Where `from` records wait or may come, a commit waits until `records` of them are there, or `perStraggler` of them for
   * each that may still come, and no longer than that.
   */
  readonly gather: {
    readonly from: number;
    readonly records: number;
    readonly perStraggler: number;
    readonly milliseconds: number;
  };
}

/** How the writer stands. */
export interface Standing {
  /** Whether the last commit succeeded. */
  readonly available: boolean;
  /** Records on their way. */
  readonly waiting: number;
  /** Records kept in memory for which nobody waits, until the store is back. */
  readonly deferred: number;
  /** Since the start. */
  readonly records: number;
  readonly commits: number;
}

export interface Ticket {
  /** The record's seq, once it is durable; undefined where it was deferred. */
  readonly written: Promise<number | undefined>;
  /** The answer leaves before that: the record is written nevertheless, however long it takes. */
  release(): void;
}

/** SQLSTATE classes 22 and 23: something about the records themselves. */
const RECORD_AT_FAULT = /^2[23]/;

const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 1_000;
/** How often in a timeout it is looked who has waited too long. */
const SWEEPS = 4;

/**
 * Writes records in batches: one statement is under way, and whatever comes meanwhile goes with the next. So many requests
 * share the wait for one disk.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #deferred: Deferred;
  #queue: Waiting[] = [];
  #underWay: readonly Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  /** Since when the store has been failing. */
  #awaySince: number | undefined;
  #sweep: NodeJS.Timeout | undefined;
  /** Ends the wait for more records. */
  #gathered: (() => void) | undefined;
  #commits = 0;
  #records = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#deferred = new Deferred(options.deferred);
  }

  get standing(): Standing {
    return {
      available: this.#awaySince === undefined && !this.#closed,
      waiting: this.#waiting,
      deferred: this.#deferred.size,
      records: this.#records,
      commits: this.#commits,
    };
  }

  /**
   * Takes a record.
   *
   * @throws LedgerUnavailable where there is no use in waiting
   */
  add(record: Prepared, patience: Patience = 'none'): Ticket {
    if (this.#closed) throw new LedgerUnavailable('closed');
    const now = performance.now();
    const { capacity, timeout } = this.#options;
    const waiting = new Waiting(record, patience, now);
    const isAway = this.#awaySince !== undefined && now - this.#awaySince > timeout;
    // What has happened is taken in any case: each has an INTENT that was written, so there is no more of it than writes run.
    if (patience !== 'lasting' && (isAway || this.#waiting >= capacity)) {
      if (!this.#defer(waiting)) throw new LedgerUnavailable(isAway ? 'away' : 'full');
    } else {
      this.#queue.push(waiting);
      this.#watch();
    }
    // Not at once: what else comes in this turn of the loop goes along.
    this.#running ??= new Promise<void>((turn) => setImmediate(turn)).then(() => this.#run());
    if (this.#gathered && !this.#isWorthWaiting) this.#gathered();
    return {
      written: waiting.written,
      release: () => {
        waiting.released = true;
      },
    };
  }

  /** Writes what waits, then takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#gathered?.();
    await this.#running;
    clearTimeout(this.#sweep);
    await this.#options.connection.close();
  }

  get #waiting(): number {
    return this.#queue.length + this.#underWay.length;
  }

  async #run(): Promise<void> {
    for (let wait = FIRST_PAUSE; ; ) {
      try {
        if (!this.#closed && this.#awaySince === undefined) await this.#gather();
        const closing = this.#closed;
        const batch = this.#next();
        if (batch.length === 0 && (closing || this.#awaySince === undefined)) break;
        if (batch.length === 0 ? await this.#look() : await this.#write(batch)) {
          wait = FIRST_PAUSE;
        } else if (closing) {
          this.#abandon();
        } else {
          await pause(wait);
          wait = Math.min(2 * wait, LONGEST_PAUSE);
        }
      } catch (error) {
        this.#fault(error);
        // A fault that comes each time must not keep the event loop from everybody.
        await pause(FIRST_PAUSE);
      }
    }
    this.#running = undefined;
  }

  /** A fault of the writer's own. Whoever waits for this batch is told, and it is not tried again: the next must be written. */
  #fault(error: unknown): void {
    const isTaken = this.#underWay.length > 0;
    const lost = isTaken ? this.#underWay : this.#queue;
    if (isTaken) this.#underWay = [];
    else this.#queue = [];
    for (const waiting of lost) waiting.fail(error);
    this.#options.log.error({ code: 'LEDGER_WRITER_FAULT', lost: lost.length, err: error }, 'ledger writer failed');
  }

  get #isWorthWaiting(): boolean {
    const { length } = this.#queue;
    const { gather, expected: count } = this.#options;
    const expected = length < gather.records ? count() : 0;
    return gather.perStraggler * expected > length && length + expected >= gather.from;
  }

  async #gather(): Promise<void> {
    const [oldest] = this.#queue;
    if (oldest === undefined || !this.#isWorthWaiting) return;
    const left = oldest.since + this.#options.gather.milliseconds - performance.now();
    if (left <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, left);
      this.#gathered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#gathered = undefined;
  }

  /** Whether a store that was away is back: nobody's record waits for the answer. */
  async #look(): Promise<boolean> {
    try {
      await this.#options.connection.ready();
      this.#isBack();
      return true;
    } catch {
      return false;
    }
  }

  #isBack(): void {
    if (this.#awaySince !== undefined) this.#options.log.info({ waiting: this.#waiting }, 'ledger store is back');
    this.#awaySince = undefined;
  }

  /** Takes the next batch: those in the queue for which it still matters, then what was deferred. */
  #next(): readonly Waiting[] {
    const { records, characters } = this.#options.batch;
    const batch: Waiting[] = [];
    let taken = 0;
    let length = 0;
    for (const waiting of this.#queue) {
      if (batch.length === records) break;
      const own = waiting.settled && !waiting.mustStay ? 0 : this.#charactersOf(waiting);
      if (length > 0 && length + own > characters) break;
      taken += 1;
      if (own === 0) continue;
      length += own;
      batch.push(waiting);
    }
    this.#queue = this.#queue.slice(taken);
    const room = records - batch.length;
    let more = 0;
    const deferred = this.#deferred.take(({ record: { line } }) => {
      if (more === room || (length > 0 && length + line.length > characters)) return false;
      more += 1;
      length += line.length;
      return true;
    });
    this.#underWay = deferred.length === 0 ? batch : [...batch, ...deferred];
    return this.#underWay;
  }

  /** Of its line, which is made now at the latest; 0 where that cannot be done: who waits for it is told, and nobody else. */
  #charactersOf(waiting: Waiting): number {
    try {
      return waiting.record.line.length;
    } catch (error) {
      const refusal = new LedgerRefusal('LEDGER_RECORD_REFUSED', 'the record cannot be made', error);
      waiting.fail(refusal);
      this.#options.log.error({ record: waiting.record.id, code: refusal.code }, 'ledger record could not be made');
      return 0;
    }
  }

  /** False if the store is away and the batch waits again. */
  async #write(batch: readonly Waiting[]): Promise<boolean> {
    const { connection, log } = this.#options;
    try {
      const seqs = await connection.append(batch.map(({ record }) => record));
      for (const [n, waiting] of batch.entries()) {
        waiting.done(seqs[n] ?? Number.NaN);
      }
      this.#arrived();
      this.#records += batch.length;
      this.#commits += 1;
      this.#isBack();
      return true;
    } catch (error) {
      if (RECORD_AT_FAULT.test(codeOf(error))) return this.#divide(batch, error);
      // What became of the batch is not known. It goes again as it is: the store knows by the ids what it has.
      if (this.#awaySince === undefined) log.error({ code: codeOf(error) }, 'ledger store is away');
      this.#awaySince ??= performance.now();
      this.#underWay = [];
      this.#waitAgain(batch);
      return false;
    }
  }

  /** Of a batch that was divided, what is left is still under way: who waits for it is told in time. */
  #arrived(): void {
    this.#underWay = this.#underWay.filter(({ settled }) => !settled);
  }

  /** One record that the store refuses must not take those along that came in its company. */
  async #divide(batch: readonly Waiting[], error: unknown): Promise<boolean> {
    const [first, ...rest] = batch;
    if (first === undefined) return true;
    if (rest.length === 0) {
      this.#options.log.error({ record: first.record.id, code: codeOf(error) }, 'ledger store refused a record');
      first.fail(new LedgerRefusal('LEDGER_RECORD_REFUSED', 'the store refused the record', error));
      this.#arrived();
      return true;
    }
    const middle = Math.ceil(batch.length / 2);
    const later = batch.slice(middle);
    if (await this.#write(batch.slice(0, middle))) return this.#write(later);
    this.#waitAgain(later);
    return false;
  }

  /** First again, as they were: those whose answers have left do not take the room of those who wait. */
  #waitAgain(batch: readonly Waiting[]): void {
    const isDeferred = ({ released, patience }: Waiting) => released && patience === 'deferrable';
    this.#deferred.takeBack(batch.filter(isDeferred));
    this.#queue = [...batch.filter((waiting) => !isDeferred(waiting)), ...this.#queue];
  }

  #defer(waiting: Waiting): boolean {
    if (waiting.patience !== 'deferrable' || !this.#deferred.add(waiting)) return false;
    waiting.defer();
    return true;
  }

  /** Who has waited long enough is told. One timer serves all. */
  #watch(): void {
    if (this.#sweep !== undefined) return;
    const { timeout } = this.#options;
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined;
      const oldest = performance.now() - timeout;
      const isLate = ({ since, settled, released }: Waiting) => since <= oldest && !settled && !released;
      for (const waiting of this.#underWay) {
        if (!isLate(waiting)) continue;
        // If this batch fails, it has its place among those.
        if (waiting.patience === 'deferrable') waiting.defer();
        else waiting.giveUp('timeout');
      }
      this.#queue = this.#queue.filter((waiting) => {
        if (!isLate(waiting)) return true;
        // Nobody catches what is thrown here: what cannot be made is not deferred.
        if (waiting.patience === 'deferrable' && this.#charactersOf(waiting) > 0 && this.#defer(waiting)) return false;
        waiting.giveUp('timeout');
        return true;
      });
      if (this.#waiting > 0) this.#watch();
    }, timeout / SWEEPS);
    this.#sweep.unref();
  }

  /** Closing tries once more, and then does not wait for a store that is away. */
  #abandon(): void {
    const lost = this.#queue.filter(({ mustStay }) => mustStay).length + this.#deferred.size;
    for (const waiting of this.#queue) waiting.giveUp('closed');
    this.#queue = [];
    this.#deferred.take(() => true);
    if (lost > 0) this.#options.log.error({ lost }, 'ledger closed with records that nobody could write');
  }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
