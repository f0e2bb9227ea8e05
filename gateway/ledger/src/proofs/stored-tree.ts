import {
  consistencySpans,
  type Hash,
  hashOf,
  inclusionSpans,
  joined,
  logNode,
  type Span,
  type Subtree,
  subtreesOf,
} from '../format/index.ts';
import type { Ask } from '../store/database.ts';

/** The log's tree as the store keeps it: at any size up to the present one. */
export interface StoredTree {
  /** How many records there are, and the root over them. */
  tip(): Promise<{ readonly size: number; readonly root: Hash }>;
  root(size: number): Promise<Hash>;
  /** The roots of the perfect subtrees that make up a tree of a size that has been, the largest first. */
  subtrees(size: number): Promise<readonly Hash[]>;
  /** RFC 9162 §2.1.3; of a leaf that is there, in a tree of a size that has been. */
  inclusion(index: number, size: number): Promise<readonly Hash[]>;
  /** RFC 9162 §2.1.4. */
  consistency(first: number, second: number): Promise<readonly Hash[]>;
}

/** Of these levels hashes are stored; level 0 are the leaves. */
const STEP = 8;

/**
 * Reads the tree. A proof takes two windows of 256 hashes at most from each stored level, however large the log is: what
 * lies between two stored levels is made from the lower one.
 */
export const storedTree = (ask: Ask): StoredTree => {
  const over = async (spans: readonly Span[]): Promise<readonly Hash[]> => {
    const subtrees = spans.map(subtreesOf);
    const found = await hashes(ask, subtrees.flat().map(windowOf));
    return subtrees.map((each) => joined(each.map((subtree) => within(found, windowOf(subtree)))));
  };
  return {
    async tip() {
      const [state] = await ask<{ size: number; frontier: Buffer }>('select size, frontier from ledger.state()');
      if (state === undefined) throw new TypeError('the store has no tip');
      const many = state.frontier.length / 32;
      const roots = Array.from({ length: many }, (_, n) => readHash(state.frontier.subarray(32 * n, 32 * n + 32)));
      return { size: state.size, root: joined(roots) };
    },
    async root(size) {
      const [root] = await over([{ from: 0, to: size }]);
      return root ?? joined([]);
    },
    subtrees: (size) => over(subtreesOf({ from: 0, to: size }).map(spanOf)),
    inclusion: (index, size) => over(inclusionSpans(index, size)),
    consistency: (first, second) => over(consistencySpans(first, second)),
  };
};

/** Stored hashes of one level: `low` up to, not including, `high`. */
interface Window {
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

const windowOf = ({ level, index }: Subtree): Window => {
  const above = level % STEP;
  return { level: level - above, low: index * 2 ** above, high: (index + 1) * 2 ** above };
};

const spanOf = ({ level, index }: Subtree): Span => ({ from: index * 2 ** level, to: (index + 1) * 2 ** level });

const nameOf = (level: number, index: number): string => `${level} ${index}`;

const hashes = async (ask: Ask, windows: readonly Window[]): Promise<ReadonlyMap<string, Hash>> => {
  const rows = await ask<{ level: number; index: number; hash: Buffer }>(
    'select level, index, hash from ledger.hashes($1::smallint[], $2::bigint[], $3::bigint[])',
    [windows.map(({ level }) => level), windows.map(({ low }) => low), windows.map(({ high }) => high)],
  );
  return new Map(rows.map(({ level, index, hash }) => [nameOf(level, index), readHash(hash)]));
};

/** The root over a window, which is a perfect subtree. */
const within = (found: ReadonlyMap<string, Hash>, { level, low, high }: Window): Hash => {
  if (high - low === 1) {
    const hash = found.get(nameOf(level, low));
    if (hash === undefined) throw new RangeError(`the store has no hash ${low} at level ${level}`);
    return hash;
  }
  const middle = (low + high) / 2;
  return logNode(within(found, { level, low, high: middle }), within(found, { level, low: middle, high }));
};

const readHash = (bytes: Uint8Array): Hash => {
  const hash = hashOf(bytes);
  if (hash === undefined) throw new TypeError('the store holds a hash that is none');
  return hash;
};
