import { describe, expect, test } from '@jest/globals';
import { naiveTree } from '../testing/naive-tree.ts';
import { vectors } from '../testing/vectors.ts';
import {
  consistencySpans,
  EMPTY_ROOT,
  inclusionSpans,
  joined,
  logNode,
  type Span,
  subtreesOf,
  verifyConsistency,
  verifyInclusion,
} from './log-tree.ts';
import { bytesOf, type Hash, hashOf, sha256 } from './sha256.ts';

const log = vectors('log.json');

const hex = (hash: Hash): string => bytesOf(hash).toString('hex');
const unhex = (text: string): Hash => hashOf(Buffer.from(text, 'hex')) ?? EMPTY_ROOT;
/** The entries of the log are no hashes, so `leafHash` does not take them. */
const leafOf = (entry: string): Hash => sha256(Buffer.concat([Buffer.of(0), Buffer.from(entry, 'hex')]));

/** The hash of a span as the store finds it: by perfect subtrees. */
const bySubtrees = (tree: ReturnType<typeof naiveTree>, span: Span): Hash =>
  joined(subtreesOf(span).map(({ level, index }) => tree.root(index * 2 ** level, (index + 1) * 2 ** level)));

describe('the tree of the log', () => {
  const leaves = log.entries.map(leafOf);
  const tree = naiveTree(leaves);

  test('has the roots of Certificate Transparency', () => {
    expect(log.roots.map((_, size) => hex(bySubtrees(tree, { from: 0, to: size })))).toEqual(log.roots);
  });

  test('has its inclusion proofs', () => {
    for (const { index, size, path } of log.inclusion) {
      expect(inclusionSpans(index, size).map((span) => hex(bySubtrees(tree, span)))).toEqual(path);
      const root = unhex(log.roots[size] ?? '');
      expect(verifyInclusion(leaves[index] ?? EMPTY_ROOT, index, size, path.map(unhex), root)).toBe(true);
    }
  });

  test('has its consistency proofs', () => {
    for (const { first, second, path } of log.consistency) {
      expect(consistencySpans(first, second).map((span) => hex(bySubtrees(tree, span)))).toEqual(path);
      const at = (size: number) => ({ size, root: unhex(log.roots[size] ?? '') });
      expect(verifyConsistency(at(first), at(second), path.map(unhex))).toBe(true);
    }
  });
});

describe('proofs', () => {
  const MAX = 600;
  const leaves = Array.from({ length: MAX }, (_, n) => sha256(Buffer.from(`leaf ${n}`)));
  const tree = naiveTree(leaves);
  const wrong = sha256(Buffer.from('wrong'));
  const every = Array.from({ length: MAX + 1 }, (_, size) => size);
  const some = (size: number) => [0, 1, size >> 1, size - 2, size - 1, (size * 7919) % Math.max(size, 1)];

  test('of inclusion hold for every size, and for no other leaf, place or root', () => {
    for (const size of every.slice(1)) {
      const root = tree.root(0, size);
      for (const index of some(size).filter((one) => one >= 0 && one < size)) {
        const leaf = leaves[index] ?? wrong;
        const path = inclusionSpans(index, size).map((span) => bySubtrees(tree, span));
        expect(verifyInclusion(leaf, index, size, path, root)).toBe(true);
        expect(verifyInclusion(wrong, index, size, path, root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, path, wrong)).toBe(false);
        expect(verifyInclusion(leaf, index, size, [...path, wrong], root)).toBe(false);
        expect(verifyInclusion(leaf, index + size, size, path, root)).toBe(false);
        if (size > 1) {
          expect(verifyInclusion(leaf, index ^ 1, size, path, root)).toBe(false);
          expect(verifyInclusion(leaf, index, size, path.slice(1), root)).toBe(false);
        }
      }
    }
  });

  test('of consistency hold for every size, and for no fork', () => {
    for (const second of every) {
      const now = { size: second, root: tree.root(0, second) };
      for (const first of some(second).filter((one) => one >= 0 && one <= second)) {
        const then = { size: first, root: tree.root(0, first) };
        const path = consistencySpans(first, second).map((span) => bySubtrees(tree, span));
        expect(verifyConsistency(then, now, path)).toBe(true);
        expect(verifyConsistency({ ...then, root: wrong }, now, path)).toBe(false);
        expect(verifyConsistency(then, now, [...path, wrong])).toBe(false);
        if (first > 0) expect(verifyConsistency(then, { ...now, root: wrong }, path)).toBe(false);
        if (first < second) expect(verifyConsistency(now, then, path)).toBe(false);
      }
    }
  });

  test('stay short, and exact, for sizes that no bit operation counts', () => {
    const size = 2 ** 40 + 12_345;
    expect(inclusionSpans(2 ** 33 + 1, size)).toHaveLength(41);
    expect(subtreesOf({ from: 0, to: size }).reduce((sum, { level }) => sum + 2 ** level, 0)).toBe(size);
    const spans = consistencySpans(2 ** 39 + 7, size);
    expect(spans.length).toBeLessThan(82);
    expect(spans.at(-1)).toEqual({ from: 2 ** 40, to: size });
  });

  test('a span is joined from its subtrees', () => {
    for (const span of [
      { from: 0, to: 0 },
      { from: 0, to: 599 },
      { from: 256, to: 257 },
      { from: 512, to: 600 },
    ]) {
      expect(bySubtrees(tree, span)).toBe(span.from === span.to ? EMPTY_ROOT : tree.root(span.from, span.to));
    }
    expect(logNode(wrong, EMPTY_ROOT)).not.toBe(logNode(EMPTY_ROOT, wrong));
  });
});
