import { openDatabase } from '@lienthong/kit/database';
import { type Common, type Entry, type Hash, hashOf, type Operation } from '@lienthong/ledger/format';

/** One record of a ledger, as the owner of its database finds it. */
export interface KeptRecord {
  readonly seq: number;
  readonly root: Hash;
  /** The exact texts. */
  readonly parts: readonly string[];
  readonly common: Common;
  readonly operation: Operation & { readonly subjects: number };
  readonly entries: readonly Entry[];
}

/** A ledger at one moment. */
export interface Snapshot {
  readonly size: number;
  /** The perfect subtrees that make up the tree, as the store remembers them. */
  readonly frontier: readonly Hash[];
  readonly records: readonly KeptRecord[];
  /** Roots over 256 and more leaves. */
  readonly nodes: readonly { readonly level: number; readonly index: number; readonly hash: Hash }[];
  /** `subject seq slot` of each entry, as it can be found by its subject. */
  readonly places: ReadonlySet<string>;
  /** Ids of INTENTs of which the store says that nobody has told how they ended. */
  readonly unfinished: ReadonlySet<string>;
}

/**
 * Reads everything, at one moment: several gateways may be writing.
 *
 * @param database by the owner
 */
export const snapshotOf = async (database: string): Promise<Snapshot> => {
  const { pool, close } = openDatabase({ url: database, log: { warn: () => undefined }, connections: 1 });
  const rowsOf = async (sql: string) => (await pool.query(sql)).rows;
  try {
    await pool.query('begin isolation level repeatable read read only');
    const [tip] = await rowsOf('select size, frontier from ledger.tip');
    const records = await rowsOf('select seq, root, parts from ledger.records order by seq');
    const entries = await rowsOf('select subject, seq, slot from ledger.entries');
    const nodes = await rowsOf('select level, index, hash from ledger.nodes order by level, index');
    const unfinished = await rowsOf('select id from ledger.unfinished');
    const frontier: Buffer = tip.frontier;
    return {
      size: tip.size,
      frontier: Array.from({ length: frontier.length / 32 }, (_, n) => read(frontier.subarray(32 * n, 32 * n + 32))),
      records: records.map(({ seq, root, parts }) => recordOf(seq, read(root), parts)),
      nodes: nodes.map(({ level, index, hash }) => ({ level, index, hash: read(hash) })),
      places: new Set(entries.map(({ subject, seq, slot }) => `${subject} ${seq} ${slot}`)),
      unfinished: new Set(unfinished.map(({ id }) => id)),
    };
  } finally {
    await close();
  }
};

/** The records alone, for tests of what they say. */
export const recordsIn = async (database: string): Promise<readonly KeptRecord[]> =>
  (await snapshotOf(database)).records;

const recordOf = (seq: number, root: Hash, line: string): KeptRecord => {
  const parts = line.split('\t');
  const [common = '', operation = '', ...entries] = parts;
  return {
    seq,
    root,
    parts,
    common: JSON.parse(common),
    operation: JSON.parse(operation),
    entries: entries.map((entry) => JSON.parse(entry)),
  };
};

const read = (bytes: Buffer): Hash => {
  const hash = hashOf(bytes);
  if (hash === undefined) throw new RangeError(`${bytes.length} bytes are no hash`);
  return hash;
};
