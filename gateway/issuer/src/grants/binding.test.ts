import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { type Answer, post, testIssuers, verified } from '../testing/issuers.ts';
import { dpopProof, type PartnerKey, partnerKey, secretOf, writePartners } from '../testing/partners.ts';

const issuers = testIssuers();
const secret = 'bi-mat-de-thu';
let issuer: Awaited<ReturnType<typeof issuers.start>>;
let strict: typeof issuer;
let key: PartnerKey;

beforeAll(async () => {
  const authentication = secretOf(secret);
  const registry = writePartners(issuers.folder, {
    bound: { authentication, bound: 'dpop' },
    free: { authentication },
    certified: { authentication, bound: 'mtls' },
  });
  [issuer, strict, key] = await Promise.all([
    issuers.start({ registry }),
    issuers.start({ registry, dpopNonce: 'required' }),
    partnerKey(),
  ]);
});
afterAll(() => issuers.stop());

const ask = (client: string, proof?: string, at = issuer): Promise<Answer> => {
  const form = { grant_type: 'client_credentials', client_id: client, client_secret: secret };
  return post(at.url, new URLSearchParams(form), proof === undefined ? {} : { dpop: proof });
};
const proofOf = (...changes: [Record<string, unknown>?, Record<string, unknown>?]) =>
  dpopProof(`${issuer.url}/token`, key, ...changes);
const refusal = ({ status, body }: Answer) => [status, body.error];

describe('DPoP', () => {
  test.each(['bound', 'free'])('a proof binds the token of a %s client', async (client) => {
    const answer = await ask(client, await proofOf());
    expect(answer.body.token_type).toBe('DPoP');
    const { payload } = await verified(issuer, answer);
    expect(payload.cnf).toEqual({ jkt: await calculateJwkThumbprint(key.publicJwk) });
  });

  test.each(['ES256', 'PS256', 'EdDSA'] as const)('a proof by %s is good', async (alg) => {
    const other = await partnerKey(alg);
    expect((await ask('bound', await dpopProof(`${issuer.url}/token`, other))).status).toBe(200);
  });

  test('a client that is registered as bound gets no token without a proof', async () => {
    expect(refusal(await ask('bound'))).toEqual([400, 'invalid_dpop_proof']);
    expect((await ask('free')).body.token_type).toBe('Bearer');
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['for another method', { htm: 'GET' }, {}],
    ['for another address', { htu: 'https://idp.example/token' }, {}],
    ['without an address', { htu: undefined }, {}],
    ['that is old', { iat: Math.floor(Date.now() / 1_000) - 400 }, {}],
    ['from the future', { iat: Math.floor(Date.now() / 1_000) + 400 }, {}],
    ['without a jti', { jti: undefined }, {}],
    ['of another type', {}, { typ: 'JWT' }],
    ['without a key', {}, { jwk: undefined }],
  ])('a proof %s is refused, not ignored', async (_case, change, header) => {
    const [status, error] = refusal(await ask('free', await proofOf(change, header)));
    expect([status, ['invalid_dpop_proof', 'use_dpop_nonce'].includes(String(error))]).toEqual([400, true]);
  });

  test('a proof with the private key inside, or signed by another key, is refused', async () => {
    const privateJwk = await crypto.subtle.exportKey('jwk', key.privateKey);
    const other = await partnerKey();
    for (const jwk of [privateJwk, other.publicJwk]) {
      expect(refusal(await ask('free', await proofOf({}, { jwk })))).toEqual([400, 'invalid_dpop_proof']);
    }
  });

  test('two proofs are none', async () => {
    const two = `${await proofOf()}, ${await proofOf()}`;
    expect(refusal(await ask('free', two))).toEqual([400, 'invalid_dpop_proof']);
  });

  test('a proof works once, however many arrive at once', async () => {
    const proof = await proofOf();
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('bound', proof)));
    const outcomes = answers.map(({ status, body }) => (status === 200 ? 'issued' : body.error));
    expect(outcomes.sort()).toEqual([...Array(7).fill('invalid_dpop_proof'), 'issued'].sort());
  });

  test('a nonce is asked for where it is required, and then taken', async () => {
    const url = `${strict.url}/token`;
    const first = await ask('bound', await dpopProof(url, key), strict);
    expect(refusal(first)).toEqual([400, 'use_dpop_nonce']);
    const nonce = first.headers.get('dpop-nonce');
    expect((await ask('bound', await dpopProof(url, key, { nonce }), strict)).status).toBe(200);
    expect(refusal(await ask('bound', await dpopProof(url, key, { nonce: 'x' }), strict))).toEqual([
      400,
      'use_dpop_nonce',
    ]);
  });
});

describe('a client bound to its certificate', () => {
  test('gets no token without one, and none bound to a key instead', async () => {
    expect(refusal(await ask('certified'))).toEqual([400, 'invalid_request']);
    expect(refusal(await ask('certified', await proofOf()))).toEqual([400, 'invalid_request']);
  });
});
