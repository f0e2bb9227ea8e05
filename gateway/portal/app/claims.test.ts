import { expect, test } from '@jest/globals';
import { claimsOf } from './claims.ts';

const tokenWith = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;

test('reads what the console shows, Vietnamese text included', () => {
  const token = tokenWith({
    client_id: 'mot-cua',
    org: 'Sở Y tế ÿ~?',
    purpose: 'TTHC',
    legal_basis: 'MANDATORY_SHARE',
    case_id: 'H48.53-251001-0001',
    scope: 'citizens:basic:read  land:parcel:read',
    exp: 1_800_000_000,
  });
  expect(claimsOf(token)).toEqual({
    clientId: 'mot-cua',
    org: 'Sở Y tế ÿ~?',
    purpose: 'TTHC',
    legalBasis: 'MANDATORY_SHARE',
    caseId: 'H48.53-251001-0001',
    scopes: ['citizens:basic:read', 'land:parcel:read'],
    expiresAt: 1_800_000_000,
  });
});

test('a claim of another shape is left out', () => {
  expect(claimsOf(tokenWith({ sub: 'x', org: 7, scope: ['a'], exp: 'soon' }))).toEqual({ clientId: 'x', scopes: [] });
});

test.each(['', 'opaque', 'a.b.c', tokenWith('text'), tokenWith(null)])('%j is no JWT', (token) => {
  expect(claimsOf(token)).toBeUndefined();
});
