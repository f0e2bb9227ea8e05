import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { request } from 'undici';

import { type KeyServer, keyServer } from '../kit/key-server.ts';
import { mint, type SmallFederation, type SmallIssuer, startSmallFederation } from '../kit/small-federation.ts';
import { registry } from './registry.ts';

jest.setTimeout(120_000);

const query = '{ me { name } }';
const NAMES = ['steady', 'flooded', 'late', 'rotating', 'withdrawing', 'leaving'] as const;

/** Answers that are no key set. @param other the address of one that belongs to another issuer */
const FAULTS = (other: string): readonly KeyServer['fault'][] => [
  { status: 302, body: '', location: other },
  { status: 500, body: '{"keys":[]}' },
  { status: 200, body: '<html>' },
  { status: 200, body: 'null' },
  { status: 200, body: '{"keys":{}}' },
  { status: 200, body: `{"keys":[],"more":"${'x'.repeat(300_000)}"}` },
  'hangs',
];
const BROKEN = FAULTS('').map((_, n) => `broken${n}`);
const ISSUERS = [...NAMES, ...BROKEN].map((name) => `https://${name}.example`);

let servers: Record<(typeof NAMES)[number], KeyServer> & { readonly broken: readonly KeyServer[] };
let made: readonly KeyServer[] = [];
let federation: SmallFederation;
let urls: readonly [string, string];

beforeAll(async () => {
  made = await Promise.all(ISSUERS.map(keyServer));
  const named = Object.fromEntries(NAMES.map((name, n) => [name, made[n]])) as Omit<typeof servers, 'broken'>;
  servers = { ...named, broken: made.slice(NAMES.length) };
  for (const server of made) server.keys.set('first', await server.key('first'));
  await servers.late.down();
  federation = await startSmallFederation({ departments: registry, trusted: made.map(({ entry }) => entry) });
  urls = [federation.url, (await federation.another()).url];
});
afterAll(async () => {
  await federation?.close();
  await Promise.all(made.map((server) => server.close()));
});

