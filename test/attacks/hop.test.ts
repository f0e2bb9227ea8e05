import { createHash, generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@lienthong/kit/testing';
import { exportJWK, generateKeyPair, importPKCS8, type JWK, type JWTPayload, SignJWT } from 'jose';
import { Agent, request } from 'undici';

import { type Authority, type Credentials, certificateAuthority } from '../kit/certificates.ts';
import { type HttpAnswer, send } from '../kit/http.ts';
import { logged, type Running, repository, run, start, typescript } from '../kit/process.ts';
import { type RecordingProxy, recordingProxy } from '../kit/recording-proxy.ts';

// The hop from the gateway to a department, each a process: over HTTP, and over TLS with certificates of both.
jest.setTimeout(120_000);

/** A claim set to `undefined` is left out. */
type Claims = Readonly<Record<string, unknown>>;
type PrivateKey = Awaited<ReturnType<typeof importPKCS8>>;

const ISSUER = 'https://idp.example';
const PARCELS = '{ parcels(commune: "21289", first: 1) { pageInfo { hasNextPage } } }';
const SCOPES = 'land:parcel:read land:parcel:read:bulk';
const BODY = JSON.stringify({ query: PARCELS });
const TYPENAME = JSON.stringify({ query: '{ __typename }' });

const undo: (() => unknown)[] = [];
let folder: string;
let database: TestDatabase;
let authority: Authority;
let stranger: Authority;
let gatewayCredentials: Credentials;
let issuerKey: PrivateKey;
let gatewayKey: { readonly key: PrivateKey; readonly kid: string };
let answerKey: { readonly key: PrivateKey; readonly kid: string };
const deployer = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** One department in three settings: plain and bound to bodies, plain with the channel, TLS with the channel. */
let plain: Running;
let channel: Running;
let tls: Running;
/** Composed of what is true; its other departments are of the test. */
let gateway: Running;
let commune: RecordingProxy;

const inFolder = (name: string) => join(folder, name);
const write = (name: string, text: string) => writeFile(inFolder(name), text, { mode: 0o600 });

const startLand = async (env: NodeJS.ProcessEnv): Promise<Running> => {
  const running = await start([...typescript('department'), 'subgraphs/land/index.ts'], {
    LAND_DATABASE_URL: database.url,
    LAND_PORT: '0',
    PROVINCE_KEY_FILE: inFolder('province.key'),
    GATEWAY_JWKS: inFolder('gateway-jwks.json'),
    ...env,
  });
  undo.push(() => running.stop());
  return running;
};

const startGateway = async (name: string, lines: readonly string[]): Promise<Running> => {
  const config = [
    'environment: development',
    'listen: { port: 0 }',
    'metrics: false',
    'authentication:',
    '  issuers:',
    `    - { issuer: "${ISSUER}", jwks: { file: ./issuer-jwks.json } }`,
    ...lines,
  ];
  await write(`${name}.yaml`, config.join('\n'));
  const running = await start(['gateway/cli/bin/lienthong.js', 'gateway', '--config', inFolder(`${name}.yaml`)], {});
  undo.push(() => running.stop());
  return running;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-hop-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  database = await testDatabase('hop');
  undo.push(() => database.drop());

  authority = await certificateAuthority('province');
  stranger = await certificateAuthority('stranger');
  const serverCredentials = await authority.issue('land', 'server');
  gatewayCredentials = await authority.issue('gateway', 'client');
  const issuer = await generateKeyPair('ES256', { extractable: true });
  issuerKey = issuer.privateKey;
  await Promise.all([
    write('province.key', `k1.${'A'.repeat(43)}\n`),
    write('ca.pem', authority.certificate),
    write('land.pem', serverCredentials.certificate),
    write('land.key', serverCredentials.key),
    write('gateway.pem', gatewayCredentials.certificate),
    write('gateway.key', gatewayCredentials.key),
    write(
      'issuer-jwks.json',
      JSON.stringify({ keys: [{ ...(await exportJWK(issuer.publicKey)), kid: 'i', alg: 'ES256' }] }),
    ),
    write(
      'deployer-jwks.json',
      JSON.stringify({ keys: [{ ...deployer.publicKey.export({ format: 'jwk' }), kid: 'd', alg: 'ES256' }] }),
    ),
  ]);
  const seeded = await run([...typescript('department'), 'subgraphs/land/index.ts', 'seed', '--citizens', '60'], {
    LAND_DATABASE_URL: database.url,
    PROVINCE_KEY_FILE: inFolder('province.key'),
  });
  if (seeded.code !== 0) throw new Error(seeded.stderr);

  [plain, channel, tls] = await Promise.all([
    startLand({ DEPLOYER_JWKS: inFolder('deployer-jwks.json') }),
    startLand({ INTERNAL_TOKEN_BINDING: 'channel' }),
    startLand({
      INTERNAL_TOKEN_BINDING: 'channel',
      LAND_TLS_CERTIFICATE: inFolder('land.pem'),
      LAND_TLS_KEY: inFolder('land.key'),
      LAND_TLS_CLIENT_CA: inFolder('ca.pem'),
    }),
  ]);
  commune = await recordingProxy(plain.url);
  undo.push(() => commune.close());
  commune.divert((_request, response) => {
    response.setHeader('content-type', 'application/json').end('{"data":{"commune":{"name":"Xã Sơn Hà"}}}');
  });
  gateway = await startGateway('gateway', [
    `supergraph: { file: ${join(repository, 'schema/supergraph.graphql')} }`,
    'authorization: { unguarded: refuse }',
    'internalToken: { keyFile: ./gateway-key.pem, binding: channel }',
    'departments:',
    `  citizens: { url: "${commune.url}" }`,
    `  land: { url: "${tls.url}", tls: { ca: ./ca.pem, certificate: ./gateway.pem, key: ./gateway.key } }`,
  ]);
  const published = await (await request(new URL('/.well-known/departments-jwks.json', gateway.url))).body.text();
  await write('gateway-jwks.json', published);
  const key = await importPKCS8(await readFile(inFolder('gateway-key.pem'), 'utf8'), 'ES256');
  gatewayKey = { key, kid: JSON.parse(published).keys[0].kid };
  const answers = await importPKCS8(await readFile(inFolder('signing-key.pem'), 'utf8'), 'ES256');
  const all = (await (await request(new URL('/.well-known/jwks.json', gateway.url))).body.json()) as { keys: JWK[] };
  const ofAnswers = all.keys.filter(({ kid }) => kid !== gatewayKey.kid);
  answerKey = { key: answers, kid: String(ofAnswers[0]?.kid) };
});
afterAll(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const seconds = () => Math.floor(Date.now() / 1_000);
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('base64url');

const proper = (): JWTPayload => ({
  iss: 'urn:gateway',
  aud: 'urn:subgraph:land',
  iat: seconds(),
  exp: seconds() + 30,
  jti: randomUUID(),
  req: 'r',
  bh: sha256(BODY),
  iss_user: ISSUER,
  sub: 'officer',
  client_id: 'mot-cua',
  act: { sub: 'urn:gateway', act: { sub: 'mot-cua' } },
  purpose: 'TTHC',
  scope: SCOPES,
});
/** What the gateway would sign, or would never: its key is on the test's disk. */
const internal = (change: Claims = {}, header: { typ?: string } = {}, by = gatewayKey): Promise<string> =>
  new SignJWT(JSON.parse(JSON.stringify({ ...proper(), ...change })))
    .setProtectedHeader({ alg: 'ES256', typ: 'gw-internal+jwt', kid: by.kid, ...header })
    .sign(by.key);
const unbound = { jti: undefined, req: undefined, bh: undefined };

const deployToken = (body: string, change: JWTPayload = {}): Promise<string> => {
  const { aud, iat, exp, jti } = proper();
  return new SignJWT({ aud, iat, exp, jti, bh: sha256(body), scope: 'department:deploy', ...change } as JWTPayload)
    .setProtectedHeader({ alg: 'ES256', typ: 'department-deploy+jwt', kid: 'd' })
    .sign(deployer.privateKey);
};

const accessToken = (scope: string, change: JWTPayload = {}): Promise<string> =>
  new SignJWT({
    iss: ISSUER,
    aud: 'urn:gateway',
    sub: 'officer',
    client_id: 'mot-cua',
    jti: randomUUID(),
    iat: seconds(),
    exp: seconds() + 300,
    purpose: 'TTHC',
    scope,
    ...change,
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'i' })
    .sign(issuerKey);

/** Past the gateway, over plain HTTP. */
const knock = (department: Running, token: string | undefined, body = BODY): Promise<HttpAnswer> =>
  send(department.url, body, {
    'content-type': 'application/json',
    'x-request-id': 'r',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  });

const refusedFor = (reason: string) => ({
  errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED', reason } }],
});
const expectRefusal = ({ status, body }: HttpAnswer, reason: string) => {
  expect(status).toBe(401);
  expect(body).toEqual(refusedFor(reason));
};
const served = { data: { parcels: { pageInfo: { hasNextPage: expect.any(Boolean) } } } };

const ask = (of: Running, query: string, token?: string, headers: Record<string, string> = {}): Promise<HttpAnswer> =>
  send(of.url, JSON.stringify({ query }), {
    'content-type': 'application/json',
    'accept-language': 'en',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...headers,
  });

describe('a department called past the gateway', () => {
  test('serves what the gateway signed, once', async () => {
    const token = await internal();
    expect((await knock(plain, token)).body).toEqual(served);
    expectRefusal(await knock(plain, token), 'replayed');
  });

  test('serves nobody who has the key that signs answers', async () => {
    expectRefusal(await knock(plain, await internal({}, {}, answerKey)), 'key');
  });

  test.each<[string, () => Promise<string> | undefined, string]>([
    ['with no token', () => undefined, 'missing'],
    ['with a client’s token', () => accessToken(SCOPES), 'key'],
    ['with another department’s token', () => internal({ aud: 'urn:subgraph:health' }), 'audience'],
    ['with an expired one', () => internal({ iat: seconds() - 60, exp: seconds() - 30 }), 'expired'],
    ['with one for another body', () => internal({ bh: sha256(`${BODY} `) }), 'body'],
    ['with one that the gateway signed as another kind', () => internal({}, { typ: 'at+jwt' }), 'type'],
    ['with a token of the channel', () => internal(unbound), 'claims'],
    [
      'with a token of the channel bound to a certificate',
      () => internal({ ...unbound, cnf: { 'x5t#S256': 'a' } }),
      'claims',
    ],
  ])('%s', async (_title, token, reason) => {
    expectRefusal(await knock(plain, await token()), reason);
    expect((await knock(plain, await internal())).body).toEqual(served);
  });

  test('answers POST /graphql and health, and 404 to everything else', async () => {
    const token = await internal();
    const status = async (method: 'GET' | 'POST' | 'PUT' | 'OPTIONS' | 'HEAD' | 'DELETE', path: string) => {
      const answer = await request(new URL(path, plain.url), {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(method === 'POST' || method === 'PUT' ? { body: BODY } : {}),
      });
      await answer.body.dump();
      return answer.statusCode;
    };
    for (const method of ['GET', 'PUT', 'OPTIONS', 'HEAD', 'DELETE'] as const) {
      expect([method, await status(method, '/graphql')]).toEqual([method, 404]);
    }
    for (const path of [
      '/',
      '/graphql/',
      '/GraphQL',
      '/graphql/x',
      '/.well-known/apollo/server-health',
      '/metrics',
      '/health',
    ]) {
      expect([path, await status('POST', path)]).toEqual([path, 404]);
    }
    expect(await status('GET', '/health/live')).toBe(200);
  });
});

describe('what only the deployer may ask', () => {
  const descriptions = [
    '{ __schema { types { name } } }',
    '{ __type(name: "Parcel") { name } }',
    '{ _service { sdl } }',
  ];

  test.each([...descriptions, '{ ...F } fragment F on Query { x: _service { sdl } }'])(
    'the gateway’s token does not open %s',
    async (query) => {
      const body = JSON.stringify({ query });
      for (const change of [{}, { scope: 'department:deploy' }]) {
        const answer = await knock(plain, await internal({ bh: sha256(body), ...change }), body);
        expect(answer.status).toBe(400);
        expect(answer.body.data).toBeUndefined();
        expect(answer.text).not.toMatch(/encumbrances|LandRight|requiresScopes/);
      }
    },
  );

  test.each(descriptions)('the deployer’s token opens %s', async (query) => {
    const body = JSON.stringify({ query });
    const answer = await knock(plain, await deployToken(body), body);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('Parcel');
  });

  test.each([
    PARCELS,
    '{ _service { sdl } parcel(commune: "21289", sheet: 1, number: 1) { sheet } }',
    '{ __typename }',
  ])('and opens no record: %s', async (query) => {
    const body = JSON.stringify({ query });
    const answer = await knock(plain, await deployToken(body), body);
    expect(answer.body).toEqual({
      errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_REQUEST' }) })],
    });
  });

  test('a department without keys of a deployer knows none', async () => {
    expectRefusal(await knock(channel, await deployToken(TYPENAME), TYPENAME), 'key');
  });
});

describe('a token bound to the channel', () => {
  test('serves again on this machine, for other bodies too', async () => {
    const token = await internal(unbound);
    expect((await knock(channel, token)).body).toEqual(served);
    expect((await knock(channel, token, TYPENAME)).body).toEqual({ data: { __typename: 'Query' } });
  });

  test('of a certificate is refused without TLS', async () => {
    const { raw } = new X509Certificate(gatewayCredentials.certificate);
    expectRefusal(await knock(channel, await internal({ ...unbound, cnf: { 'x5t#S256': sha256(raw) } })), 'channel');
  });

  test('that lives for more than 30 s is refused', async () => {
    expectRefusal(await knock(channel, await internal({ ...unbound, exp: seconds() + 45 })), 'lifetime');
  });

  describe('over TLS', () => {
    const agents: Agent[] = [];
    afterAll(() => Promise.all(agents.map((agent) => agent.close())));
    const over = async (credentials: Credentials | undefined, token: string): Promise<HttpAnswer> => {
      const own = credentials ? { cert: credentials.certificate, key: credentials.key } : {};
      const agent = new Agent({ connect: { ca: authority.certificate, ...own } });
      agents.push(agent);
      const headers = { 'content-type': 'application/json', 'x-request-id': 'r', authorization: `Bearer ${token}` };
      const answer = await request(tls.url, { method: 'POST', headers, body: BODY, dispatcher: agent });
      const text = await answer.body.text();
      return { status: answer.statusCode, headers: answer.headers, text, body: JSON.parse(text) };
    };
    let bound: string;
    beforeEach(async () => {
      const { raw } = new X509Certificate(gatewayCredentials.certificate);
      bound = await internal({ ...unbound, cnf: { 'x5t#S256': sha256(raw) } });
    });

    test('serves the holder of its certificate', async () => {
      expect(tls.url).toMatch(/^https:/);
      expect((await over(gatewayCredentials, bound)).body).toEqual(served);
    });

    test('is worth nothing with another certificate of the same authority', async () => {
      expectRefusal(await over(await authority.issue('portal', 'client'), bound), 'channel');
    });

    test('that names no certificate is worth nothing, though it comes from this machine', async () => {
      expectRefusal(await over(gatewayCredentials, await internal(unbound)), 'channel');
    });

    test('without a certificate, or with one of another authority, nobody gets as far as HTTP', async () => {
      await expect(over(undefined, bound)).rejects.toThrow();
      await expect(over(await stranger.issue('gateway', 'client'), bound)).rejects.toThrow();
    });

    test('plain HTTP is not spoken there', async () => {
      await expect(send(tls.url.replace('https:', 'http:'), BODY, {})).rejects.toThrow();
    });
  });
});

describe('the gateway', () => {
  test('reaches a department that wants its certificate', async () => {
    const token = await accessToken(SCOPES);
    for (let turn = 0; turn < 2; turn += 1) expect((await ask(gateway, PARCELS, token)).body).toEqual(served);
  });

  test('uses one token for one caller, and each has his own; requests keep their ids', async () => {
    commune.clear();
    const query = '{ commune(code: "21289") { name } }';
    const [first, second] = [await accessToken(SCOPES), await accessToken(SCOPES, { sub: 'other' })];
    for (const token of [first, first, second, undefined, undefined]) {
      const forged = {
        'x-request-id': 'forged',
        x_request_id: 'forged',
        'x-user': 'root',
        x_forwarded_for: '10.0.0.1',
      };
      expect((await ask(gateway, query, token, forged)).status).toBe(200);
    }
    const [a, b, c, d, e] = commune.calls.map(({ headers }) => headers.authorization);
    expect(b).toBe(a);
    expect(e).toBe(d);
    expect(new Set([a, c, d]).size).toBe(3);
    expect(new Set(commune.calls.map(({ headers }) => headers['x-request-id'])).size).toBe(5);
    for (const { headers } of commune.calls) {
      const payload = JSON.parse(
        Buffer.from(String(headers.authorization).split('.')[1] ?? '', 'base64url').toString(),
      );
      expect(Object.keys(payload)).not.toEqual(expect.arrayContaining(['jti']));
      expect(payload).not.toHaveProperty('bh');
      expect(payload).not.toHaveProperty('req');
      expect(payload.exp - payload.iat).toBeLessThanOrEqual(30);
      // A department learns of no scope that none of its own rules names.
      expect(payload.scope).not.toContain('bulk');
      expect(JSON.stringify(headers)).not.toMatch(/forged|root|10\.0\.0\.1/);
    }
  });
});

describe('a gateway that errs', () => {
  let erring: Running;
  let imposed = 0;
  beforeAll(async () => {
    const credentials = await stranger.issue('citizens', 'server');
    const impostor = createServer({ cert: credentials.certificate, key: credentials.key }, (_request, response) => {
      imposed += 1;
      response.end('{"data":{"commune":{"name":"stolen"}}}');
    }).listen(0, '127.0.0.1');
    await once(impostor, 'listening');
    undo.push(() => impostor.close());
    const { port } = impostor.address() as AddressInfo;
    const supergraph = await readFile(join(repository, 'schema/supergraph.graphql'), 'utf8');
    await write(
      'unguarded.graphql',
      supergraph.replaceAll(/ *@(?:requiresScopes|policy)\((?:scopes|policies): \[\[.*?\]\]\)/g, ''),
    );
    erring = await startGateway('erring', [
      'supergraph: { file: ./unguarded.graphql }',
      'internalToken: { keyFile: ./gateway-key.pem }',
      'departments:',
      `  citizens: { url: "https://127.0.0.1:${port}/graphql", tls: { ca: ./ca.pem } }`,
      `  land: { url: "${plain.url}" }`,
    ]);
  });

  test('is refused by the department, and its client learns nothing of it', async () => {
    const { body, text } = await ask(erring, PARCELS, await accessToken('citizens:basic:read'));
    expect(body).toEqual({
      data: { parcels: null },
      errors: [
        {
          message: expect.any(String),
          path: ['parcels'],
          extensions: expect.objectContaining({ code: 'DEPARTMENT_ERROR', department: 'land' }),
        },
      ],
    });
    expect(text).not.toMatch(/UNAUTHORIZED|Query\.parcels|scope/);
    await logged(erring, '"failure":"refused"');
    expect(erring.log()).toContain('"coordinate":"Query.parcels"');
    await logged(plain, '"defect":"gateway"');
  });

  test('sends nothing to a department whose certificate is another authority’s', async () => {
    const { body } = await ask(erring, '{ commune(code: "21289") { name } }');
    expect(body.data).toEqual({ commune: null });
    expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['DEPARTMENT_UNAVAILABLE']);
    expect(imposed).toBe(0);
  });
});
