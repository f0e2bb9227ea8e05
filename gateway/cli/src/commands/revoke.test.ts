import { describe, expect, test } from '@jest/globals';

import { revocationsOf } from './revoke.ts';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const tokens = { maxTokenLifetime: 3_600_000, clockTolerance: 10_000 };
const revocations = (options: Parameters<typeof revocationsOf>[0], issuers = ['https://a.example']) =>
  revocationsOf(options, issuers, tokens, NOW);

describe('what is revoked', () => {
  test('one token, at every issuer that is trusted, until it has expired for sure', () => {
    expect(revocations({ jti: 'j' }, ['https://a.example', 'https://b.example'])).toEqual([
      { kind: 'token', issuer: 'https://a.example', value: 'j', until: NOW + 3_620_000 },
      { kind: 'token', issuer: 'https://b.example', value: 'j', until: NOW + 3_620_000 },
    ]);
  });

  test.each([
    ['until now, by any clock that is tolerated', undefined, NOW + 10_000],
    ['until a moment', '2026-11-22T14:59:00+07:00', NOW - 60_000],
    ['until Unix seconds', String(NOW / 1_000 - 60), NOW - 60_000],
  ])('every token of a client that was issued %s', (_what, issuedBefore, moment) => {
    const options = issuedBefore === undefined ? { client: 'viettel' } : { client: 'viettel', issuedBefore };
    expect(revocations(options)).toEqual([
      {
        kind: 'client',
        issuer: 'https://a.example',
        value: 'viettel',
        issuedBefore: moment,
        until: moment + 3_620_000,
      },
    ]);
  });

  test.each([
    ['nothing', {}, 'ONE_OF'],
    ['two things', { jti: 'j', client: 'c' }, 'ONE_OF'],
    ['one token and a moment', { jti: 'j', issuedBefore: '1' }, 'ISSUED_BEFORE'],
    ['a moment that is none', { subject: 's', issuedBefore: 'yesterday' }, 'ISSUED_BEFORE'],
  ])('not %s', (_what, options, code) => {
    expect(() => revocations(options)).toThrow(expect.objectContaining({ code }));
  });
});