const tokenOf = (key: SmallIssuer | undefined, claims: JWTPayload = {}, header: Record<string, unknown> = {}) => {
  if (!key) throw new Error('no such key');
  return mint(key, { scope: 'name', ...claims }, { kid: key.jwk.kid, ...header });
};
const first = (server: KeyServer) => tokenOf(server.keys.get('first'));
const verdict = async (url: string, token: string) => {
  const { status, body } = await federation.askAt(url, { query, token });
  return status === 200 && body.errors === undefined ? 'served' : (body.errors?.[0]?.extensions.reason ?? status);
};
/** Asks until the answer is the expected one: cool-downs are seconds long. Every other answer on the way has to be known. */
const comes = async (ask: () => Promise<unknown>, expected: unknown, meanwhile: readonly unknown[]): Promise<void> => {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (answer === expected) return;
    expect(meanwhile).toContain(answer);
    if (Date.now() > deadline) throw new Error(`${String(expected)} never came`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};

test('keys are fetched on first need, once for many that need them at once', async () => {
  const { steady } = servers;
  expect(steady.fetches()).toBe(0);
  const tokens = await Promise.all(Array.from({ length: 30 }, () => first(steady)));
  expect(new Set(await Promise.all(tokens.map((token) => verdict(urls[0], token))))).toEqual(new Set(['served']));
  expect(steady.fetches()).toBe(1);
});

test('500 tokens that name unknown keys fetch the set at most twice, and nobody else waits for them', async () => {
  const { flooded } = servers;
  const forged = await flooded.key('forged');
  const flood = await Promise.all(
    Array.from({ length: 500 }, (_, n) => tokenOf(forged, {}, { kid: n % 5 ? `unknown-${n}` : undefined })),
  );
  const good = await first(flooded);
  const before = flooded.fetches();
  const answers = await Promise.all(
    flood.flatMap((token, n) => [verdict(urls[0], token), ...(n % 25 ? [] : [verdict(urls[0], good)])]),
  );
  expect(answers.filter((answer) => answer === 'signature')).toHaveLength(500);
  expect(answers.filter((answer) => answer === 'served')).toHaveLength(20);
  expect(flooded.fetches() - before).toBeLessThanOrEqual(2);
});

test('an issuer that is down at the start keeps nobody else out, and is taken once it is there', async () => {
  const { late, steady } = servers;
  const token = await first(late);
  const { status, headers, body } = await federation.ask({ query, token });
  expect([status, headers['retry-after'], body.errors?.[0]?.extensions.code]).toEqual([503, '5', 'ISSUER_UNAVAILABLE']);
  expect(headers['www-authenticate']).toBeUndefined();
  expect(await verdict(urls[0], await first(steady))).toBe('served');
  await late.up();
  for (const url of urls) await comes(() => verdict(url, token), 'served', [503]);
});

test('an issuer that is away is none of the callers’ business who hold its tokens', async () => {
  const { leaving } = servers;
  const tokens = await Promise.all([first(leaving), first(leaving), first(leaving)]);
  expect(await verdict(urls[0], tokens[0] ?? '')).toBe('served');
  await leaving.down();
  // Verified before or not: the set that was had goes on serving.
  for (const token of tokens) expect(await verdict(urls[0], token)).toBe('served');
  // Within the cool-down of that fetch nothing has failed yet; after it, a key made meanwhile is one that nobody can have.
  const unknown = await tokenOf(await leaving.key('unknown'));
  await comes(() => verdict(urls[0], unknown), 503, ['signature']);
  for (const token of tokens) expect(await verdict(urls[0], token)).toBe('served');
});

test('keys change while all run: nobody is lost when one is added, and one that is withdrawn takes its tokens along', async () => {
  const { rotating, withdrawing } = servers;
  const old = { rotating: await first(rotating), withdrawing: await first(withdrawing) };
  for (const url of urls) for (const token of Object.values(old)) expect(await verdict(url, token)).toBe('served');
  for (const server of [rotating, withdrawing]) server.keys.set('second', await server.key('second'));
  withdrawing.keys.delete('first');
  const fresh = {
    rotating: await tokenOf(rotating.keys.get('second')),
    withdrawing: await tokenOf(withdrawing.keys.get('second')),
  };
  await Promise.all(
    urls.flatMap((url) => [
      comes(() => verdict(url, fresh.rotating), 'served', ['signature']),
      comes(() => verdict(url, fresh.withdrawing), 'served', ['signature']),
    ]),
  );
  for (const url of urls) {
    expect(await verdict(url, old.rotating)).toBe('served');
    // Verified and remembered while its key was good.
    expect(await verdict(url, old.withdrawing)).toBe('signature');
  }
});

test('a key set that is none: 503, nothing is taken from it, and once it is one its tokens are', async () => {
  const faults = FAULTS(servers.steady.entry.split('"')[3] ?? '');
  const others = servers.steady.fetches();
  const broken = servers.broken.map((server, n) => ({ server, fault: faults[n] }));
  await Promise.all(
    broken.map(async ({ server, fault }) => {
      server.fault = fault;
      const token = await first(server);
      expect([fault, await verdict(urls[1], token)]).toEqual([fault, 503]);
      expect(server.fetches()).toBe(1);
      server.fault = undefined;
      await comes(() => verdict(urls[1], token), 'served', [503]);
    }),
  );
  expect(servers.steady.fetches()).toBe(others);
});

describe('RFC 9728: what a client may know before it has a token', () => {
  const read = async (url: string) => {
    const { statusCode, headers, body } = await request(url);
    return { status: statusCode, type: headers['content-type'], body: await body.json() };
  };

  test('stands where the challenge says', async () => {
    const { headers } = await federation.ask({ query, token: 'x' });
    const [, address = ''] = /resource_metadata="([^"]+)"/.exec(String(headers['www-authenticate'])) ?? [];
    const { origin } = new URL(federation.url);
    expect(address).toBe(`${origin}/.well-known/oauth-protected-resource/graphql`);
    expect(await read(address)).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      body: {
        resource: federation.url,
        authorization_servers: ['https://idp.example', 'https://idp.example.evil', ...ISSUERS],
        bearer_methods_supported: ['header'],
        resource_name: 'Liên Thông',
        jwks_uri: `${origin}/.well-known/jwks.json`,
        dpop_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA'],
        dpop_bound_access_tokens_required: false,
        tls_client_certificate_bound_access_tokens: false,
      },
    });
    expect((await read(`${origin}/.well-known/oauth-protected-resource`)).status).toBe(200);
  });

  test('a request without a token is anonymous, and challenged for nothing', async () => {
    const { status, headers } = await federation.ask({ query });
    expect([status, headers['www-authenticate']]).toEqual([200, undefined]);
  });

  test.each(['', 'Bearer', 'Bearer ', 'bearer', 'Basic dTpw', 'Token x', 'DPoP', 'Negotiate x', 'x'])(
    'an Authorization header of «%s» is a token that is none, never nobody',
    async (authorization) => {
      const { status, headers } = await federation.ask({ query, headers: { authorization } });
      expect([status, headers['www-authenticate']]).toEqual([
        401,
        `Bearer error="invalid_token", error_description="malformed", resource_metadata="${new URL(federation.url).origin}/.well-known/oauth-protected-resource/graphql"`,
      ]);
    },
  );
});
