import { appendFile } from 'node:fs/promises';
import { setInterval } from 'node:timers';
import type { LedgerLog } from '../log.ts';
import { openStore } from '../store/database.ts';
import { type Authority, askForTimeStamp, type TimeStampFailure } from './ask.ts';

export interface TimeStampsOptions {
  /** PostgreSQL's address, for a role that was admitted to `write`. */
  readonly database: string;
  readonly authority: Authority;
  /** Milliseconds between two stamps. Default: an hour; 0: on demand only. */
  readonly every?: number;
  /** Where heads are added with their stamps, one a line, for witnesses. */
  readonly file?: string | undefined;
  readonly log: LedgerLog;
  readonly now?: () => number;
}

/** What came of one attempt. */
export type Stamping =
  | { readonly done: 'stamped'; readonly time: Date }
  /** The last head is stamped, there is none, or another gateway did it just now. */
  | { readonly done: 'nothing' }
  /** `STORE`: the ledger's database, by the code of which. */
  | { readonly done: 'failed'; readonly failure: TimeStampFailure | 'STORE' };

/** Has heads stamped by an authority outside, so that nobody can date them back. */
export interface TimeStamps {
  /** Stamps the last head now, unless it is. What fails is told, and tried again. */
  stamp(): Promise<Stamping>;
  /** Milliseconds for which every attempt has failed; 0: the last one did not. */
  readonly failing: number;
  close(): Promise<void>;
}

const EVERY_MS = 3_600_000;
/** What failed is tried again after so long. */
const AGAIN_MS = 60_000;
/** Of the time between two stamps: clocks and timers are not exact. */
const NEARLY = 0.9;

export const openTimeStamps = (options: TimeStampsOptions): TimeStamps => {
  const { authority, every = EVERY_MS, file, log, now = Date.now } = options;
  const store = openStore(options.database, log, 1);
  let failing: { readonly since: number; readonly failure: string } | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** @param age milliseconds; where a stamp is younger, whoever had it made, it is new enough */
  const attempt = async (age: number): Promise<Stamping> => {
    const [last] = await store.ask<{ head: number; jws: string; stamped: boolean; latest: Date | null }>(
      'select head, jws, stamped, latest from ledger.stamping()',
    );
    if (last === undefined || last.stamped) return { done: 'nothing' };
    if (last.latest !== null && now() - last.latest.getTime() < age) return { done: 'nothing' };
    const made = await askForTimeStamp(Buffer.from(last.jws), authority, now);
    if (!made.ok) return { done: 'failed', failure: made.failure };
    const { token, time } = made;
    await store.ask('select ledger.keep_time_stamp($1, $2, $3)', [last.head, time, token]);
    if (file !== undefined) {
      const timeStamp = Buffer.from(token).toString('base64url');
      await appendFile(file, `${JSON.stringify({ head: last.jws, timeStamp })}\n`, { flush: true });
    }
    return { done: 'stamped', time };
  };

  const tell = (result: Stamping, detail: string): void => {
    if (result.done !== 'failed') {
      if (failing !== undefined) log.info({}, 'ledger: heads are stamped again');
      failing = undefined;
      return;
    }
    // A failure that goes on is told once; how long it has, the metrics say.
    if (failing?.failure !== detail) {
      log.error(
        { code: 'LEDGER_TIME_STAMP', failure: detail },
        'ledger: a head could not be stamped, it is tried again',
      );
    }
    failing = { since: failing?.since ?? now(), failure: detail };
  };

  const inTurn = (age: number): Promise<Stamping> => {
    const mine = turn
      .then(() => attempt(age))
      .then(
        (result) => {
          tell(result, result.done === 'failed' ? result.failure : '');
          return result;
        },
        (error: unknown): Stamping => {
          const result = { done: 'failed', failure: 'STORE' } as const;
          tell(result, `STORE ${typeof error === 'object' && error !== null && 'code' in error ? error.code : ''}`);
          return result;
        },
      );
    turn = mine;
    return mine;
  };

  // Of several gateways the first whose time has come has it done for all.
  const onSchedule = () => void inTurn(every * NEARLY);
  const scheduled = every > 0 ? setInterval(onSchedule, Math.min(every, AGAIN_MS)) : undefined;
  scheduled?.unref();
  if (every > 0) onSchedule();
  return {
    stamp: () => inTurn(0),
    get failing() {
      return failing === undefined ? 0 : now() - failing.since;
    },
    async close() {
      clearInterval(scheduled);
      await turn;
      await store.close();
    },
  };
};
