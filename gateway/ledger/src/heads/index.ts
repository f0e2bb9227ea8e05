import { setInterval } from 'node:timers';
import type { JSONWebKeySet } from 'jose';
import { LedgerRefusal } from '../errors.ts';
import {
  type Hash,
  type JwsSigner,
  type SignedHead,
  signHead,
  verifyConsistency,
  verifyHead,
} from '../format/index.ts';
import type { LedgerLog } from '../log.ts';
import { type StoredTree, storedTree } from '../proofs/stored-tree.ts';
import { openStore } from '../store/database.ts';
import { addLine, lastLine } from './heads-file.ts';

export interface HeadsOptions {
  /** PostgreSQL's address, for a role that was admitted to `write`. */
  readonly database: string;
  /** The name of this ledger, for ever. */
  readonly origin: string;
  readonly signer: JwsSigner;
  /** The public keys of this signer and of those before it: without them it cannot know what was signed. */
  readonly keys: JSONWebKeySet;
  /** Milliseconds between two heads; an unchanged log is not signed again. Default: 60 000; 0: on demand only. */
  readonly every?: number;
  /** Where heads are added, one a line: for witnesses, and as a memory outside of the database. */
  readonly file?: string | undefined;
  readonly log: LedgerLog;
  readonly now?: () => number;
}

/** The signing end of the ledger. */
export interface Heads {
  /**
   * A head of the log as it is now; undefined while it is empty.
   *
   * @throws LedgerRefusal LEDGER_FORKED, and for ever, once the log is not what was signed before; as long as a head is kept by a
   *   key that is not among `keys`
   */
  sign(): Promise<SignedHead | undefined>;
  /** What was signed last by this process, or found when it started. */
  readonly latest: SignedHead | undefined;
  /** The log was found to be another one than before. */
  readonly forked: boolean;
  /** Milliseconds for which every attempt to sign a head, or to write it down, has failed; 0 while none does. */
  readonly failing: number;
  close(): Promise<void>;
}

const EVERY_MS = 60_000;
/** Milliseconds by which clocks of gateways may differ (docs/ledger.md §5). */
const WRONG_CLOCK = 60_000;
/** Of the time between two heads: clocks and timers are not exact. */
const NEARLY = 0.9;

