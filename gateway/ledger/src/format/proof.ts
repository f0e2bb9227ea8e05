import { type InnerTree, saltOf } from './inner-tree.ts';
import { encodeHash, type Hash } from './sha256.ts';

/** A part as it is shown to one person, with its way to the record's root. */
export interface ShownPart {
  readonly slot: number;
  readonly text: string;
  readonly salt: string;
  readonly path: readonly string[];
}

/** What one data subject gets of one record (docs/ledger.md §7). */
export interface Proof {
  readonly format: 'lienthong-proof/1';
  readonly seq: number;
  readonly common: ShownPart;
  readonly entry: ShownPart;
  readonly inclusion: readonly string[];
  readonly head: string;
}

/** Shows one part of a record, and of the others no more than hashes. */
export const shownPart = (key: Hash, tree: InnerTree, parts: readonly string[], slot: number): ShownPart => {
  const text = parts[slot];
  if (text === undefined) throw new RangeError(`the record has no slot ${slot}`);
  return { slot, text, salt: encodeHash(saltOf(key, slot)), path: tree.path(slot).map(encodeHash) };
};
