import { encodeHash, hashOf } from '../format/index.ts';
import { storedTree } from '../proofs/stored-tree.ts';
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

/**
 * The whole ledger as lines of docs/ledger.md §5, in bounded memory. What it says is the ledger of one moment, however
 * long it takes to read.
 */
export async function* exportLines(store: Store, origin: string): AsyncGenerator<string> {
  const { ask, close } = await openSnapshot(store);
  try {
    const { size, root } = await storedTree(ask).tip();
    yield line({ format: 'lienthong-ledger/1', origin });
    let number = 0;
    for (let from = 0; from < size; from += STEP) {
      const [records, heads] = [
        await ask<RecordRow>(
          'select seq, root, key, parts from ledger.records where seq >= $1 and seq < $2 order by seq',
          [from, from + STEP],
        ),
        await ask<{ size: number; jws: string }>(
          'select size, jws from ledger.heads where size > $1 and size <= $2 order by size, number',
          [from, from + STEP],
        ),
      ];
      let next = 0;
      for (const record of records) {
        yield line({ record: recordLine(record) });
        for (; heads[next]?.size === record.seq + 1; next++) {
          yield line({ head: heads[next]?.jws, number });
          number += 1;
        }
      }
    }
    yield line({ end: { size, root: encodeHash(root), heads: number } });
  } finally {
    close();
  }
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;

const recordLine = ({ seq, root, key, parts }: RecordRow): object => {
  const hash = hashOf(root);
  const known = { seq, root: hash && encodeHash(hash) };
  if (parts === null || key === null) return known;
  const [common, operation, ...entries] = parts.split('\t');
  return { ...known, key: key.toString('base64url'), common, operation, entries };
};