/** Signs heads, on a schedule and on demand. */
export const openHeads = (options: HeadsOptions): Heads => {
  const { origin, signer, keys, every = EVERY_MS, file, log, now = Date.now } = options;
  const store = openStore(options.database, log, 1);
  const tree = storedTree(store.ask);
  let latest: SignedHead | undefined;
  let forked: LedgerRefusal | undefined;
  /** A key set may be older than the head that another gateway has just signed: this may pass. */
  let stranger: LedgerRefusal | undefined;
  let remembered = file === undefined;
  /** A head that is kept and does not stand in the file yet. */
  let unwritten: string | undefined;
  let failingSince: number | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** Tried again where it failed: until another head comes, witnesses would miss this one, and nobody would be told. */
  const writeDown = async (): Promise<void> => {
    if (file === undefined || unwritten === undefined) return;
    await addLine(file, unwritten);
    unwritten = undefined;
  };

  const refusal = (fields: object, message: string): LedgerRefusal => {
    const refused = new LedgerRefusal('LEDGER_FORKED', message);
    log.error({ code: refused.code, ...fields }, message);
    return refused;
  };

  const trusted = async (jws: string, source: string): Promise<Before> => {
    const stands = await verifyHead(jws, origin, keys);
    const head = stands ?? (await verifyHead(jws, origin, endless(keys)));
    if (head === undefined) {
      stranger = refusal({ source }, 'a head that was kept is not one of this ledger’s keys: nothing is signed');
      throw stranger;
    }
    return { head, stands: stands !== undefined };
  };

  /** What was signed before: by this process, by the one before it, by others that share the store. */
  const signedBefore = async (): Promise<readonly Before[]> => {
    const before: Before[] = [];
    if (latest) before.push({ head: latest, stands: (await verifyHead(latest.jws, origin, keys)) !== undefined });
    if (!remembered && file !== undefined) {
      const line = await lastLine(file);
      if (line !== undefined) before.push(await trusted(line, 'file'));
      remembered = true;
    }
    const [kept] = await store.ask<{ jws: string | null }>('select ledger.last_head() as jws');
    if (kept?.jws && kept.jws !== latest?.jws) before.push(await trusted(kept.jws, 'store'));
    return before;
  };

  /** @param age milliseconds; a head that is younger, whoever signed it, is new enough */
  const sign = async (age: number): Promise<SignedHead | undefined> => {
    if (forked !== undefined) throw forked;
    stranger = undefined;
    // First the heads, then the tip: others may sign later ones meanwhile.
    const before = await signedBefore();
    const tip = await tree.tip();
    for (const { head } of before) {
      if (await continues(tree, head, tip)) continue;
      forked = refusal(
        { signed: head.size, found: tip.size },
        'the log is not the one that was signed before: nothing is signed',
      );
      throw forked;
    }
    const newest = before
      .filter(({ stands }) => stands)
      .reduce<SignedHead | undefined>(
        (one, { head: other }) => (one !== undefined && one.size >= other.size ? one : other),
        undefined,
      );
    const ahead = newest === undefined ? Number.NEGATIVE_INFINITY : Date.parse(newest.time) - now();
    const isNew = Math.abs(ahead) < age;
    if (tip.size === 0 || newest?.size === tip.size || isNew) {
      await writeDown();
      latest = newest;
      return newest;
    }
    // A clock was wrong when that was signed, or is now. No head may be older than the one before it (docs/ledger.md §5).
    if (ahead > WRONG_CLOCK) log.warn({ ahead }, 'the last head of the ledger is from the future');
    const time = new Date(now() + Math.max(ahead, 0)).toISOString();
    const head = await signHead({ origin, size: tip.size, root: tip.root, time }, signer);
    await store.ask('select ledger.keep_head($1, $2, $3)', [head.size, head.time, head.jws]);
    unwritten = head.jws;
    await writeDown();
    latest = head;
    return head;
  };

  const inTurn = (age: number): Promise<SignedHead | undefined> => {
    const mine = turn.then(() => sign(age));
    turn = mine.then(
      () => {
        failingSince = undefined;
      },
      () => {
        failingSince ??= now();
      },
    );
    return mine;
  };

  // Of several processes the first whose time has come signs for all.
  const onSchedule = () => inTurn(every * NEARLY).catch((error) => report(log, error));
  const scheduled = every > 0 ? setInterval(onSchedule, every) : undefined;
  scheduled?.unref();
  return {
    sign: () => inTurn(0),
    get latest() {
      return latest;
    },
    get forked() {
      return (forked ?? stranger) !== undefined;
    },
    get failing() {
      return failingSince === undefined ? 0 : now() - failingSince;
    },
    async close() {
      clearInterval(scheduled);
      await turn;
      await store.close();
    },
  };
};

/** A head that was signed before. Every one binds. */
interface Before {
  readonly head: SignedHead;
  /** Others believe it, too: it was signed before the end of its key, if that has one. */
  readonly stands: boolean;
}

/**
 * The same keys without their ends: what was signed with a key that leaked is believed by nobody, and still no other log may
 * be signed than the one that it was of.
 */
const endless = ({ keys }: JSONWebKeySet): JSONWebKeySet => ({
  keys: keys.map((key) => Object.fromEntries(Object.entries(key).filter(([name]) => name !== 'exp')) as typeof key),
});

/** Whether the log began as it was signed. */
const continues = async (
  tree: StoredTree,
  head: SignedHead,
  tip: { readonly size: number; readonly root: Hash },
): Promise<boolean> => {
  if (head.size > tip.size) return false;
  try {
    return verifyConsistency(head, tip, await tree.consistency(head.size, tip.size));
  } catch (error) {
    // Hashes that were there when the head was signed are gone.
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/** A fork has been told when it was found. */
const report = (log: LedgerLog, error: unknown): void => {
  if (error instanceof LedgerRefusal) return;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  log.error({ code }, 'a head of the ledger could not be signed, or not written to its file');
};
