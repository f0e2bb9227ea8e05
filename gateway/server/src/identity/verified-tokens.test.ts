import { describe, expect, test } from '@jest/globals';

import type { VerifiedToken } from './access-token.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** A token that counts until a moment, of an issuer whose keys the test changes. */
const rig = (capacity?: number) => {
  const keys = { generation: 1 as number };
  const issuer = { keys: { generation: () => keys.generation } };
  const token = (validUntil = 1_000) =>
    ({ validUntil, generation: keys.generation, issuer }) as unknown as VerifiedToken;
  return { keys, token, tokens: new VerifiedTokens(capacity) };
};

test('is found by its exact text alone', () => {
  const { token, tokens } = rig();
  const held = token();
  tokens.set('a.b.c', held);
  expect(tokens.get('a.b.c', 0)).toBe(held);
  for (const other of ['a.b.C', 'a.b.c ', 'a.b', '', '__proto__']) expect(tokens.get(other, 0)).toBeUndefined();
});

describe('two texts that end alike', () => {
  const SIGNATURE = 'S'.repeat(86);

  test('other claims over a signature that is known are nobody’s, and take nothing from whose it is', () => {
    const { token, tokens } = rig();
    const held = token(500);
    tokens.set(`head.mine.${SIGNATURE}`, held);
    const end = SIGNATURE.slice(-32);
    const others = [`head.admin.${SIGNATURE}`, `Head.mine.${SIGNATURE}`, `x.head.mine.${SIGNATURE}`, SIGNATURE, end];
    for (const other of others) {
      expect(tokens.get(other, 0)).toBeUndefined();
      // Nor is it forgotten for them when its time is over.
      expect(tokens.get(other, 500)).toBeUndefined();
    }
    expect([tokens.get(`head.mine.${SIGNATURE}`, 0), tokens.size]).toEqual([held, 1]);
  });

  test('the later one is remembered in place of the other, and each counts as itself', () => {
    const { token, tokens } = rig(2);
    const [first, second, third] = [token(1), token(2), token(3)];
    tokens.set('another', third);
    tokens.set(`a.${SIGNATURE}`, first);
    tokens.set(`b.${SIGNATURE}`, second);
    expect([tokens.get(`a.${SIGNATURE}`, 0), tokens.get(`b.${SIGNATURE}`, 0)]).toEqual([undefined, second]);
    expect([tokens.get('another', 0), tokens.size]).toEqual([third, 2]);
  });
});

test('counts until it expires, and is then forgotten', () => {
  const { token, tokens } = rig();
  tokens.set('t', token(1_000));
  expect(tokens.get('t', 999)).toBeDefined();
  expect(tokens.get('t', 1_000)).toBeUndefined();
  expect(tokens.size).toBe(0);
  // A clock that is set back does not bring it back.
  expect(tokens.get('t', 0)).toBeUndefined();
});

test('goes with a change of its issuer’s keys, and where nobody can tell whether they changed', () => {
  const { keys, token, tokens } = rig();
  tokens.set('t', token());
  keys.generation = 2;
  expect(tokens.get('t', 0)).toBeUndefined();
  tokens.set('t', token());
  keys.generation = Number.NaN;
  expect(tokens.get('t', 0)).toBeUndefined();
  tokens.set('t', token());
  expect(tokens.get('t', 0)).toBeUndefined();
});

test('is bounded: the oldest goes, and setting one again drops no other', () => {
  const { token, tokens } = rig(2);
  tokens.set('a', token());
  tokens.set('b', token());
  tokens.set('b', token());
  expect([tokens.get('a', 0) === undefined, tokens.size]).toEqual([false, 2]);
  tokens.set('c', token());
  expect([tokens.get('a', 0), tokens.size]).toEqual([undefined, 2]);
  for (let n = 0; n < 100; n++) tokens.set(`t${n}`, token());
  expect(tokens.size).toBe(2);
});

test('those that have ended are let go when others come, though nobody asks with them again', () => {
  const { token, tokens } = rig();
  const verified = (text: string, validUntil: number, now: number) => {
    expect(tokens.get(text, now)).toBeUndefined();
    tokens.set(text, token(validUntil));
  };
  for (let n = 0; n < 100; n++) verified(`t${n}`, 1_000 + n, 0);
  verified('in between', 2_000, 1_049);
  expect(tokens.size).toBe(51);
  verified('later', 2_000, 1_999);
  expect(tokens.size).toBe(2);
});
