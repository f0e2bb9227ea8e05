import { createHmac } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type RedisServer, startRedis } from '@lienthong/state/testing';
import { type JWTPayload, SignJWT } from 'jose';
import { request } from 'undici';

import type { HttpAnswer } from '../kit/http.ts';
import type { Running } from '../kit/process.ts';
import { type ProofKey, proofKey } from '../kit/proofs.ts';
import { raw } from '../kit/raw.ts';
import { mint, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import { registry } from './registry.ts';

jest.setTimeout(120_000);

/** By which callers know every process; none listens there. */
const PUBLIC = 'https://data.example';
const URL_OF_PROOFS = `${PUBLIC}/graphql`;
const METADATA = `${PUBLIC}/.well-known/oauth-protected-resource/graphql`;
const query = '{ me { name } }';

let redis: RedisServer | undefined;
let federation: SmallFederation;
/** Two processes of one deployment; the second demands bound tokens. */
let urls: readonly [string, string];
let nonces: Running;
let key: ProofKey;
let stranger: ProofKey;
let token: string;

beforeAll(async () => {
  redis = await startRedis('a DPoP proof that is used at two processes');
  federation = await startSmallFederation({
    departments: registry,
    config: `publicUrl: ${PUBLIC}\n${redis ? `state: { redis: "${redis.url}" }` : ''}`,
  });
  const [strict, demanding] = await Promise.all([
    federation.another({ LIENTHONG_AUTHENTICATION_BOUND_TOKENS: 'required' }),
    federation.another({ LIENTHONG_AUTHENTICATION_DPOP_NONCE: 'required' }),
  ]);
  urls = [federation.url, strict.url];
  nonces = demanding;
  [key, stranger] = await Promise.all([proofKey(), proofKey()]);
  token = await federation.token('name', { cnf: { jkt: key.jkt } });
});
afterAll(async () => {
  await federation?.close();
  await redis?.close();
});

const asked = (url: string, proof: string | string[] | undefined, authorization = `DPoP ${token}`) =>
  federation.askAt(url, { query, headers: { authorization, ...(proof === undefined ? {} : { dpop: proof }) } });
const served = ({ body }: HttpAnswer) => expect(body).toEqual({ data: { me: { name: 'NAME' } } });

/** The challenge of RFC 9449 §7.1 with the metadata of RFC 9728 §5.1, whole. */
const challenge = (error: string, reason: string) =>
  `DPoP error="${error}", error_description="${reason}", algs="ES256 PS256 EdDSA", resource_metadata="${METADATA}"`;

/** Every process refuses, says nothing else and asks nobody. */
const refused = async (proof: () => Promise<string | string[] | undefined>, reason = 'dpop_proof') => {
  for (const url of urls) {
    federation.calls.length = 0;
    const { status, headers, body } = await asked(url, await proof());
    expect(federation.calls).toEqual([]);
    expect([status, Object.keys(body)]).toEqual([401, ['errors']]);
    expect(body.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'UNAUTHENTICATED', reason }]);
    expect(headers['www-authenticate']).toBe(challenge('invalid_dpop_proof', reason));
  }
};

test('a proof as it should be is taken by every process, once each', async () => {
  for (const url of urls) served(await asked(url, await key.proof(URL_OF_PROOFS, token)));
});

test('keys of every algorithm that is announced are taken', async () => {
  for (const alg of ['PS256', 'EdDSA']) {
    const other = await proofKey(alg);
    const bound = await federation.token('name', { cnf: { jkt: other.jkt } });
    served(await asked(urls[0], await other.proof(URL_OF_PROOFS, bound), `DPoP ${bound}`));
  }
});

