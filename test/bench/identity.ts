/**
 * What it costs to know who asks: microseconds of processor time for one request, with everything in this process.
 *
 *   npm run bench -w test -- identity
 */
import { randomUUID } from 'node:crypto';

import {
  Identity,
  type IdentityParts,
  type ReceivedRequest,
  VerifiedTokens,
  verifyAccessToken,
} from '@lienthong/server/testing';
import { openState, type Revocation } from '@lienthong/state';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';

import { proofKey } from '../kit/proofs.ts';
import { microseconds, microsecondsAsync, printFigures, progress } from './figures.ts';

const ISSUER = 'https://idp.example';
const ORIGIN = 'https://data.example';
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
const REVOKED = 100_000;

const pair = await generateKeyPair('ES256');
const key = await proofKey();
const state = await openState(undefined, QUIET);
const claims = {
  client: 'client_id',
  org: 'org',
  purpose: 'purpose',
  legalBasis: 'legal_basis',
  caseId: 'case_id',
  citizen: 'citizen',
};
const tokens: IdentityParts['tokens'] = {
  audience: 'urn:gateway',
  clockTolerance: 10_000,
  maxTokenLifetime: 3_600_000,
  issuers: new Map([
    [
      ISSUER,
      {
        config: {
          issuer: ISSUER,
          jwks: { file: '' },
          algorithms: ['ES256'],
          scopeClaim: 'scope',
          scopeFormat: 'string',
          claims,
          keysMaxStale: 86_400_000,
        },
        keys: {
          key: createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), alg: 'ES256' }] }),
          generation: () => 0,
        },
      },
    ],
  ]),
};
const identity = new Identity({
  tokens,
  boundTokens: 'optional',
  bindingOf: () => undefined,
  signingClientOf: () => undefined,
  admit: (principal) => principal,
  dpop: { proofLifetime: 60_000, nonces: undefined, replay: state.replay },
  forwardedCertificate: undefined,
  revocations: state.revocations,
  maxRevocationsAge: Number.POSITIVE_INFINITY,
  publicOrigin: () => ORIGIN,
  resourceMetadata: () => ORIGIN,
});

const token = (more: object = {}): Promise<string> =>
  new SignJWT({
    client_id: 'viettel',
    org: 'viettel',
    purpose: 'KYC',
    legal_basis: 'CONSENT',
    scope: 'citizens:match:verify',
    ...more,
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setAudience('urn:gateway')
    .setSubject('viettel')
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(pair.privateKey);
const request = (authorization: string, proof?: string): ReceivedRequest => {
  const usual = [
    'Host',
    'User-Agent',
    'Accept',
    'Accept-Encoding',
    'Accept-Language',
    'Content-Type',
    'Content-Length',
  ];
  const rawHeaders = [...usual, 'Connection', 'Traceparent'].flatMap((name) => [name, 'x']);
  rawHeaders.push('Authorization', authorization);
  if (proof !== undefined) rawHeaders.push('DPoP', proof);
  return {
    method: 'POST',
    path: '/graphql',
    search: '',
    headers: {},
    rawHeaders,
    body: undefined,
    peer: { address: '127.0.0.1', certificate: undefined },
  };
};
const now = Date.now();

progress('minting');
const bearer = await token();
await identity.identify(request(`Bearer ${bearer}`), now);
const cached = new VerifiedTokens();
const verified = await verifyAccessToken(bearer, tokens, now);
for (let n = 0; n < 10_000; n++) cached.set(`${bearer}${n}`, verified);
cached.set(bearer, verified);
const cold = await Promise.all(Array.from({ length: 400 }, () => token()));
const bound = await token({ cnf: { jkt: key.jkt } });
const proofs = await Promise.all(Array.from({ length: 1_000 }, () => key.proof(`${ORIGIN}/graphql`, bound)));
const proven = proofs.map((proof) => request(`DPoP ${bound}`, proof));
await state.revocations.revoke(
  Array.from(
    { length: REVOKED },
    (_, n): Revocation => ({ kind: 'token', issuer: ISSUER, value: `j${n}`, until: now * 2 }),
  ),
);

/** A text that arrives is a new one: finding it means reading it whole. */
const arrived = Array.from({ length: 20_000 }, () => Buffer.from(bearer).toString('latin1'));
let next = 0;
const following = <T>(all: readonly T[]): T => all[next++ % all.length] as T;
const asBearers = arrived.map(() => request(Buffer.from(`Bearer ${bearer}`).toString('latin1')));
progress('identity');
printFigures('µs of CPU', [
  {
    name: 'a verified token, found again by a text that has just arrived',
    value: microseconds(1, arrived.length, () => cached.get(following(arrived), now)),
    goal: 2,
  },
  {
    name: `whether a token is among ${REVOKED} revoked ones`,
    value: microseconds(21, 50_000, () => state.revocations.has(verified.identity)),
    goal: 2,
  },
  {
    name: 'who asks, token seen before',
    value: await microsecondsAsync(1, asBearers.length, () => identity.identify(following(asBearers), now)),
    goal: 5,
  },
  {
    name: 'who asks, token seen first (ES256)',
    value: await microsecondsAsync(1, cold.length, () => verifyAccessToken(following(cold), tokens, now)),
  },
  {
    name: 'who asks, token seen before, with a DPoP proof (ES256)',
    value: await microsecondsAsync(1, proven.length, () => identity.identify(following(proven), now)),
  },
]);
await state.close();
