import { describe, expect, test } from '@jest/globals';

import { refused, TOKEN_FAULTS } from './challenge.ts';

const METADATA = 'https://data.example/.well-known/oauth-protected-resource/graphql';
const challengeOf = (...question: Parameters<typeof refused>) => refused(...question).headers['www-authenticate'];

describe('the challenge', () => {
  test('of a bad token: RFC 6750 §3, with the metadata of RFC 9728 §5.1', () => {
    expect(challengeOf('expired', { scheme: 'Bearer', resourceMetadata: METADATA })).toBe(
      `Bearer error="invalid_token", error_description="expired", resource_metadata="${METADATA}"`,
    );
    expect(challengeOf('malformed')).toBe('Bearer error="invalid_token", error_description="malformed"');
  });

  test.each([
    ['dpop_proof', 'invalid_dpop_proof'],
    ['dpop_replayed', 'invalid_dpop_proof'],
    ['dpop_nonce', 'use_dpop_nonce'],
    ['bound_token_without_proof', 'invalid_token'],
  ] as const)('of %s is %s, with the algorithms: RFC 9449 §7.1', (reason, error) => {
    expect(challengeOf(reason, { scheme: 'DPoP' })).toBe(
      `DPoP error="${error}", error_description="${reason}", algs="ES256 PS256 EdDSA"`,
    );
  });

  test('brings a nonce where there is one: RFC 9449 §9', () => {
    expect(refused('dpop_nonce', { scheme: 'DPoP', nonce: 'n' }).headers['dpop-nonce']).toBe('n');
    expect(refused('dpop_nonce', { scheme: 'DPoP' }).headers).not.toHaveProperty('dpop-nonce');
  });

  test.each([...TOKEN_FAULTS])('of %s is 401, one header of quoted words', (reason) => {
    const error = refused(reason, { scheme: 'DPoP', resourceMetadata: METADATA });
    expect([error.status, error.code, error.data]).toEqual([401, 'UNAUTHENTICATED', { reason }]);
    expect(error.headers['www-authenticate']).toMatch(/^DPoP (?:[a-z_]+="[^"\\\r\n]*"(?:, |$))+$/);
  });
});
