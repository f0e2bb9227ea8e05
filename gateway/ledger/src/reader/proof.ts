import { LedgerRefusal } from '../errors.ts';
import { encodeHash, hashOf, InnerTree, type Proof, shownPart } from '../format/index.ts';
import type { StoredTree } from '../proofs/stored-tree.ts';
import type { Ask } from '../store/database.ts';

interface Row {
  readonly key: Buffer;
  readonly root: Buffer;
  readonly parts: string;
  readonly slot: number;
  readonly jws: string | null;
  readonly size: number | null;
}

/**
 * What one person may hold against the ledger: the own entry of one record and its way to a signed head
 * (docs/ledger.md §7). Whether the person may see the record has been asked before.
 *
 * @throws LedgerRefusal LEDGER_NOT_FOUND where there is no such entry, or no head over it yet
 */
export const proofOf = async (ask: Ask, tree: StoredTree, subject: string, seq: number): Promise<Proof> => {
  const [row] = await ask<Row>(
    `select record.key, record.root, record.parts, entry.slot, head.jws, head.size
       from ledger.entries as entry join ledger.records as record using (seq)
       left join lateral (
         select jws, size from ledger.heads where size > entry.seq order by number desc limit 1
       ) as head on true
       where entry.subject = $1 and entry.seq = $2 and record.parts is not null`,
    [subject, seq],
  );
  if (row === undefined) throw new LedgerRefusal('LEDGER_NOT_FOUND', 'the ledger has no such entry');
  if (row.jws === null || row.size === null) {
    throw new LedgerRefusal('LEDGER_NOT_FOUND', 'no head has been signed over the record yet');
  }
  const [key, root] = [hashOf(row.key), hashOf(row.root)];
  const parts = row.parts.split('\t');
  const inner = key && new InnerTree(key, parts);
  if (key === undefined || inner === undefined || inner.root !== root) {
    throw new TypeError(`record ${seq} does not lead to its root`);
  }
  return {
    format: 'lienthong-proof/1',
    seq,
    common: shownPart(key, inner, parts, 0),
    entry: shownPart(key, inner, parts, row.slot),
    inclusion: (await tree.inclusion(seq, row.size)).map(encodeHash),
    head: row.jws,
  };
};
