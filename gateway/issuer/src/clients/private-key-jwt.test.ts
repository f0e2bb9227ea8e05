import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CryptoKey, exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { post, testIssuers, verified } from '../testing/issuers.ts';
import { asserted, assertion, keysOf, type PartnerKey, partnerKey, writePartners } from '../testing/partners.ts';

const issuers = testIssuers();
let issuer: Awaited<ReturnType<typeof issuers.start>>;
let keys: Record<'ES256' | 'PS256' | 'EdDSA' | 'other', PartnerKey>;

beforeAll(async () => {
  const [ES256, PS256, EdDSA, other] = await Promise.all([
    partnerKey('ES256'),
    partnerKey('PS256'),
    partnerKey('EdDSA'),
    partnerKey('ES256'),
  ]);
  keys = { ES256, PS256, EdDSA, other };
  const registry = writePartners(issuers.folder, {
    viettel: { authentication: keysOf(ES256, PS256, EdDSA) },
    khac: { authentication: keysOf(await partnerKey()) },
    'tam-ngung': { authentication: keysOf(ES256), status: 'suspended' },
    'het-han': { authentication: keysOf(ES256), expires: '2020-01-01' },
  });
  issuer = await issuers.start({ registry });
});
afterAll(() => issuers.stop());

const now = () => Math.floor(Date.now() / 1_000);
const send = (jwt: string, more: Record<string, string> = {}) =>
  post(issuer.url, new URLSearchParams({ grant_type: 'client_credentials', ...asserted(jwt), ...more }));
const refused = [401, 'invalid_client', 'client authentication failed'];
const outcome = async (jwt: string, more: Record<string, string> = {}) => {
  const { status, body } = await send(jwt, more);
  return status === 200 ? 'issued' : [status, body.error, body.error_description];
};

test.each(['ES256', 'PS256', 'EdDSA'] as const)('an assertion signed by %s is accepted', async (alg) => {
  const answer = await send(await assertion('viettel', issuer.issuer, keys[alg]));
  expect((await verified(issuer, answer)).payload).toMatchObject({ client_id: 'viettel', org: 'H48.53' });
});

test.each<[string, Record<string, unknown> | (() => Record<string, unknown>)]>([
  ['for the token endpoint', () => ({ aud: `${issuer.issuer}/token` })],
  ['for a list, ours among it', () => ({ aud: [issuer.issuer] })],
  ['for this issuer and another', () => ({ aud: [issuer.issuer, 'https://idp.example'] })],
  ['for another issuer', { aud: 'https://idp.example' }],
  ['for our name with a slash', () => ({ aud: `${issuer.issuer}/` })],
  ['for nobody', { aud: undefined }],
  ['that has expired', () => ({ iat: now() - 120, exp: now() - 11 })],
  ['without an end', { exp: undefined }],
  ['that lives an hour', () => ({ exp: now() + 3_600 })],
  ['from the future', () => ({ iat: now() + 61 })],
  ['that is not valid yet', () => ({ nbf: now() + 61 })],
  ['without a jti', { jti: undefined }],
  ['of another client', { iss: 'khac' }],
  ['about another client', { sub: 'khac' }],
])('an assertion %s is refused', async (_case, change) => {
  const changed = typeof change === 'function' ? change() : change;
  expect(await outcome(await assertion('viettel', issuer.issuer, keys.ES256, changed))).toEqual(refused);
});

test('a clock 10 seconds ahead or behind does not matter', async () => {
  const ahead = await assertion('viettel', issuer.issuer, keys.ES256, { iat: now() + 9, nbf: now() + 9 });
  const behind = await assertion('viettel', issuer.issuer, keys.ES256, { iat: now() - 69, exp: now() - 8 });
  expect([await outcome(ahead), await outcome(behind)]).toEqual(['issued', 'issued']);
});

test('an assertion works once, however many arrive at once', async () => {
  const jwt = await assertion('viettel', issuer.issuer, keys.ES256);
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => outcome(jwt)));
  expect(outcomes.filter((each) => each === 'issued')).toHaveLength(1);
  expect(outcomes.filter((each) => each !== 'issued')).toEqual(Array(7).fill(refused));
});

