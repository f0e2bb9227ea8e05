import { beforeAll, expect, test } from '@jest/globals';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';

import type { IssuerConfig } from '../config/index.ts';
import type { ReceivedRequest } from '../context.ts';
import type { Authenticated } from '../policy/principal.ts';
import { Refusal } from './challenge.ts';
import { Identity, type IdentityParts } from './index.ts';

/** Tokens that were verified before are taken without waiting only where waiting would come to the same. */
const NOW = Date.parse('2026-11-23T08:00:00Z');
const ISSUER = 'https://idp.tinh.example';

/** What changes between the first request and the next. */
interface Later {
  revoked?: boolean;
  age?: number;
  binding?: 'dpop' | 'mtls' | 'none';
  refused?: boolean;
  signedOnly?: boolean;
}
let later: Later;
let parts: IdentityParts;
let tokens: Record<'plain' | 'bound', string>;

beforeAll(async () => {
  const key = await generateKeyPair('ES256');
  const config = {
    issuer: ISSUER,
    jwks: { file: 'unused' },
    algorithms: ['ES256'],
    scopeClaim: 'scope',
    scopeFormat: 'string',
    claims: {
      client: 'client_id',
      org: 'org',
      purpose: 'purpose',
      legalBasis: 'legal_basis',
      caseId: 'case_id',
      citizen: 'citizen',
    },
    keysMaxStale: 1,
    allow: undefined,
  } as unknown as IssuerConfig;
  const jwk = { ...(await exportJWK(key.publicKey)), kid: 'a', alg: 'ES256' };
  const keys = { key: createLocalJWKSet({ keys: [jwk] }), generation: () => 0 };
  const sign = (more: object) =>
    new SignJWT({ client_id: 'c', scope: 'a', jti: 't', ...more })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'a' })
      .setIssuer(ISSUER)
      .setAudience('urn:gateway')
      .setSubject('officer')
      .setIssuedAt(NOW / 1_000)
      .setExpirationTime(NOW / 1_000 + 600)
      .sign(key.privateKey);
  tokens = { plain: await sign({}), bound: await sign({ cnf: { 'x5t#S256': 'x'.repeat(43) } }) };
  parts = {
    tokens: {
      audience: 'urn:gateway',
      clockTolerance: 10_000,
      maxTokenLifetime: 3_600_000,
      issuers: new Map([[ISSUER, { config, keys }]]),
    },
    boundTokens: 'optional',
    bindingOf: () => later.binding,
    admit: (principal: Authenticated) => {
      if (later.refused) throw new Refusal('client_suspended');
      return principal;
    },
    signingClientOf: () => ({ client: 'c', keys: [], only: later.signedOnly === true }),
    dpop: { proofLifetime: 60_000, nonces: undefined, replay: { firstUse: async () => true } },
    forwardedCertificate: undefined,
    revocations: { has: () => later.revoked === true, age: () => later.age ?? 0 } as never,
    maxRevocationsAge: 10_000,
    publicOrigin: () => 'https://gateway.example',
    resourceMetadata: () => 'https://gateway.example/.well-known/oauth-protected-resource',
  };
});

const request = (...rawHeaders: string[]): ReceivedRequest => {
  const headers: Record<string, string> = {};
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers[String(rawHeaders[at]).toLowerCase()] = rawHeaders[at + 1] ?? '';
  return {
    ...{ method: 'POST', path: '/graphql', search: '', body: undefined, headers, rawHeaders },
    peer: { address: '127.0.0.1', certificate: undefined },
  };
};

/** An identity by which the plain token was seen before. */
const seen = async (changed: Partial<IdentityParts> = {}): Promise<Identity> => {
  later = {};
  const identity = new Identity({ ...parts, ...changed });
  await identity.identify(request('Authorization', `Bearer ${tokens.plain}`), NOW).catch(() => {});
  return identity;
};

test('a token that was seen before is known, one that was not is waited for', async () => {
  const identity = await seen();
  const again = request('Host', 'a', 'authorization', `bearer ${tokens.plain}`);
  const known = identity.identifyKnown(again, NOW);
  expect(known).toMatchObject({ assured: true, principal: { subject: 'officer' } });
  expect(known).toEqual(await identity.identify(again, NOW));
  expect(new Identity(parts).identifyKnown(again, NOW)).toBeUndefined();
});

test('what is known of revoked tokens is old: the same bearer, not assured', async () => {
  const identity = await seen();
  later = { age: 10_001 };
  const again = request('authorization', `Bearer ${tokens.plain}`);
  expect(identity.identifyKnown(again, NOW)?.assured).toBe(false);
  expect((await identity.identify(again, NOW)).assured).toBe(false);
});

const CHANGES: readonly [string, Later][] = [
  ['revoked', { revoked: true }],
  ['of a client that is refused now', { refused: true }],
  ['of a client whose tokens have to be bound to a key now', { binding: 'dpop' }],
  ['of a client whose tokens have to be bound to a certificate now', { binding: 'mtls' }],
  ['of a client that has to sign now', { signedOnly: true }],
];
test.each(CHANGES)('a token that is %s is refused, and never known', async (_, change) => {
  const identity = await seen();
  later = change;
  const again = request('authorization', `Bearer ${tokens.plain}`);
  expect(identity.identifyKnown(again, NOW)).toBeUndefined();
  await expect(identity.identify(again, NOW)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test.each([
  ['expired', 'Bearer', NOW + 611_000],
  ['under the scheme of proofs', 'DPoP', NOW],
])('a token that is %s is refused, and never known', async (_, scheme, now) => {
  const identity = await seen();
  const again = request('authorization', `${scheme} ${tokens.plain}`);
  expect(identity.identifyKnown(again, now)).toBeUndefined();
  await expect(identity.identify(again, now)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('where tokens have to be bound, none is known', async () => {
  const identity = await seen({ boundTokens: 'required' });
  expect(identity.identifyKnown(request('authorization', `Bearer ${tokens.plain}`), NOW)).toBeUndefined();
});

test('a bound token, two of them, none at all and signed requests are for those who wait', async () => {
  const identity = await seen();
  await identity.identify(request('authorization', `Bearer ${tokens.bound}`), NOW).catch(() => {});
  const authorization = ['Authorization', `Bearer ${tokens.plain}`];
  for (const headers of [
    ['authorization', `Bearer ${tokens.bound}`],
    [...authorization, ...authorization],
    [],
    [...authorization, 'Signature-Input', 'a=()'],
  ]) {
    expect(identity.identifyKnown(request(...headers), NOW)).toBeUndefined();
  }
});
