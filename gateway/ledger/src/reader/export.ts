import { LedgerRefusal } from '../errors.ts';
import { encodeHash, type Hash, hashOf, joined } from '../format/index.ts';
import { type StoredTree, storedTree } from '../proofs/stored-tree.ts';
import type { Store } from '../store/database.ts';
import { openSnapshot } from '../store/snapshot.ts';

/** Records of one step; their bodies are all that is held in memory. */
const STEP = 256;

interface RecordRow {
  readonly seq: number;
  readonly root: Buffer;
  readonly key: Buffer | null;
  readonly parts: string | null;
}

/** Where an export begins that continues an earlier one. */
export interface ExportStart {
  /** How many records stand before it. */
  readonly size: number;
  /** The root over them, as it is known elsewhere. */
  readonly root: Hash;
}

/**
 * The ledger as lines of docs/ledger.md §5, in bounded memory. What it says is the ledger of one moment, however long it takes
 * to read.
 *
 * @throws LedgerRefusal LEDGER_FORKED before the first line, where the ledger did not begin as is known
 */
export async function* exportLines(store: Store, origin: string, start?: ExportStart): AsyncGenerator<string> {
  const { ask, close } = await openSnapshot(store);
  try {
    const tree = storedTree(ask);
    const { size, root } = await tree.tip();
    const first = start?.size ?? 0;
    yield line({ format: 'lienthong-ledger/1', origin, ...(await before(tree, size, start)) });
    const headsOf = (above: number, upTo: number): Promise<readonly HeadRow[]> => ask(HEADS, [above, upTo]);
    let [heads, timeStamps] = [0, 0];
    const headLines = ({ jws, tokens }: HeadRow): readonly string[] => [
      line({ head: jws, number: heads++ }),
      ...tokens.map((token) => line({ timeStamp: token.toString('base64url'), number: timeStamps++ })),
    ];
    if (first > 0) yield* (await headsOf(first - 1, first)).flatMap(headLines);
    for (let from = first; from < size; from += STEP) {
      const [records, signed] = [
        await ask<RecordRow>(
          'select seq, root, key, parts from ledger.records where seq >= $1 and seq < $2 order by seq',
          [from, from + STEP],
        ),
        await headsOf(from, from + STEP),
      ];
      let next = 0;
      for (const record of records) {
        yield line({ record: recordLine(record) });
        for (let head = signed[next]; head?.size === record.seq + 1; head = signed[++next]) yield* headLines(head);
      }
    }
    yield line({ end: { size, root: encodeHash(root), heads, ...(timeStamps > 0 ? { timeStamps } : {}) } });
  } finally {
    close();
  }
}

interface HeadRow {
  readonly size: number;
  readonly jws: string;
  readonly tokens: readonly Buffer[];
}

const HEADS = `select size, jws, array(
    select token from ledger.time_stamps where time_stamps.head = heads.number order by time_stamps.number
  ) as tokens
  from ledger.heads where size > $1 and size <= $2 order by size, number`;

/** What the first line says of the records before: with these hashes anybody can go on where they end. */
const before = async (tree: StoredTree, size: number, start: ExportStart | undefined): Promise<object> => {
  if (start === undefined || start.size === 0) return {};
  const hashes = start.size > size ? [] : await tree.subtrees(start.size).catch(missing);
  if (hashes.length === 0 || joined(hashes) !== start.root) {
    throw new LedgerRefusal('LEDGER_FORKED', `the ledger does not continue what is known of ${start.size} records`);
  }
  return { after: { size: start.size, hashes: hashes.map(encodeHash) } };
};

/** Hashes that were there when the ledger had that size are gone. */
const missing = (error: unknown): readonly Hash[] => {
  if (error instanceof RangeError) return [];
  throw error;
};

const line = (value: object): string => `${JSON.stringify(value)}\n`;

const recordLine = ({ seq, root, key, parts }: RecordRow): object => {
  const hash = hashOf(root);
  const known = { seq, root: hash && encodeHash(hash) };
  if (parts === null || key === null) return known;
  const [common, operation, ...entries] = parts.split('\t');
  return { ...known, key: key.toString('base64url'), common, operation, entries };
};
