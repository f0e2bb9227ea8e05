import { EMPTY_ROOT, type Hash, logNode } from '../format/index.ts';

/** The tree of RFC 9162 §2.1.1 as its definition reads, with a memory: what the quick ways are held against. */
export const naiveTree = (leaves: readonly Hash[]): { root(from: number, to: number): Hash } => {
  const known = new Map<string, Hash>();
  const root = (from: number, to: number): Hash => {
    const size = to - from;
    if (size < 2) return (size === 1 ? leaves[from] : undefined) ?? EMPTY_ROOT;
    const name = `${from} ${to}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    let split = 1;
    while (2 * split < size) split *= 2;
    const made = logNode(root(from, from + split), root(from + split, to));
    known.set(name, made);
    return made;
  };
  return { root };
};
