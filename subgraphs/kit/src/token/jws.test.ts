import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type CryptoKey, createLocalJWKSet, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import { signedClaims } from './jws.ts';

const TYP = 'gw-internal+jwt';
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

let keys: ReturnType<typeof createLocalJWKSet>;
let privateKey: CryptoKey;
let stranger: CryptoKey;
let strangerJwk: JWK;
beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const other = await generateKeyPair('RS256', { extractable: true });
  const larger = await generateKeyPair('ES384', { extractable: true });
  ({ privateKey } = pair);
  const unknown = await generateKeyPair('ES256', { extractable: true });
  stranger = unknown.privateKey;
  strangerJwk = await exportJWK(unknown.publicKey);
  keys = createLocalJWKSet({
    keys: [
      { ...(await exportJWK(pair.publicKey)), kid: 'k' },
      { ...(await exportJWK(other.publicKey)), kid: 'rsa' },
      { ...(await exportJWK(larger.publicKey)), kid: 'p384' },
    ],
  });
});

const signed = (header: Record<string, unknown> = {}, key = privateKey): Promise<string> =>
  new SignJWT({ sub: 's' }).setProtectedHeader({ alg: 'ES256', typ: TYP, kid: 'k', ...header }).sign(key);
/** What two say of a token: this code, and jose. */
const judged = async (token: string) => ({
  here: await signedClaims(token, TYP, keys).catch(({ reason }) => reason),
  jose: await jwtVerify(token, keys, { algorithms: ['ES256'], typ: TYP }).then(
    () => 'taken',
    () => 'refused',
  ),
});

test('a token of the gateway tells its claims', async () => {
  expect(await judged(await signed())).toEqual({ here: { sub: 's' }, jose: 'taken' });
});

describe('refused, as by jose', () => {
  test.each<[string, string, () => Promise<string> | string]>([
    ['no token', 'malformed', () => ''],
    ['two parts', 'malformed', async () => (await signed()).replace(/\.[^.]+$/, '')],
    ['four parts', 'malformed', async () => `${await signed()}.x`],
    ['a header that is no object', 'malformed', async () => (await signed()).replace(/^[^.]+/, part([]))],
    ['a header that is no JSON', 'malformed', async () => (await signed()).replace(/^[^.]+/, 'x')],
    ['no signature', 'signature', async () => (await signed()).replace(/[^.]+$/, '')],
    ['half a signature', 'signature', async () => (await signed()).slice(0, -43)],
    ['a signature with more behind', 'signature', async () => `${await signed()}AAAA`],
    ['a signature of zeros', 'signature', async () => (await signed()).replace(/[^.]+$/, 'A'.repeat(86))],
    ['other claims', 'signature', async () => (await signed()).replace(/\.[^.]+\./, `.${part({ sub: 'root' })}.`)],
    ['another key', 'signature', () => signed({}, stranger)],
    ['another key that it brings along', 'signature', () => signed({ jwk: strangerJwk }, stranger)],
    ['an unknown key', 'key', () => signed({ kid: 'x' })],
    ['a key of another kind', 'key', () => signed({ kid: 'rsa' })],
    ['a key of another curve', 'key', () => signed({ kid: 'p384' })],
    ['another type', 'type', () => signed({ typ: 'at+jwt' })],
    ['no type', 'type', () => signed({ typ: undefined })],
    ['alg none', 'algorithm', () => `${part({ alg: 'none', typ: TYP, kid: 'k' })}.${part({})}.`],
    ['HS256', 'algorithm', () => hmac()],
    ['a critical header', 'algorithm', () => critical({ crit: ['exp'], exp: 1 })],
    ['critical by an empty list', 'algorithm', () => critical({ crit: [] })],
  ])('%s', async (_what, reason, make) => {
    expect(await judged(await make())).toEqual({ here: reason, jose: 'refused' });
  });

  test('whichever byte is another', async () => {
    const token = await signed();
    // But the last one: four of its six bits are none of the signature (RFC 4648 §3.5). Replays are known by `jti`.
    const places = Array.from({ length: token.length - 1 }, (_, place) => place).filter((place) => place % 7 === 0);
    for (const place of places) {
      const changed = `${token.slice(0, place)}${token[place] === 'B' ? 'C' : 'B'}${token.slice(place + 1)}`;
      expect(await judged(changed)).toEqual({ here: expect.any(String), jose: 'refused' });
    }
  });
});

test('a key set that cannot be had leaves a token undecided', async () => {
  const away = () => Promise.reject(new TypeError('fetch failed'));
  await expect(signedClaims(await signed(), TYP, away)).rejects.toMatchObject({ reason: 'keys_unavailable' });
});

const hmac = (): string => {
  const input = `${part({ alg: 'HS256', typ: TYP, kid: 'k' })}.${part({ sub: 's' })}`;
  return `${input}.${createHmac('sha256', 'key').update(input).digest('base64url')}`;
};
const critical = async (header: object): Promise<string> => {
  const [, payload, signature] = (await signed()).split('.');
  return `${part({ alg: 'ES256', typ: TYP, kid: 'k', ...header })}.${payload}.${signature}`;
};