const seconds = () => Math.floor(Date.now() / 1_000);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a proof', () => {
  test('that is absent or empty', async () => {
    await refused(async () => undefined);
    await refused(async () => '');
  });

  test('by another key, which may call itself what it likes', async () => {
    await refused(() => stranger.proof(URL_OF_PROOFS, token));
    await refused(() => stranger.proof(URL_OF_PROOFS, token, {}, { jwk: key.jwk }));
    await refused(() => stranger.proof(URL_OF_PROOFS, token, {}, { jwk: stranger.jwk, kid: key.jkt }));
    // The good key is remembered by its header: a signature of another one over that very header stays one.
    const good = await key.proof(URL_OF_PROOFS, token);
    served(await asked(urls[0], good));
    const [header, payload] = (await key.proof(URL_OF_PROOFS, token)).split('.');
    const [, , signature] = good.split('.');
    await refused(async () => `${header}.${payload}.${signature}`);
  });

  const wrong: [string, () => Record<string, unknown>][] = [
    ['for another method', () => ({ htm: 'GET' })],
    ['for a method in other letters', () => ({ htm: 'post' })],
    ['for no method', () => ({ htm: undefined })],
    ['for another path', () => ({ htu: `${PUBLIC}/other` })],
    ['for a path below', () => ({ htu: `${URL_OF_PROOFS}/` })],
    ['for another host', () => ({ htu: 'https://evil.example/graphql' })],
    ['for a host that begins alike', () => ({ htu: 'https://data.example.evil/graphql' })],
    ['for another scheme', () => ({ htu: 'http://data.example/graphql' })],
    ['for another port', () => ({ htu: 'https://data.example:8443/graphql' })],
    ['with user information', () => ({ htu: 'https://data.example@data.example/graphql' })],
    ['for the process’s own address, which is not its public one', () => ({ htu: urls[0] })],
    ['for several addresses', () => ({ htu: [URL_OF_PROOFS] })],
    ['for no address', () => ({ htu: undefined })],
    ['of another token', () => ({ ath: stranger.jkt })],
    ['of a token that is padded', () => ({ ath: `${'A'.repeat(43)}=` })],
    ['of no token', () => ({ ath: undefined })],
    ['that is old', () => ({ iat: seconds() - 75 })],
    ['from the future', () => ({ iat: seconds() + 75 })],
    ['of no time', () => ({ iat: undefined })],
    ['of a time that is a text', () => ({ iat: String(seconds()) })],
    ['of an endless time', () => ({ iat: 1e308 })],
    ['that says it is over', () => ({ exp: seconds() - 75 })],
    ['without an id', () => ({ jti: undefined })],
    ['with an empty id', () => ({ jti: '' })],
    ['with an id that is none', () => ({ jti: { toString: 'x' } })],
    ['with an endless id', () => ({ jti: 'x'.repeat(2_000) })],
  ];
  test.each(wrong)('%s', async (_what, claims) => {
    await refused(() => key.proof(URL_OF_PROOFS, token, claims()));
  });

  const dressed: [string, () => Record<string, unknown>][] = [
    ['of another type', () => ({ typ: 'at+jwt' })],
    ['of no type', () => ({ typ: undefined })],
    ['without its key', () => ({ jwk: undefined })],
    ['with a key set in its place', () => ({ jwk: { keys: [key.jwk] } })],
    ['with the key’s private half', () => ({ jwk: { ...key.jwk, d: 'AAAA' } })],
    ['with an empty private half', () => ({ jwk: { ...key.jwk, d: '' } })],
    ['with a shared secret', () => ({ jwk: { kty: 'oct', k: 'AAAA' } })],
    ['with a critical header', () => ({ crit: ['strict'], strict: true })],
  ];
  test.each(dressed)('%s', async (_what, header) => {
    await refused(() => key.proof(URL_OF_PROOFS, token, {}, header()));
  });

  test.each(['none', 'HS256', 'RS256', 'ES256K'])('with alg %s', async (alg) => {
    const payload = part({ htm: 'POST', htu: URL_OF_PROOFS, iat: seconds(), jti: alg, ath: 'x' });
    const text = `${part({ alg, typ: 'dpop+jwt', jwk: key.jwk })}.${payload}`;
    const mac = createHmac('sha256', JSON.stringify(key.jwk)).update(text).digest('base64url');
    for (const signature of ['', mac]) await refused(async () => `${text}.${signature}`);
  });

  test('that is no JWT, or too long to be one', async () => {
    for (const text of ['x', 'a.b.c', '..', part({}), 'x'.repeat(8_000)]) await refused(async () => text);
    await refused(() => key.proof(URL_OF_PROOFS, token, { more: 'x'.repeat(4_000) }));
  });

  test('beside a second one, in two headers or in one', async () => {
    const proof = () => key.proof(URL_OF_PROOFS, token);
    await refused(async () => [await proof(), await proof()]);
    await refused(async () => `${await proof()}, ${await proof()}`);
    // Node keeps but the first of some headers: this is judged on what came.
    const one = await proof();
    const body = JSON.stringify({ query });
    const lines = [`DPoP: ${one}`, `dPOP: ${await stranger.proof(URL_OF_PROOFS, token)}`];
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: DPoP ${token}\r\n`;
    const bytes = `${head}${lines.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    expect(await raw(urls[0], bytes)).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('for an address that only looks another: case, default port, query and fragment', async () => {
    for (const htu of ['HTTPS://DATA.example:443/graphql', `${URL_OF_PROOFS}?a=b`, `${URL_OF_PROOFS}#f`]) {
      served(await asked(urls[0], await key.proof(URL_OF_PROOFS, token, { htu })));
    }
  });
});

test('a request target with scheme and host names no other address', async () => {
  const body = JSON.stringify({ query });
  const sent = async (target: string, htu: string) => {
    const proof = await key.proof(htu, token);
    const head = `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
    const credentials = `Authorization: DPoP ${token}\r\nDPoP: ${proof}\r\n`;
    const bytes = `${head}${credentials}Content-Length: ${body.length}\r\n\r\n${body}`;
    return (await raw(urls[0], bytes))?.split(' ', 2)[1];
  };
  expect(await sent(URL_OF_PROOFS, URL_OF_PROOFS)).toBe('200');
  expect(await sent('http://evil.example/graphql', URL_OF_PROOFS)).toBe('200');
  expect(await sent('http://evil.example/graphql', 'http://evil.example/graphql')).toBe('401');
  expect(await sent('/graphql?access_token=x', URL_OF_PROOFS)).toBe('200');
});

describe('a proof that was used', () => {
  test('is refused by the process that took it, for as long as it looks young', async () => {
    const proof = await key.proof(URL_OF_PROOFS, token, { iat: seconds() + 30 });
    served(await asked(urls[0], proof));
    const { status, headers } = await asked(urls[0], proof);
    expect([status, headers['www-authenticate']]).toEqual([401, challenge('invalid_dpop_proof', 'dpop_replayed')]);
  });

  test('is refused by every other process, and in a race one of forty wins', async () => {
    // That it was not checked is told by `startRedis`.
    if (!redis) return;
    const proof = await key.proof(URL_OF_PROOFS, token);
    served(await asked(urls[0], proof));
    expect((await asked(urls[1], proof)).headers['www-authenticate']).toBe(
      challenge('invalid_dpop_proof', 'dpop_replayed'),
    );
    const raced = await key.proof(URL_OF_PROOFS, token);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => asked(urls[n % 2 ? 1 : 0], raced)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(39);
  });

  test('is told from the same id of another key', async () => {
    const bound = await federation.token('name', { cnf: { jkt: stranger.jkt } });
    served(await asked(urls[0], await key.proof(URL_OF_PROOFS, token, { jti: 'one' })));
    served(await asked(urls[0], await stranger.proof(URL_OF_PROOFS, bound, { jti: 'one' }), `DPoP ${bound}`));
  });

  test('is used up by no request that was refused for another reason', async () => {
    const proof = await key.proof(URL_OF_PROOFS, token);
    const late = await federation.token('name', { cnf: { jkt: key.jkt }, aud: 'urn:other' });
    expect((await asked(urls[0], proof, `DPoP ${late}`)).status).toBe(401);
    served(await asked(urls[0], proof));
  });
});

describe('a token', () => {
  const reasonOf = async (url: string, authorization: string, proof?: string) => {
    const { status, headers, body } = await asked(url, proof, authorization);
    expect(status).toBe(401);
    return [headers['www-authenticate'], body.errors?.[0]?.extensions.reason];
  };

  test('that is bound, sent as Bearer, with its proof or without', async () => {
    const expected = [challenge('invalid_token', 'bound_token_without_proof'), 'bound_token_without_proof'];
    for (const url of urls) {
      expect(await reasonOf(url, `Bearer ${token}`)).toEqual(expected);
      expect(await reasonOf(url, `Bearer ${token}`, await key.proof(URL_OF_PROOFS, token))).toEqual(expected);
    }
  });

  test('that is bound to nothing, sent as DPoP with a good proof', async () => {
    const unbound = await federation.token('name');
    const proof = await key.proof(URL_OF_PROOFS, unbound);
    expect(await reasonOf(urls[0], `DPoP ${unbound}`, proof)).toEqual([
      challenge('invalid_dpop_proof', 'dpop_proof'),
      'dpop_proof',
    ]);
  });

  test('that is bound to nothing, where tokens have to be bound', async () => {
    const unbound = await federation.token('name');
    served(await asked(urls[0], undefined, `Bearer ${unbound}`));
    for (const authorization of [`Bearer ${unbound}`, `DPoP ${unbound}`]) {
      expect(await reasonOf(urls[1], authorization)).toEqual([
        challenge('invalid_token', 'unbound_token'),
        'unbound_token',
      ]);
    }
  });

  test.each<[string, unknown, string]>([
    ['by a method that is not known', { kid: 'x' }, 'binding_method'],
    ['by nothing', {}, 'binding_method'],
    ['by a key that is none', { jkt: 1 }, 'claim'],
    ['by an empty key', { jkt: '' }, 'claim'],
    ['by a text', 'jkt', 'claim'],
    ['by null', null, 'claim'],
  ])('that is bound %s counts as bound: never as free', async (_what, cnf, reason) => {
    const odd = await federation.token('name', { cnf } as JWTPayload);
    expect((await reasonOf(urls[0], `Bearer ${odd}`))[1]).toBe(reason);
    expect((await reasonOf(urls[0], `DPoP ${odd}`, await key.proof(URL_OF_PROOFS, odd)))[1]).toBe(reason);
  });

  test('that was stolen, with a proof for a token of the thief’s', async () => {
    const own = await mint(federation.issuers[0], { scope: '', cnf: { jkt: stranger.jkt } });
    expect((await reasonOf(urls[0], `DPoP ${token}`, await stranger.proof(URL_OF_PROOFS, own)))[1]).toBe('dpop_proof');
    expect((await reasonOf(urls[0], `DPoP ${token}`, await stranger.proof(URL_OF_PROOFS, token)))[1]).toBe(
      'dpop_proof',
    );
  });
});

describe('where a nonce is demanded', () => {
  const withNonce = async (nonce: unknown) =>
    asked(nonces.url, await key.proof(URL_OF_PROOFS, token, nonce === undefined ? {} : { nonce }));
  const handedOut = async () => String((await withNonce(undefined)).headers['dpop-nonce']);

  test.each<[string, unknown]>([
    ['none', undefined],
    ['one of the caller’s', 'x'],
    ['an empty one', ''],
    ['one that is no text', 5],
    ['one that only looks like one', 'A'.repeat(43)],
  ])('%s is answered with one, and once that is used the caller is served', async (_what, given) => {
    const { status, headers } = await withNonce(given);
    expect([status, headers['www-authenticate']]).toEqual([401, challenge('use_dpop_nonce', 'dpop_nonce')]);
    const next = await withNonce(headers['dpop-nonce']);
    served(next);
    // RFC 9449 §8.2: the next one comes with the answer.
    expect(next.headers['dpop-nonce']).toMatch(/^[\w-]{43}$/);
  });

  test('what one process hands out the others take, and none is derived from anything public', async () => {
    const demanding = await federation.another({ LIENTHONG_AUTHENTICATION_DPOP_NONCE: 'required' });
    const nonce = await handedOut();
    served(await asked(demanding.url, await key.proof(URL_OF_PROOFS, token, { nonce })));
    for (const guess of ['', 'gateway', federation.issuers[0].issuer]) {
      const made = createHmac('sha256', guess)
        .update(String(Math.floor(Date.now() / 150_000)))
        .digest('base64url');
      expect((await withNonce(made)).status).toBe(401);
    }
  });

  test('a proof with a good nonce is still used once', async () => {
    const proof = await key.proof(URL_OF_PROOFS, token, { nonce: await handedOut() });
    served(await asked(nonces.url, proof));
    expect((await asked(nonces.url, proof)).body.errors?.[0]?.extensions.reason).toBe('dpop_replayed');
  });
});

test('the metadata tells where every token has to come with a proof', async () => {
  const told = await Promise.all(
    urls.map(async (url) => {
      const { body } = await request(`${new URL(url).origin}/.well-known/oauth-protected-resource/graphql`);
      return ((await body.json()) as Record<string, unknown>).dpop_bound_access_tokens_required;
    }),
  );
  expect(told).toEqual([false, true]);
});

test('a proof is no access token, and an access token no proof', async () => {
  const proof = await key.proof(URL_OF_PROOFS, token);
  expect((await asked(urls[0], token, `DPoP ${proof}`)).status).toBe(401);
  const like = await new SignJWT({ htm: 'POST', htu: URL_OF_PROOFS, jti: 'x' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', jwk: key.jwk })
    .setIssuedAt()
    .sign(key.privateKey);
  await refused(async () => like);
});
