import { bytesOf, commonText, InnerTree, type JwsSigner, retentionText, signRetention } from '../format/index.ts';
import type { LedgerLog } from '../log.ts';
import { openStore } from '../store/database.ts';
import { newId, newKey } from '../writer/random.ts';
import { type Hold, liftHold, listHolds, type NewHold, placeHold } from './holds.ts';

export type { Hold, NewHold } from './holds.ts';

export interface KeeperOptions {
  /** PostgreSQL's address, for a role that was admitted to `keep`. */
  readonly database: string;
  readonly origin: string;
  /** Signs what is deleted, as it signs heads. */
  readonly signer: JwsSigner;
  readonly log: LedgerLog;
  readonly now?: () => number;
}

/** What one RETENTION record did. */
export interface Retained {
  readonly seq: { readonly from: number; readonly to: number };
  /** How many bodies went; those on hold stayed. */
  readonly deleted: number;
}

/** Looks after the ledger: what may go, and what must stay. */
export interface Keeper {
  /**
   * Deletes the bodies, keys and entries of all records made before that moment, except what is on hold; each step under
   * a RETENTION record of its own, which is there if and only if its deletion is.
   *
   * @param step records of one RETENTION record at most. Default: 10 000
   */
  retain(before: Date, step?: number): Promise<readonly Retained[]>;
  /** Between which records `retain` would begin and end; undefined where nothing may go. Among them some stay. */
  retainable(before: Date): Promise<Retained['seq'] | undefined>;
  /** Answers the hold's id. */
  place(hold: NewHold): Promise<string>;
  /** Whether there was such a hold that was not lifted yet. */
  lift(id: string, by: string): Promise<boolean>;
  holds(): Promise<readonly Hold[]>;
  close(): Promise<void>;
}

const STEP = 10_000;

export const openKeeper = ({ database, origin, signer, log, now = Date.now }: KeeperOptions): Keeper => {
  const store = openStore(database, log, 1);
  const { ask } = store;

  const retainable = async (before: Date, start: number): Promise<Retained['seq'] | undefined> => {
    const [span] = await ask<{ from_seq: number | null; to_seq: number | null }>(
      'select * from ledger.retainable($1, $2)',
      [before, start],
    );
    if (!span || span.from_seq === null || span.to_seq === null) return undefined;
    return { from: span.from_seq, to: span.to_seq };
  };

  /** One step, from `start` on; undefined when there is nothing left to delete. */
  const retainOnce = async (before: Date, start: number, step: number): Promise<Retained | undefined> => {
    const span = await retainable(before, start);
    if (!span) return undefined;
    const seq = { from: span.from, to: Math.min(span.to, span.from + step - 1) };
    const at = now();
    const id = newId(at);
    const said = { ...seq, before: before.toISOString() };
    const signature = await signRetention({ origin, id, ...said }, signer);
    const parts = [
      commonText({ kind: 'RETENTION', id, time: new Date(at).toISOString() }),
      retentionText(said, signature),
    ];
    const key = newKey();
    const secrets = Buffer.concat([bytesOf(key), bytesOf(new InnerTree(key, parts).root)]);
    const [row] = await ask<{ deleted: number }>('select ledger.retain($1, $2) as deleted', [
      parts.join('\t'),
      secrets,
    ]);
    return { seq, deleted: row?.deleted ?? 0 };
  };

  return {
    async retain(before, step = STEP) {
      const done: Retained[] = [];
      for (let start = 0; ; ) {
        const one = await retainOnce(before, start, step);
        if (one === undefined) return done;
        start = one.seq.to + 1;
        done.push(one);
        log.info({ ...one.seq, deleted: one.deleted }, 'ledger: bodies deleted under a RETENTION record');
      }
    },
    retainable: (before) => retainable(before, 0),
    place: (hold) => placeHold(ask, hold),
    lift: (id, by) => liftHold(ask, id, by),
    holds: () => listHolds(ask),
    close: () => store.close(),
  };
};
