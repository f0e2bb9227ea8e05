import { setTimeout as pause } from 'node:timers/promises';
import { LedgerRefusal, LedgerUnavailable, type UnavailableReason } from '../errors.ts';
import type { LedgerLog } from '../log.ts';
import type { Connection } from './connection.ts';
import type { Prepared } from './new-record.ts';

export interface GroupCommitOptions {
  readonly connection: Connection;
  readonly log: LedgerLog;
  /** Milliseconds that a record may wait for its commit. */
  readonly timeout: number;
  /** Records that may wait. */
  readonly capacity: number;
  /** Records, and characters, of one commit. */
  readonly batch: { readonly records: number; readonly characters: number };
}

/** One record on its way. */
interface Waiting {
  readonly record: Prepared;
  readonly since: number;
  readonly resolve: (seq: number) => void;
  readonly reject: (error: Error) => void;
  /** It is written whether or not anybody waits. */
  readonly lasting: boolean;
  /** Nobody waits any more, but the record stands for an answer that has left. */
  released: boolean;
  settled: boolean;
}

/** How the writer stands. */
export interface Standing {
  /** Whether the last commit succeeded. */
  readonly available: boolean;
  /** Records on their way. */
  readonly waiting: number;
  /** Since the start. */
  readonly records: number;
  readonly commits: number;
}

export interface Ticket {
  /** The record's seq, once it is durable. */
  readonly written: Promise<number>;
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
  #queue: Waiting[] = [];
  #underWay: readonly Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  /** Since when the store has been failing. */
  #awaySince: number | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #commits = 0;
  #records = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  get standing(): Standing {
    return {
      available: this.#awaySince === undefined && !this.#closed,
      waiting: this.#waiting,
      records: this.#records,
      commits: this.#commits,
    };
  }

  /**
   * Takes a record.
   *
   * @param lasting it is written even if whoever waits gives up
   * @throws LedgerUnavailable where there is no use in waiting
   */
  add(record: Prepared, lasting = false): Ticket {
    const now = performance.now();
    const { capacity, timeout } = this.#options;
    if (this.#closed) throw new LedgerUnavailable('closed');
    if (this.#waiting >= capacity) throw new LedgerUnavailable('full');
    if (!lasting && this.#awaySince !== undefined && now - this.#awaySince > timeout)
      throw new LedgerUnavailable('away');
    const { promise, resolve, reject } = deferred<number>();
    const waiting: Waiting = { record, since: now, resolve, reject, lasting, released: false, settled: false };
    this.#queue.push(waiting);
    this.#watch();
    // Not at once: what else comes in this turn of the loop goes along.
    this.#running ??= new Promise<void>((turn) => setImmediate(turn)).then(() => this.#run());
    return {
      written: promise,
      release: () => {
        waiting.released = true;
      },
    };
  }

  /** Writes what waits, then takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    clearTimeout(this.#sweep);
    await this.#options.connection.close();
  }

  get #waiting(): number {
    return this.#queue.length + this.#underWay.length;
  }

  async #run(): Promise<void> {
    for (let wait = FIRST_PAUSE; ; ) {
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
    }
    this.#running = undefined;
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

  /** Takes the next batch from the queue: those for which it still matters. */
  #next(): readonly Waiting[] {
    const { records, characters } = this.#options.batch;
    const batch: Waiting[] = [];
    let taken = 0;
    let length = 0;
    for (const waiting of this.#queue) {
      if (batch.length === records || (length > 0 && length + waiting.record.line.length > characters)) break;
      taken += 1;
      if (waiting.settled && !mustStay(waiting)) continue;
      length += waiting.record.line.length;
      batch.push(waiting);
    }
    this.#queue = this.#queue.slice(taken);
    this.#underWay = batch;
    return batch;
  }

  /** False if the store is away and the batch waits again. */
  async #write(batch: readonly Waiting[]): Promise<boolean> {
    const { connection, log } = this.#options;
    try {
      const seqs = await connection.append(batch.map(({ record }) => record));
      for (const [n, waiting] of batch.entries()) {
        waiting.settled = true;
        waiting.resolve(seqs[n] ?? Number.NaN);
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
      this.#queue = [...batch, ...this.#queue];
      this.#underWay = [];
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
      first.settled = true;
      first.reject(new LedgerRefusal('LEDGER_RECORD_REFUSED', 'the store refused the record', error));
      this.#arrived();
      return true;
    }
    const middle = Math.ceil(batch.length / 2);
    const later = batch.slice(middle);
    if (await this.#write(batch.slice(0, middle))) return this.#write(later);
    this.#queue.push(...later);
    return false;
  }

  /** Who has waited long enough is told. One timer serves all. */
  #watch(): void {
    if (this.#sweep !== undefined) return;
    const { timeout } = this.#options;
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined;
      const oldest = performance.now() - timeout;
      for (const waiting of [...this.#underWay, ...this.#queue])
        if (waiting.since <= oldest) giveUp(waiting, 'timeout');
      if (this.#waiting > 0) this.#watch();
    }, timeout / SWEEPS);
    this.#sweep.unref();
  }

  /** Closing tries once more, and then does not wait for a store that is away. */
  #abandon(): void {
    const lost = this.#queue.filter(mustStay).length;
    for (const waiting of this.#queue) giveUp(waiting, 'closed');
    this.#queue = [];
    if (lost > 0) this.#options.log.error({ lost }, 'ledger closed with records that nobody could write');
  }
}

/** Whether a record is written for nobody who waits. */
const mustStay = ({ released, lasting }: Waiting): boolean => released || lasting;

const giveUp = (waiting: Waiting, reason: UnavailableReason): void => {
  if (waiting.settled || waiting.released) return;
  waiting.settled = true;
  waiting.reject(new LedgerUnavailable(reason));
};

const deferred = <T>() => {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
};

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
