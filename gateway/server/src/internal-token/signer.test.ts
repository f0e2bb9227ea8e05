import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, generateKeyPair, jwtVerify } from 'jose';

import { type Authenticated, anonymous } from '../policy/principal.ts';
import type { GatewayKey } from './keys.ts';
import { type SignerParts, tokenSigner } from './signer.ts';

const NOW = 1_800_000_000;

let key: GatewayKey;
let publicKey: GatewayKey['privateKey'];
beforeAll(async () => {
  const { privateKey, publicKey: published } = await generateKeyPair('ES256');
  publicKey = published;
  key = { privateKey, kid: 'k', jwks: { keys: [] } };
});

const officer: Authenticated = {
  kind: 'authenticated',
  issuer: 'https://issuer.test',
  subject: 's',
  clientId: 'mot-cua',
  jti: 'j',
  expiresAt: NOW + 3_600,
  scopes: new Set(['health:insurance:read', 'land:parcel:read']),
  org: 'H48',
  purpose: 'TTHC',
  legalBasis: '278',
  caseId: 'c',
  claims: {},
};
const health = { name: 'health', scopes: new Set(['health:insurance:read', 'health:clinical:read']) };

const at = (parts: Partial<SignerParts> = {}) => {
  const clock = { seconds: NOW };
  const now = () => clock.seconds * 1_000;
  const sign = tokenSigner({ key, department: health, binding: 'channel', certificate: undefined, now, ...parts });
  return { clock, sign: (principal = officer, body = '{}') => sign(principal, 'r', body) };
};

describe('binding: body', () => {
  test('a token for every call, with the scopes of this department alone', async () => {
    const { sign } = at({ binding: 'body' });
    const [first, second] = [await sign(), await sign()];
    expect(first).not.toBe(second);
    expect(decodeJwt(first)).toEqual({
      iss: 'urn:gateway',
      aud: 'urn:subgraph:health',
      iat: NOW,
      exp: NOW + 30,
      jti: expect.any(String),
      req: 'r',
      bh: 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o',
      iss_user: 'https://issuer.test',
      sub: 's',
      client_id: 'mot-cua',
      act: { sub: 'urn:gateway', act: { sub: 'mot-cua' } },
      org: 'H48',
      purpose: 'TTHC',
      legal_basis: '278',
      case_id: 'c',
      scope: 'health:insurance:read',
    });
  });
});

test.each(['body', 'channel'] as const)('binding: %s is signed as any library verifies it', async (binding) => {
  const { protectedHeader } = await jwtVerify(await at({ binding }).sign(), publicKey, {
    algorithms: ['ES256'],
    currentDate: new Date(NOW * 1_000),
  });
  expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'gw-internal+jwt', kid: 'k' });
});

describe('binding: channel', () => {
  test('one token for one principal, whatever is asked, without request, id and body', async () => {
    const { sign } = at();
    const token = await sign(officer, 'a');
    expect(await sign(officer, 'b')).toBe(token);
    expect(Object.keys(decodeJwt(token)).filter((claim) => ['req', 'jti', 'bh', 'cnf'].includes(claim))).toEqual([]);
  });

  test('names the certificate of the connection', async () => {
    expect(decodeJwt(await at({ certificate: 'thumb' }).sign()).cnf).toEqual({ 'x5t#S256': 'thumb' });
  });

  test('an equal principal shares it, also as another object', async () => {
    const { sign } = at();
    expect(await sign({ ...officer, jti: 'another', scopes: new Set([...officer.scopes, 'elsewhere:read']) })).toBe(
      await sign(),
    );
  });

  test.each<[string, Partial<Authenticated>]>([
    ['issuer', { issuer: 'https://other.test' }],
    ['subject', { subject: 'another' }],
    ['client', { clientId: 'another' }],
    ['agency', { org: 'H49' }],
    ['purpose', { purpose: 'AUDIT' }],
    ['legal basis', { legalBasis: '1' }],
    ['case', { caseId: 'd' }],
    ['person', { citizen: 'k1.x' }],
    ['scopes', { scopes: new Set(['health:clinical:read']) }],
    ['the end of its own token', { expiresAt: NOW + 20 }],
  ])('a principal that differs in %s has its own', async (_, change) => {
    const { sign } = at();
    expect(await sign({ ...officer, ...change })).not.toBe(await sign());
  });

  test('nobody shares the token of an anonymous request but another one', async () => {
    const { sign } = at();
    const token = await tokenSigner({ ...parts(), now: () => NOW * 1_000 })(anonymous, 'r', '');
    expect(decodeJwt(token)).toEqual({
      iss: 'urn:gateway',
      aud: 'urn:subgraph:health',
      iat: NOW,
      exp: NOW + 30,
      act: { sub: 'urn:gateway' },
      scope: '',
    });
    expect(await sign()).not.toBe(token);
  });

  test('is made anew after 25 of its 30 seconds', async () => {
    const { sign, clock } = at();
    const token = await sign();
    clock.seconds += 24;
    expect(await sign()).toBe(token);
    clock.seconds += 1;
    expect(decodeJwt(await sign())).toMatchObject({ iat: NOW + 25, exp: NOW + 55 });
  });

  test('never outlives the caller’s own token', async () => {
    expect(decodeJwt(await at().sign({ ...officer, expiresAt: NOW + 7 })).exp).toBe(NOW + 7);
  });

  test('callers beyond what is kept are signed for anew, the oldest first', async () => {
    const { sign } = at();
    const [eldest, second] = [await sign(), await sign({ ...officer, subject: '0' })];
    for (let index = 1; index <= 9_999; index += 1) await sign({ ...officer, subject: String(index) });
    expect(await sign({ ...officer, subject: '0' })).toBe(second);
    expect(await sign()).not.toBe(eldest);
  }, 30_000);

  test('a failure to sign is not kept', async () => {
    const broken = { ...key, privateKey: (await generateKeyPair('ES256')).publicKey };
    const sign = tokenSigner({ ...parts(), key: broken, now: () => NOW * 1_000 });
    const [first, second] = [sign(officer, 'r', ''), sign(officer, 'r', '')];
    await expect(first).rejects.toThrow();
    await expect(second).rejects.toThrow();
    expect(sign(officer, 'r', '')).not.toBe(first);
  });
});

const parts = () => ({ key, department: health, binding: 'channel', certificate: undefined }) as const;
