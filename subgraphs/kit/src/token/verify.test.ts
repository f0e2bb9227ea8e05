import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, type JWTVerifyGetKey, SignJWT } from 'jose';
import { type TestPrincipal, type TokenFlaws, testGateway } from '../testing/gateway.ts';
import type { Channel } from './channel.ts';
import { TokenRefused, TokenUndecided } from './reasons.ts';
import { createReplayMemory } from './replay.ts';
import { type Admission, createTokenVerifier, type VerifierParts } from './verify.ts';

const clock = { now: new Date('2026-01-15T03:00:00Z') };
const seconds = () => Math.floor(clock.now.getTime() / 1000);
const gateway = testGateway(() => clock.now);
const keys = createLocalJWKSet(gateway.jwks);

const verifier = (parts: Partial<VerifierParts> = {}) =>
  createTokenVerifier({
    department: 'land',
    keys,
    binding: 'channel',
    replay: createReplayMemory(),
    now: () => clock.now,
    ...parts,
  });

const BODY = Buffer.from('{"query":"{ __typename }"}');
const HERE: Channel = { loopback: true, encrypted: false, certificate: undefined };
const ELSEWHERE: Channel = { loopback: false, encrypted: false, certificate: undefined };
const tls = (certificate?: string): Channel => ({ loopback: true, encrypted: true, certificate });

const unbound = { jti: undefined, req: undefined, bh: undefined };
const token = (claims: TokenFlaws['claims'] = unbound, principal: TestPrincipal = {}) =>
  gateway.token('land', BODY, principal, { claims });

const judge = async (
  authorization: string | undefined,
  channel: Channel,
  { with: against = verifier(), requestId = 'r-1' as string | undefined, body = BODY } = {},
): Promise<Admission | string> => {
  try {
    return await against.verify({
      authorization: authorization === undefined ? undefined : `Bearer ${authorization}`,
      requestId,
      body,
      channel,
    });
  } catch (error) {
    if (error instanceof TokenRefused || error instanceof TokenUndecided) return error.reason;
    throw error;
  }
};

const admitted = { kind: 'caller', requestId: 'r-1', caller: expect.objectContaining({ clientId: 'test-client' }) };
const bound = (thumbprint: unknown) => ({ ...unbound, cnf: { 'x5t#S256': thumbprint } });

describe('a token of the channel', () => {
  test.each<[string, Record<string, unknown>, Channel, unknown]>([
    ['from this machine', unbound, HERE, admitted],
    ['from another machine, unencrypted', unbound, ELSEWHERE, 'channel'],
    ['over TLS without a certificate in the token', unbound, tls('a'), 'channel'],
    ['over TLS without any certificate', unbound, tls(), 'channel'],
    ['over TLS with its certificate', bound('a'), tls('a'), admitted],
    ['over TLS with another', bound('a'), tls('b'), 'channel'],
    ['over TLS without one', bound('a'), tls(), 'channel'],
    ['of a certificate, unencrypted', bound('a'), HERE, 'channel'],
    ['of another kind of confirmation', { ...unbound, cnf: { jkt: 'a' } }, HERE, 'channel'],
    ['of a confirmation that is none', { ...unbound, cnf: 'a' }, HERE, 'channel'],
    ['of a certificate that is no text', bound(undefined), tls(), 'channel'],
    ['with a part of what binds it to a body', { ...unbound, jti: 'a' }, HERE, 'claims'],
    ['with a body hash and no id', { ...unbound, bh: 'a', req: 'a' }, HERE, 'claims'],
    ['that lives for more than 30 s', { ...unbound, exp: seconds() + 31 }, HERE, 'lifetime'],
    ['for another department', { ...unbound, aud: 'urn:subgraph:health' }, HERE, 'audience'],
    ['that has expired', { ...unbound, iat: seconds() - 41, exp: seconds() - 11 }, HERE, 'expired'],
  ])('%s', async (_title, claims, channel, verdict) => {
    expect(await judge(await token(claims), channel)).toEqual(verdict);
  });

  test('serves again, from its own channel alone, until it ends', async () => {
    const against = verifier();
    const authorization = await token(bound('a'));
    for (const requestId of ['r-1', 'r-2']) {
      expect(await judge(authorization, tls('a'), { with: against, requestId })).toMatchObject({ requestId });
    }
    expect(await judge(authorization, tls('b'), { with: against })).toBe('channel');
    expect(await judge(authorization, HERE, { with: against })).toBe('channel');
    clock.now = new Date(clock.now.getTime() + 41_000);
    expect(await judge(authorization, tls('a'), { with: against })).toBe('expired');
  });

  test('is verified once', async () => {
    let looked = 0;
    const counted: JWTVerifyGetKey = (header, jws) => {
      looked += 1;
      return keys(header, jws);
    };
    const against = verifier({ keys: counted });
    const authorization = await token();
    for (let turn = 0; turn < 3; turn += 1) await judge(authorization, HERE, { with: against });
    expect(looked).toBe(1);
  });

  test.each([undefined, '', 'a b', 'a\u0007', 'x'.repeat(129)])('with the request id %j', async (requestId) => {
    const against = verifier();
    const authorization = await token();
    const verify = () =>
      against.verify({ authorization: `Bearer ${authorization}`, requestId, body: BODY, channel: HERE });
    await expect(verify()).rejects.toMatchObject({ reason: 'claims' });
    await judge(authorization, HERE, { with: against });
    expect(verify).toThrow(expect.objectContaining({ reason: 'claims' }));
  });

  test('is refused by a department that wants tokens bound to the body, wherever it comes from', async () => {
    for (const [claims, channel] of [[unbound, HERE] as const, [bound('a'), tls('a')] as const]) {
      expect(await judge(await token(claims), channel, { with: verifier({ binding: 'body' }) })).toBe('claims');
    }
  });

  test('does not loosen what is bound to a body', async () => {
    const against = verifier();
    const authorization = await token({});
    expect(await judge(authorization, ELSEWHERE, { with: against, body: Buffer.from('{}') })).toBe('body');
    expect(await judge(authorization, ELSEWHERE, { with: against })).toMatchObject({ kind: 'caller' });
    expect(await judge(authorization, ELSEWHERE, { with: against })).toBe('replayed');
  });
});

