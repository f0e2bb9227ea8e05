import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';

import { readSigningKey } from './key.ts';

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' = 'pkcs8') => String(key.export({ type, format: 'pem' }));

test.each([
  ['PKCS #8', pem(p256.privateKey), 'ES256'],
  ['SEC 1', pem(p256.privateKey, 'sec1'), 'ES256'],
  ['a JWK', JSON.stringify(p256.privateKey.export({ format: 'jwk' })), 'ES256'],
  ['Ed25519', pem(ed.privateKey), 'EdDSA'],
  ['Ed25519 as a JWK', `\n${JSON.stringify(ed.privateKey.export({ format: 'jwk' }))}\n`, 'EdDSA'],
])('%s is read, named by its thumbprint, and published without its private half', async (_form, text, alg) => {
  const { kid, published, certificates } = await readSigningKey(text, 'k');
  const { publicKey } = alg === 'ES256' ? p256 : ed;
  const jwk = publicKey.export({ format: 'jwk' });
  expect(kid).toBe(await calculateJwkThumbprint(jwk as never));
  expect(published).toEqual({ ...jwk, kid, use: 'sig', alg });
  expect(certificates).toEqual([]);
});

test('a signature is R and S of fixed length, not DER', async () => {
  const key = await readSigningKey(pem(p256.privateKey), 'k');
  const data = Buffer.from('data');
  for (let n = 0; n < 50; n += 1) {
    const signature = await key.sign(data);
    expect(signature).toHaveLength(64);
    expect(
      verify(
        'sha256',
        data,
        { key: createPublicKey(p256.publicKey.export({ type: 'spki', format: 'pem' })), dsaEncoding: 'ieee-p1363' },
        signature,
      ),
    ).toBe(true);
  }
});

describe('what signs nothing', () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  test.each([
    ['another curve', pem(p384.privateKey), /neither an EC P-256 key/],
    ['RSA', pem(rsa.privateKey), /neither an EC P-256 key/],
    ['a public key', String(p256.publicKey.export({ type: 'spki', format: 'pem' })), /no private key/],
    ['a public JWK', JSON.stringify(p256.publicKey.export({ format: 'jwk' })), /no private key/],
    [
      'a key under a password',
      String(p256.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })),
      /no private key/,
    ],
    ['no key', 'secret', /no private key/],
    ['half a file', pem(p256.privateKey).slice(0, 80), /no private key/],
    ['half a JWK', '{"kty":"EC"', /no private key/],
    ['nothing', '', /no private key/],
    [
      'a certificate that is none',
      `${pem(p256.privateKey)}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
      /a certificate that cannot be read/,
    ],
  ])('%s: an error that names the file and quotes nothing', async (_what, text, reason) => {
    const failure: unknown = await readSigningKey(text, '/etc/k.pem').catch((error: unknown) => error);
    const message = String((failure as Error).message);
    expect(message).toMatch(reason);
    expect(message).toMatch(/^\/etc\/k\.pem: /);
    expect(message).not.toContain('secret');
  });
});

describe('of a key on a token', () => {
  const asked: KeyObject[] = [];
  const token = {
    async signerOf(publicKey: KeyObject) {
      asked.push(publicKey);
      return async () => Buffer.from('signed');
    },
  };

  test.each([
    ['its public half', String(p256.publicKey.export({ type: 'spki', format: 'pem' }))],
    ['a public JWK', JSON.stringify(p256.publicKey.export({ format: 'jwk' }))],
  ])('%s is enough: the token signs', async (_what, text) => {
    asked.length = 0;
    const key = await readSigningKey(text, 'k', token);
    expect(key.kid).toBe((await readSigningKey(pem(p256.privateKey), 'k')).kid);
    expect(asked.map((each) => each.equals(p256.publicKey))).toEqual([true]);
    expect(String(await key.sign(Buffer.from('data')))).toBe('signed');
  });

  test.each([
    ['Ed25519', String(ed.publicKey.export({ type: 'spki', format: 'pem' })), /has to be EC P-256/],
    ['nothing', '', /no public key or certificate/],
  ])('%s is refused', async (_what, text, reason) => {
    await expect(readSigningKey(text, 'k', token)).rejects.toThrow(reason);
  });
});
