import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { vectors } from '../testing/vectors.ts';
import { InnerTree, MAX_PARTS, rootByPath, saltOf } from './inner-tree.ts';
import { leafHash } from './log-tree.ts';
import { decodeHash, encodeHash, type Hash, sha256 } from './sha256.ts';
import { SUBJECT, subjectsBy } from './subject.ts';

const trees = vectors('record.json');
const subjects = vectors('subject.json');

const hash = (text: string): Hash => {
  const value = decodeHash(text);
  if (value === undefined) throw new TypeError(`${text} is no hash`);
  return value;
};

describe('the tree of a record', () => {
  test.each(trees.map((vector) => [vector.parts.length, vector] as const))('of %i parts', (_, vector) => {
    const key = hash(vector.key);
    const tree = new InnerTree(key, vector.parts);
    expect(encodeHash(tree.root)).toBe(vector.root);
    expect(encodeHash(leafHash(tree.root))).toBe(vector.leaf);
    expect(vector.parts.map((_part, slot) => encodeHash(saltOf(key, slot)))).toEqual(vector.salts);
    for (const { slot, path } of vector.paths) expect(tree.path(slot).map(encodeHash)).toEqual(path);
  });

  test('is left by every slot on a way to the root, and by nothing else', () => {
    const key = sha256(Buffer.from('key'));
    for (const size of [1, 2, 3, 15, 16, 17, 255, 256, 257, 300]) {
      const parts = Array.from({ length: size }, (_, n) => `{"n":${n}}`);
      const tree = new InnerTree(key, parts);
      const { root } = tree;
      const path = (slot: number) => tree.path(slot);
      parts.forEach((part, slot) => {
        const salt = saltOf(key, slot);
        expect(rootByPath(part, salt, slot, path(slot))).toBe(root);
        expect(rootByPath(`${part} `, salt, slot, path(slot))).not.toBe(root);
        expect(rootByPath(part, salt, slot ^ 1, path(slot))).not.toBe(root);
        expect(rootByPath(part, saltOf(key, slot + 1), slot, path(slot))).not.toBe(root);
        expect(rootByPath(part, salt, slot + 2 ** path(slot).length, path(slot))).toBeUndefined();
        expect(rootByPath(part, salt, slot, path(slot).slice(1))).toBeUndefined();
      });
    }
  });

  test('tells by the length of a path how many parts there are within a factor of 16 only', () => {
    const lengths = [1, 16, 17, 256, 257, 4096, 4097, 5000].map(
      (size) =>
        new InnerTree(
          sha256(Buffer.from('key')),
          Array.from({ length: size }, () => '{}'),
        ).path(0).length,
    );
    expect(lengths).toEqual([4, 4, 8, 8, 12, 12, 16, 16]);
  });

  test('depends on the record key where there is no part, too', () => {
    const [one, other] = ['one', 'other'].map((name) => new InnerTree(sha256(Buffer.from(name)), ['{}']).path(0));
    expect(one).toHaveLength(4);
    expect(new Set([...(one ?? []), ...(other ?? [])]).size).toBe(8);
  });

  test('has an end', () => {
    expect(() => new InnerTree(sha256(Buffer.from('key')), new Array<string>(MAX_PARTS + 1).fill('{}'))).toThrow(
      RangeError,
    );
    expect(() => new InnerTree(sha256(Buffer.from('key')), [])).toThrow(RangeError);
  });
});

describe('a data subject', () => {
  test('has an id that only the key makes', () => {
    const subjectOf = subjectsBy(Buffer.from(subjects.key, 'base64url'));
    for (const [citizen, subject] of Object.entries(subjects.subjects)) {
      expect(subjectOf(citizen)).toBe(subject);
      expect(subject).toMatch(SUBJECT);
    }
    expect(() => subjectsBy(Buffer.alloc(31))).toThrow(RangeError);
  });

  test.each([0, 1, 46, 64, 300, 46])('has the HMAC that Node makes, for an id of %i characters', (length) => {
    const key = Buffer.alloc(32, length);
    const citizen = 'ạ'.repeat(length);
    const digest = createHmac('sha256', key).update(citizen).digest().toString('base64url', 0, 16);
    expect([subjectsBy(key)('k1.x'), subjectsBy(key)(citizen)][1]).toBe(`s1.${digest}`);
  });
});
