import { describe, expect, test } from '@jest/globals';

import { readRevocation, type TokenIdentity } from './revocation.ts';
import { Revoked } from './revoked.ts';

const T = 1_000_000;
const token: TokenIdentity = {
  issuer: 'https://a.example',
  jti: 'j1',
  client: 'viettel',
  subject: 'viettel',
  issuedAt: T,
  ancestors: [],
};

const revoked = (...revocations: Parameters<Revoked['add']>[0][]) => {
  const list = new Revoked();
  for (const revocation of revocations) list.add(revocation);
  return list;
};

describe('a token is revoked', () => {
  test.each([
    ['by its id', { kind: 'token', issuer: token.issuer, value: 'j1', until: T } as const, true],
    [
      'by its client',
      { kind: 'client', issuer: token.issuer, value: 'viettel', issuedBefore: T, until: T } as const,
      true,
    ],
    [
      'by its subject',
      { kind: 'subject', issuer: token.issuer, value: 'viettel', issuedBefore: T, until: T } as const,
      true,
    ],
    [
      'not by the same id of another issuer',
      { kind: 'token', issuer: 'https://b.example', value: 'j1', until: T } as const,
      false,
    ],
    [
      'not when issued later',
      { kind: 'client', issuer: token.issuer, value: 'viettel', issuedBefore: T - 1, until: T } as const,
      false,
    ],
    [
      'not by a client called like its id',
      { kind: 'client', issuer: token.issuer, value: 'j1', issuedBefore: T, until: T } as const,
      false,
    ],
  ])('%s', (_what, revocation, expected) => {
    expect(revoked(revocation).has(token)).toBe(expected);
  });

  test('with any token that it descends from', () => {
    const { ancestors: _, ...officer } = { ...token, jti: 'j0', client: 'mot-cua', subject: 'can-bo', issuedAt: T - 5 };
    const exchanged = { ...token, ancestors: [officer] };
    expect(revoked({ kind: 'token', issuer: token.issuer, value: 'j0', until: T }).has(exchanged)).toBe(true);
    expect(
      revoked({ kind: 'subject', issuer: token.issuer, value: 'can-bo', issuedBefore: T - 5, until: T }).has(exchanged),
    ).toBe(true);
    expect(
      revoked({ kind: 'subject', issuer: token.issuer, value: 'can-bo', issuedBefore: T - 6, until: T }).has(exchanged),
    ).toBe(false);
  });
});

test('an earlier moment, or the same again, takes nothing back', () => {
  const list = revoked({ kind: 'client', issuer: 'i', value: 'c', issuedBefore: 10, until: 20 });
  expect(list.add({ kind: 'client', issuer: 'i', value: 'c', issuedBefore: 5, until: 15 })).toBe(false);
  expect([...list.entries()]).toEqual([{ kind: 'client', issuer: 'i', value: 'c', issuedBefore: 10, until: 20 }]);
});

test('what concerns only expired tokens is forgotten', () => {
  const list = revoked(
    { kind: 'token', issuer: 'i', value: 'old', until: T },
    { kind: 'token', issuer: 'i', value: 'new', until: T + 1 },
  );
  list.forget(T + 600_001);
  expect([...list.entries()].map(({ value }) => value)).toEqual(['new']);
});

test('a revocation outlives the token for as long as a gateway may still take it, its clock tolerance being five minutes', () => {
  const list = revoked({ kind: 'token', issuer: token.issuer, value: token.jti, until: T });
  list.forget(T + 300_000);
  expect(list.has(token)).toBe(true);
});

test.each([
  ['', 'JSON object'],
  ['[]', 'names its issuer'],
  ['{"kind":"token","issuer":"i","value":"","until":1}', 'value'],
  ['{"kind":"token","issuer":"i","value":"v"}', 'until when'],
  ['{"kind":"client","issuer":"i","value":"v","until":1}', 'issuedBefore'],
  ['{"kind":"org","issuer":"i","value":"v","until":1,"issuedBefore":1}', 'a token, a client or a subject'],
])('an entry that cannot be read says why: %s', (text, why) => {
  expect(() => readRevocation(text)).toThrow(why);
});