test('a replay store out of reach lets nobody in', async () => {
  const firstUse = async () => {
    throw new TokenUndecided('replay_store_unavailable');
  };
  expect(await judge(await token({}), HERE, { with: verifier({ replay: { firstUse } }) })).toBe(
    'replay_store_unavailable',
  );
});

describe('the deployer', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const deployerKeys = createLocalJWKSet({ keys: [{ ...publicKey.export({ format: 'jwk' }), kty: 'EC', kid: 'd' }] });
  const deployToken = (changes: Record<string, unknown> = {}, key = privateKey, typ = 'department-deploy+jwt') =>
    new SignJWT({
      aud: 'urn:subgraph:land',
      iat: seconds(),
      exp: seconds() + 30,
      jti: randomUUID(),
      scope: 'department:deploy',
      bh: 'kQdqlhasDNntntftKLr-cg9HwM2EBuaLRbbduh_ouJc',
      ...changes,
    })
      .setProtectedHeader({ alg: 'ES256', typ, kid: 'd' })
      .sign(key);

  test('is let in by a key of his own, once', async () => {
    const against = verifier({ deployerKeys });
    const authorization = await deployToken({ jti: 'one' });
    expect(await judge(authorization, ELSEWHERE, { with: against })).toEqual({ kind: 'deployer', requestId: 'one' });
    expect(await judge(authorization, ELSEWHERE, { with: against })).toBe('replayed');
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['without the scope', { scope: 'department:deployer land:parcel:read' }, 'scope'],
    ['with a scope of another shape', { scope: ['department:deploy'] }, 'scope'],
    ['for another department', { aud: 'urn:subgraph:health' }, 'audience'],
    ['of another body', { bh: 'a' }, 'body'],
    ['without a body', { bh: undefined }, 'body'],
    ['that lives too long', { exp: seconds() + 3_600 }, 'lifetime'],
    ['without an id', { jti: undefined }, 'claims'],
  ])('%s is refused', async (_title, changes, reason) => {
    expect(await judge(await deployToken(changes), HERE, { with: verifier({ deployerKeys }) })).toBe(reason);
  });

  test('and the gateway do not stand in for each other', async () => {
    const against = verifier({ deployerKeys });
    const asGateway = await deployToken({ req: 'r' }, privateKey, 'gw-internal+jwt');
    expect(await judge(asGateway, HERE, { with: against })).toBe('key');
    const asDeployer = await gateway.token(
      'land',
      BODY,
      {},
      {
        header: { typ: 'department-deploy+jwt' },
        claims: { scope: 'department:deploy' },
      },
    );
    expect(await judge(asDeployer, HERE, { with: against })).toBe('key');
    expect(await judge(await token({ scope: 'department:deploy' }), HERE, { with: against })).toMatchObject({
      kind: 'caller',
    });
  });

  test('is nobody where no key is set', async () => {
    expect(await judge(await deployToken(), HERE)).toBe('key');
  });
});