describe('the algorithm is ours to choose', () => {
  const claims = () => ({ iss: 'viettel', sub: 'viettel', aud: issuer.issuer, jti: 'j', iat: now(), exp: now() + 60 });

  test('none', async () => {
    expect(await outcome(new UnsecuredJWT(claims()).encode())).toEqual(refused);
  });

  test.each(['JWK', 'PEM'])('HS256 with the public key as secret (%s)', async (form) => {
    const { publicJwk } = keys.ES256;
    const key = await importJWK(publicJwk, 'ES256', { extractable: true });
    const secret = form === 'JWK' ? JSON.stringify(publicJwk) : await exportSPKI(key as CryptoKey);
    const header = { alg: 'HS256', kid: publicJwk.kid ?? '' };
    const jwt = await new SignJWT(claims()).setProtectedHeader(header).sign(Buffer.from(secret));
    expect(await outcome(jwt)).toEqual(refused);
  });

  test('RS256 with a registered RSA key', async () => {
    const { privateKey, publicJwk } = keys.PS256;
    const jwk = { ...(await crypto.subtle.exportKey('jwk', privateKey)), alg: 'RS256' };
    const key = await importJWK(jwk, 'RS256');
    const jwt = await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: publicJwk.kid ?? '' }).sign(key);
    expect(await outcome(jwt)).toEqual(refused);
  });

  test('a key that the assertion brings along is not looked at', async () => {
    const { privateKey, publicJwk } = keys.other;
    const header = { alg: 'ES256', kid: publicJwk.kid ?? '', jwk: publicJwk };
    const jwt = await new SignJWT(claims()).setProtectedHeader(header).sign(privateKey);
    expect(await outcome(jwt)).toEqual(refused);
  });
});

test.each([
  ['signed with an unregistered key', 'viettel', 'other'],
  ["signed with another client's key", 'khac', 'ES256'],
  ['of a suspended client', 'tam-ngung', 'ES256'],
  ['of a client whose registration has expired', 'het-han', 'ES256'],
  ['of nobody', 'khong-co', 'ES256'],
] as const)('an assertion %s is refused', async (_case, client, key) => {
  expect(await outcome(await assertion(client, issuer.issuer, keys[key]))).toEqual(refused);
});

test('one way to authenticate at a time, and the registered one only', async () => {
  const jwt = await assertion('viettel', issuer.issuer, keys.ES256);
  expect((await send(jwt, { client_secret: 'x' })).body.error).toBe('invalid_request');
  expect((await send(jwt, { client_id: 'khac' })).body.error).toBe('invalid_request');
  const secret = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'viettel', client_secret: 'x' });
  expect((await post(issuer.url, secret)).body.error).toBe('invalid_client');
  const nothing = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'viettel' });
  expect((await post(issuer.url, nothing)).body.error).toBe('invalid_client');
});

test('a suspension and a new key take effect while the issuer runs', async () => {
  const [former, fresh] = await Promise.all([partnerKey(), partnerKey('ES256', 'k2')]);
  const { writeFileSync, readFileSync } = await import('node:fs');
  const registry = writePartners(issuers.folder, { a: { authentication: keysOf(former) } });
  const own = await issuers.start({ registry });
  const ask = async (key: PartnerKey) => {
    const form = { grant_type: 'client_credentials', ...asserted(await assertion('a', own.issuer, key)) };
    return (await post(own.url, new URLSearchParams(form))).status;
  };
  const rewrite = (changes: Record<string, unknown>) => {
    if (!('file' in registry)) throw new Error('no file');
    const { partners } = JSON.parse(readFileSync(registry.file, 'utf8'));
    writeFileSync(registry.file, JSON.stringify({ partners: { a: { ...partners.a, ...changes } } }));
  };
  const until = async (key: PartnerKey, status: number) => {
    while ((await ask(key)) !== status) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  expect([await ask(former), await ask(fresh)]).toEqual([200, 401]);
  rewrite({ authentication: keysOf(fresh) });
  await until(fresh, 200);
  expect(await ask(former)).toBe(401);
  rewrite({ status: 'suspended' });
  await until(fresh, 401);
});
