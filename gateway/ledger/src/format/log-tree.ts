import { HASH_BYTES, type Hash, pairHash, sha256 } from './sha256.ts';

const LEAF = 0x00;
const NODE = 0x01;

/** RFC 9162 §2.1.1: a node of the log's tree. */
export const logNode = pairHash(NODE);

const leafInput = Buffer.alloc(1 + HASH_BYTES);
leafInput[0] = LEAF;

/** RFC 9162 §2.1.1: the leaf of a record. */
export const leafHash = (recordRoot: Hash): Hash => {
  leafInput.write(recordRoot, 1, HASH_BYTES, 'latin1');
  return sha256(leafInput);
};

/** The root over nothing. */
export const EMPTY_ROOT = sha256(new Uint8Array());

/** Leaves `from` up to, but not including, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A perfect subtree: `index` counts those of its level, which stand over 2^level leaves each. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The fewest perfect subtrees that make up a span, from left to right. */
export const subtreesOf = ({ from, to }: Span): readonly Subtree[] => {
  const found: Subtree[] = [];
  for (let start = from; start < to; ) {
    let level = 0;
    // By division: sizes are beyond what `<<` counts.
    while (start % 2 ** (level + 1) === 0 && start + 2 ** (level + 1) <= to) level++;
    found.push({ level, index: start / 2 ** level });
    start += 2 ** level;
  }
  return found;
};

/** The root over adjacent subtrees, given from left to right as `subtreesOf` lists them. */
export const joined = (hashes: readonly Hash[]): Hash =>
  hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => logNode(left, right));

/** The largest power of two below `size`. */
const splitOf = (size: number): number => {
  let split = 1;
  while (2 * split < size) split *= 2;
  return split;
};

/** RFC 9162 §2.1.3.1: over which leaves the hashes of an inclusion proof stand, in the proof's order. */
export const inclusionSpans = (index: number, size: number): readonly Span[] => {
  const spans: Span[] = [];
  for (let from = 0, to = size; to - from > 1; ) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      spans.push({ from: middle, to });
      to = middle;
    } else {
      spans.push({ from, to: middle });
      from = middle;
    }
  }
  return spans.reverse();
};

/** RFC 9162 §2.1.4.1: the same for the proof that the tree of `first` leaves is the beginning of that of `second`. */
export const consistencySpans = (first: number, second: number): readonly Span[] => {
  if (first === 0 || first === second) return [];
  const spans: Span[] = [];
  let from = 0;
  for (let to = second; to !== first; ) {
    const middle = from + splitOf(to - from);
    if (first <= middle) {
      spans.push({ from: middle, to });
      to = middle;
    } else {
      spans.push({ from, to: middle });
      from = middle;
    }
  }
  // Whoever checks has the old root already if it is a subtree of the new one.
  return from === 0 ? spans.reverse() : [{ from, to: first }, ...spans.reverse()];
};

/** RFC 9162 §2.1.3.2. */
export const verifyInclusion = (
  leaf: Hash,
  index: number,
  size: number,
  path: readonly Hash[],
  root: Hash,
): boolean => {
  if (index < 0 || index >= size) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = logNode(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = logNode(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && hash === root;
};

/** RFC 9162 §2.1.4.2; of equal sizes, whether the roots are equal. */
export const verifyConsistency = (
  first: { readonly size: number; readonly root: Hash },
  second: { readonly size: number; readonly root: Hash },
  path: readonly Hash[],
): boolean => {
  if (first.size > second.size) return false;
  if (first.size === second.size) return path.length === 0 && first.root === second.root;
  if (first.size === 0) return path.length === 0 && first.root === EMPTY_ROOT;
  const hashes = isPowerOfTwo(first.size) ? [first.root, ...path] : path;
  const [start, ...rest] = hashes;
  if (start === undefined) return false;
  let node = first.size - 1;
  let last = second.size - 1;
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [old, new_] = [start, start];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      old = logNode(sibling, old);
      new_ = logNode(sibling, new_);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      new_ = logNode(new_, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && old === first.root && new_ === second.root;
};

const half = (value: number): number => Math.floor(value / 2);

const isPowerOfTwo = (value: number): boolean => 2 ** Math.round(Math.log2(value)) === value;
