import { concat, equal } from './bytes.ts';
import type { Primitives } from './primitives.ts';

/** First bytes of what is hashed (docs/ledger.md): no hash of one kind can be shown as one of another. */
export const PREFIX = {
  ...{ leaf: 0x00, node: 0x01, slot: 0x10, innerNode: 0x11, salt: 0x12, nothing: 0x13 },
  ...{ request: 0x14, answer: 0x15 },
} as const;

type Sha256 = Pick<Primitives, 'sha256'>;

const join = async ({ sha256 }: Sha256, prefix: number, left: Uint8Array, right: Uint8Array): Promise<Uint8Array> =>
  sha256(concat(Uint8Array.of(prefix), left, right));

/** The hash of a record in the log's tree. */
export const leafHash = async ({ sha256 }: Sha256, recordRoot: Uint8Array): Promise<Uint8Array> =>
  sha256(concat(Uint8Array.of(PREFIX.leaf), recordRoot));

/**
 * The record root to which a part with its salt leads (docs/ledger.md §2).
 *
 * @returns undefined where the slot is not one of a tree of this depth
 */
export async function rootOfPart(
  primitives: Sha256,
  {
    text,
    salt,
    slot,
    path,
  }: Readonly<{ text: Uint8Array; salt: Uint8Array; slot: number; path: readonly Uint8Array[] }>,
): Promise<Uint8Array | undefined> {
  let hash = await primitives.sha256(concat(Uint8Array.of(PREFIX.slot), salt, text));
  let index = slot;
  for (const sibling of path) {
    const [left, right] = index % 2 === 0 ? [hash, sibling] : [sibling, hash];
    hash = await join(primitives, PREFIX.innerNode, left, right);
    index = Math.floor(index / 2);
  }
  return index === 0 ? hash : undefined;
}

/**
 * The root to which a leaf of a log of `size` records leads (RFC 9162 §2.1.3.2).
 *
 * @returns undefined where the path is none of this leaf
 */
export async function rootOfLeaf(
  primitives: Sha256,
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Promise<Uint8Array | undefined> {
  if (index >= size) return undefined;
  let [node, last, root] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      root = await join(primitives, PREFIX.node, sibling, root);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else root = await join(primitives, PREFIX.node, root, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? root : undefined;
}

/** A log's state: how many records, and the root over them. */
export interface State {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whether a log that stood at `one` has only grown to stand at `other` (RFC 9162 §2.1.4.2). */
export async function leadsTo(
  primitives: Sha256,
  one: State,
  other: State,
  path: readonly Uint8Array[],
): Promise<boolean> {
  if (one.size > other.size || one.size < 1) return false;
  if (one.size === other.size) return path.length === 0 && equal(one.root, other.root);
  // Where the smaller tree is a whole subtree of the larger, its root is left out of the proof.
  const whole = Number.isInteger(Math.log2(one.size));
  const [first, ...rest] = whole ? [one.root, ...path] : path;
  if (first === undefined || rest.length === 0) return false;
  let [node, last] = [one.size - 1, other.size - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [before, after] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      before = await join(primitives, PREFIX.node, sibling, before);
      after = await join(primitives, PREFIX.node, sibling, after);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else after = await join(primitives, PREFIX.node, after, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(before, one.root) && equal(after, other.root);
}

const half = (value: number): number => Math.floor(value / 2);
