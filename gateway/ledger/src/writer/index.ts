import { subjectsBy } from '../format/index.ts';
import type { LedgerLog } from '../log.ts';
import { connectionTo } from './connection.ts';
import type { DeferredRoom } from './deferred.ts';
import { GroupCommit, type Standing, type Ticket } from './group-commit.ts';
import { knownSubjects } from './known-subjects.ts';
import { type NewRecord, prepared } from './new-record.ts';

export type { Standing } from './group-commit.ts';
export type { NewEntry, NewRecord } from './new-record.ts';

export interface LedgerOptions {
  /** PostgreSQL's address, for a role that was admitted to `write`. */
  readonly database: string;
  /**
   * `strict`: every append resolves when its record is durable. `bounded`: one without personal data resolves after `delay`
   * at the latest. Default: `strict`.
   */
  readonly mode?: 'strict' | 'bounded';
  /** Milliseconds. Default: 20. */
  readonly delay?: number;
  /** Milliseconds that an append waits before it rejects. Default: 2 000. */
  readonly timeout?: number;
  /** 32 bytes: makes the ids of data subjects. */
  readonly subjectKey: Uint8Array;
  readonly log: LedgerLog;
  /** Records that may wait at a time. Default: 4 096. */
  readonly capacity?: number;
  /** What may be kept in memory, with nobody waiting, for a store that is away. Default: 16 384 records, 16 Mi characters. */
  readonly deferred?: DeferredRoom;
  /** How many records may come soon: a commit may wait a little for some of them. Default: none that anybody knew of. */
  readonly expected?: () => number;
  readonly now?: () => number;
}

/** What the gateway knows of its record once it may answer. */
export interface Receipt {
  readonly id: string;
  /** Opens the record's commitments, to whoever gets the answer; absent where it has none. */
  readonly nonce?: string | undefined;
  /** Absent where the answer need not wait for durability: in mode `bounded`, or because it was deferred. */
  readonly seq?: number;
  /** The store is away, or slower than the answer: the record is in memory alone, and written once the store is there. */
  readonly deferred?: true;
}

export interface AppendOptions {
  /**
   * False: nothing personal is in the answer. Mode `bounded` may let it go ahead, and in any mode the record of what the
   * store cannot take in time is deferred, as far as there is room. Default: true.
   */
  readonly personal?: boolean;
  /**
   * True: what is recorded has happened and cannot be taken back, so that the record is written however long the store is
   * away. Whoever waits is told as ever that nobody can tell yet. Default: false.
   */
  readonly lasting?: boolean;
}

/** The writing end of the ledger. */
export interface Ledger {
  /**
   * Keeps one record. Once it resolves, the record is durable and the answer may leave.
   *
   * @throws LedgerUnavailable where nobody can tell that it is: the answer must not leave, although the record may yet be
   *   written; LedgerRefusal for a record that cannot be one
   */
  append(record: NewRecord, options?: AppendOptions): Promise<Receipt>;
  readonly standing: Standing;
  /** Writes what waits and ends the connection. */
  close(): Promise<void>;
}

const CAPACITY = 4_096;
/** Of denials and public answers, a few minutes' worth; in memory a character is a byte, but for names in other letters. */
const DEFERRED = { records: 16_384, characters: 16 * 1024 * 1024 };
const DELAY_MS = 20;
const TIMEOUT_MS = 2_000;
/** A commit holds the log's lock: this much in one go keeps the others waiting for some ten milliseconds. */
const BATCH = { records: 256, characters: 4 * 1024 * 1024 };

/**
 * Of a commit's processor time nearly all is for the commit and little for each record, and what several answers need one
 * after the other is done faster than each alone: so all that are under way go together, but for the last one in nine.
 * Whoever is nearly alone never waits for others.
 */
const GATHER = { from: 8, records: 32, perStraggler: 8, milliseconds: 5 };

/** Opens the ledger for writing. Nothing connects before the first record: a store that is away does not keep a gateway from starting. */
export const openLedger = ({
  database,
  mode = 'strict',
  delay = DELAY_MS,
  timeout = TIMEOUT_MS,
  subjectKey,
  log,
  capacity = CAPACITY,
  deferred = DEFERRED,
  expected = () => 0,
  now = Date.now,
}: LedgerOptions): Ledger => {
  const subjectOf = knownSubjects(subjectsBy(subjectKey));
  const commits = new GroupCommit({
    connection: connectionTo(database, timeout),
    log,
    timeout,
    capacity,
    batch: BATCH,
    deferred,
    expected,
    gather: GATHER,
  });
  return {
    async append(record, { personal = true, lasting = false } = {}) {
      const made = prepared(record, subjectOf, now());
      const ticket = commits.add(made, lasting ? 'lasting' : personal ? 'none' : 'deferrable');
      const { id, nonce } = made;
      if (personal || mode === 'strict') {
        const seq = await ticket.written;
        return seq === undefined ? { id, nonce, deferred: true } : { id, nonce, seq };
      }
      return { id, nonce, ...(await atMost(delay, ticket)) };
    },
    get standing() {
      return commits.standing;
    },
    close: () => commits.close(),
  };
};

/** Waits for durability, but no longer than that. */
const atMost = async (delay: number, { written, release }: Ticket): Promise<Omit<Receipt, 'id'>> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Omit<Receipt, 'id'>>((resolve) => {
    timer = setTimeout(() => {
      release();
      // What becomes of it now is the log's matter.
      written.catch(() => undefined);
      resolve({ deferred: true });
    }, delay);
  });
  try {
    const inTime = written.then((seq) => (seq === undefined ? { deferred: true as const } : { seq }));
    return await Promise.race([inTime, late]);
  } finally {
    clearTimeout(timer);
  }
};
