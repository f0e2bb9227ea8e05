import { createHash } from 'node:crypto';

import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ReplayStore, StateUnavailable } from '@lienthong/state';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import { checkProof, type DpopRules } from './dpop.ts';
import { DpopNonces } from './dpop-nonce.ts';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const URL_ = 'https://data.example/graphql';
const TOKEN = 'a.b.c';
const LIFETIME = 60_000;

let privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
let jwk: JWK;
let jkt: string;
beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  privateKey = pair.privateKey;
  jwk = await exportJWK(pair.publicKey);
  jkt = await calculateJwkThumbprint(jwk);
});

/** Remembers like the real ones, and until when it was asked to. */
const store = (): ReplayStore & { readonly until: number[] } => {
  const used = new Set<string>();
  const until: number[] = [];
  return {
    until,
    async firstUse(kind, value, moment) {
      until.push(moment);
      const fresh = !used.has(`${kind} ${value}`);
      used.add(`${kind} ${value}`);
      return fresh;
    },
  };
};
const rules = (change: Partial<DpopRules> = {}): DpopRules => ({
  proofLifetime: LIFETIME,
  nonces: undefined,
  replay: store(),
  ...change,
});
const proof = (claims: Record<string, unknown> = {}) =>
  new SignJWT({
    htm: 'POST',
    htu: URL_,
    iat: NOW / 1_000,
    jti: 'one',
    ath: createHash('sha256').update(TOKEN).digest('base64url'),
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
    .sign(privateKey);
const verdict = async (text: string, given = rules(), now = NOW, method = 'POST'): Promise<string> =>
  checkProof(text, jkt, { method, url: URL_, token: TOKEN, now }, given).then(
    () => 'taken',
    (error: Error) => error.message,
  );

describe('a proof', () => {
  test('is taken for its request', async () => expect(await verdict(await proof())).toBe('taken'));

  test('is for one method, whatever that is', async () => {
    expect(await verdict(await proof({ htm: 'GET' }), rules(), NOW, 'GET')).toBe('taken');
    expect(await verdict(await proof(), rules(), NOW, 'GET')).toBe('dpop_proof');
  });

  test.each([
    [-LIFETIME, 'taken'],
    [-LIFETIME - 1, 'dpop_proof'],
    [LIFETIME, 'taken'],
    [LIFETIME + 1, 'dpop_proof'],
  ])('read %d ms from its time is %s', async (offset, expected) => {
    expect(await verdict(await proof(), rules(), NOW + offset)).toBe(expected);
  });

  test('that was used is remembered for longer than any clock takes it for young', async () => {
    const given = rules();
    const text = await proof();
    expect(await verdict(text, given)).toBe('taken');
    expect(await verdict(text, given)).toBe('dpop_replayed');
    const { until } = given.replay as ReturnType<typeof store>;
    for (const moment of until) expect(moment).toBeGreaterThanOrEqual(NOW + LIFETIME + 60_000);
  });

  test('that is refused is not used up, and one with a bad nonce neither', async () => {
    const nonces = new DpopNonces(Buffer.from('k'));
    const given = rules({ nonces });
    expect(await verdict(await proof({ htm: 'GET' }), given)).toBe('dpop_proof');
    expect(await verdict(await proof(), given)).toBe('dpop_nonce');
    expect(await verdict(await proof({ nonce: nonces.current(NOW - 600_000) }), given)).toBe('dpop_nonce');
    expect(await verdict(await proof({ nonce: nonces.current(NOW) }), given)).toBe('taken');
  });

  test('whose first use cannot be known is told apart from a bad one', async () => {
    const replay = { firstUse: () => Promise.reject(new StateUnavailable('test')) };
    expect(await verdict(await proof(), rules({ replay }))).toContain('shared state is unavailable');
    expect(await verdict(await proof({ jti: '' }), rules({ replay }))).toBe('dpop_proof');
  });

  test('of one key after those of others: keys are kept, none is mixed up', async () => {
    const given = rules();
    for (let n = 0; n < 3; n++) {
      const other = await generateKeyPair('ES256', { extractable: true });
      const text = await new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(other.publicKey) })
        .sign(other.privateKey);
      expect(await verdict(text, given)).toBe('dpop_proof');
      expect(await verdict(await proof({ jti: `after ${n}` }), given)).toBe('taken');
    }
  });
});
