import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { pino } from 'pino';
import { request } from 'undici';

import { type GatewayConfig, loadConfig } from '../config/index.ts';
import { type Gateway, startGateway } from '../gateway.ts';
import { explain } from './index.ts';

const ISSUER = 'https://issuer.example';
const FATHER = '051085000001';
const SUPERGRAPH = readFileSync(
  fileURLToPath(new URL('../../../../schema/supergraph.graphql', import.meta.url)),
  'utf8',
);

let folder: string;
let sign: (claims: Record<string, unknown>) => Promise<string>;
/** Stands for every department, and is never to be asked. */
let department: Server;
let asked: number;
const running: Gateway[] = [];
let log: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'explain-endpoint-'));
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] }));
  sign = (claims) =>
    new SignJWT({ client_id: 'mot-cua', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })
      .setIssuer(ISSUER)
      .setSubject('mot-cua')
      .setAudience('urn:gateway')
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti('j')
      .sign(privateKey);
  department = createServer((_request, response) => {
    asked++;
    response.writeHead(500).end();
  }).listen(0, '127.0.0.1');
  await once(department, 'listening');
});

afterAll(async () => {
  for (const gateway of running) await gateway.close();
  department.close();
  rmSync(folder, { recursive: true, force: true });
});

const DISCLOSED = 'authorization: { unguarded: refuse, discloseRequirements: true }';

const configOf = (more: string, environment: string): GatewayConfig => {
  const file = join(folder, 'gateway.yaml');
  const url = `http://127.0.0.1:${(department.address() as AddressInfo).port}/graphql`;
  const departments = ['citizens', 'health', 'education', 'land'].map((name) => `${name}: { url: "${url}" }`);
  writeFileSync(join(folder, 'supergraph.graphql'), SUPERGRAPH);
  writeFileSync(
    file,
    `environment: ${environment}
listen: { port: 0 }
metrics: false
console: { enabled: false }
supergraph: { file: ./supergraph.graphql }
departments: { ${departments.join(', ')} }
authentication: { issuers: [{ issuer: ${ISSUER}, jwks: { file: ./jwks.json } }] }
internalToken: { keyFile: ./gateway-key.pem }
audit: false
${more}`,
  );
  return loadConfig(file, {}).config;
};

beforeEach(() => {
  log = '';
  asked = 0;
});

const start = async (config: GatewayConfig): Promise<Gateway> => {
  const gateway = await startGateway(config, {
    log: pino(
      { level: 'trace' },
      {
        write: (line: string) => {
          log += line;
        },
      },
    ),
  });
  running.push(gateway);
  return gateway;
};

/** By what they are set up with: their start takes longer than a whole test. */
const started = new Map<string, Promise<Gateway>>();

const gatewayWith = (more = DISCLOSED, environment = 'development'): Promise<Gateway> => {
  const key = `${environment}\n${more}`;
  const gateway = started.get(key) ?? start(configOf(more, environment));
  started.set(key, gateway);
  return gateway;
};

const JSON_HEADERS = { 'content-type': 'application/json', 'accept-language': 'en' };

interface Posted {
  readonly method?: 'GET' | 'PUT' | 'POST';
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly token?: string;
}

const post = async ({ origin }: Gateway, path: string, { method = 'POST', headers, body, token }: Posted) => {
  const answer = await request(`${origin}${path}`, {
    method,
    headers: { ...JSON_HEADERS, ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    body: method === 'GET' ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, body: JSON.parse(text) };
};

const QUERY = `query Ai($n: PersonalNumber!) {
  ai: citizen(personalNumber: $n) { fullName diagnoses { code } }
  me2: citizen(personalNumber: "${FATHER}") { insurance { number } }
}`;
const question = { query: QUERY, variables: { n: FATHER }, operationName: 'Ai' };

const MOVE = `mutation Move {
  changeResidence(input: {citizen: "k1.x", commune: "21289", address: "Thôn 1", since: "2026-01-01"}) { citizen { alive: __typename } }
}`;

test('explains what the command line explains, and asks no department', async () => {
  const gateway = await gatewayWith();
  const token = await sign({ scope: 'citizens:basic:read', purpose: 'TTHC' });
  const { status, headers, body, text } = await post(gateway, '/explain', { body: question, token });
  expect(status).toBe(200);
  const silent = pino({ level: 'silent' });
  const printed = await explain(configOf(DISCLOSED, 'development'), { ...question, token }, silent);
  expect(body).toEqual({ data: JSON.parse(JSON.stringify(printed)) });
  expect(body.data).toMatchObject({
    outcome: { answer: 'filtered' },
    departments: ['citizens'],
    fields: expect.arrayContaining([
      expect.objectContaining({ path: 'ai.diagnoses', permitted: false, purposes: ['EMERGENCY', 'TREATMENT'] }),
    ]),
  });
  expect(asked).toBe(0);

  expect(headers).toMatchObject({
    'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  });
  expect(text).not.toContain(FATHER);
});

test('one log line: who, how it ended, nothing of the query', async () => {
  const gateway = await gatewayWith();
  const token = await sign({ scope: 'citizens:basic:read' });
  const { headers } = await post(gateway, '/explain', { body: question, token });
  const lines = log.split('\n').filter((line) => line.includes(String(headers['x-request-id'])));
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ msg: 'explanation', client: 'mot-cua', operation: 'query', denied: 2, status: 200 }),
  ]);
  expect(log).not.toContain(FATHER);
  expect(log).not.toContain('fullName');
});

test('a mutation is explained and not run', async () => {
  const gateway = await gatewayWith();
  const token = await sign({ scope: 'citizens:residence:write citizens:basic:read' });
  const { body } = await post(gateway, '/explain', { body: { query: MOVE }, token });
  expect(body.data).toMatchObject({
    operation: 'mutation',
    outcome: { answer: 'whole', codes: [] },
    departments: ['citizens'],
  });
  expect(asked).toBe(0);
});

test('an operation over its budget is explained, not refused', async () => {
  const gateway = await gatewayWith(`${DISCLOSED}\nlimits: { cost: 1 }`);
  const query = '{ a: commune(code: "1") { name } b: commune(code: "2") { name } }';
  const { status, body } = await post(gateway, '/explain', { body: { query } });
  expect([status, body.data.outcome]).toEqual([200, { answer: 'refused', codes: ['LIMIT_COST'] }]);
});

test('a reload changes what is explained', async () => {
  const file = join(folder, 'reloaded.graphql');
  writeFileSync(file, SUPERGRAPH);
  const gateway = await start({ ...configOf(DISCLOSED, 'development'), supergraph: { file } });
  const required = async () => {
    const query = `{ citizen(personalNumber: "${FATHER}") { diagnoses { code } } }`;
    const { body } = await post(gateway, '/explain', { body: { query } });
    return body.data.fields.find(({ path }: { path: string }) => path === 'citizen.diagnoses').required.scopes;
  };
  expect(await required()).toEqual([['health:clinical:read']]);
  const stricter = SUPERGRAPH.replaceAll(
    '[["health:clinical:read"]]',
    '[["health:clinical:read", "health:insurance:read"]]',
  );
  writeFileSync(file, stricter);
  expect(await gateway.reload()).toBe(true);
  expect(await required()).toEqual([['health:clinical:read', 'health:insurance:read']]);
});

describe('the address exists only where requirements are disclosed', () => {
  const notThere = async (gateway: Gateway) => {
    const { status, text } = await post(gateway, '/explain', { body: question });
    const unknown = await post(gateway, '/no-such-address', { body: question });
    expect([status, text]).toEqual([404, unknown.text]);
  };

  test.each(['production', 'development'])('not in %s by default', async (environment) => {
    await gatewayWith(); // makes the key that production must find
    await notThere(await gatewayWith('authorization: { unguarded: refuse }', environment));
  });

  test('not where denied fields are hidden', async () => {
    const { authorization, ...config } = configOf(DISCLOSED, 'development');
    await notThere(await start({ ...config, authorization: { ...authorization, hideDenied: true } }));
  });

  test('in a production that discloses', async () => {
    await gatewayWith();
    const gateway = await gatewayWith(DISCLOSED, 'production');
    expect((await post(gateway, '/explain', { body: question })).body.data.outcome.answer).toBe('filtered');
  });
});

describe('refuses what /graphql refuses, in the same words', () => {
  const LIMITED = `${DISCLOSED}\nlimits: { bodySize: 4KiB, tokens: 500 }`;
  test.each<[string, number, Posted]>([
    ['UNAUTHENTICATED', 401, { body: question, token: 'abc' }],
    ['UNAUTHENTICATED', 401, { body: question, headers: { authorization: 'Basic YTpi' } }],
    ['METHOD_NOT_ALLOWED', 405, { method: 'PUT', body: question }],
    [
      'UNSUPPORTED_MEDIA_TYPE',
      415,
      { body: 'query=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    ['UNSUPPORTED_MEDIA_TYPE', 415, { body: question, headers: { 'content-type': 'text/plain' } }],
    ['NOT_ACCEPTABLE', 406, { body: question, headers: { accept: 'text/html' } }],
    ['PAYLOAD_TOO_LARGE', 413, { body: { query: ' '.repeat(5_000) } }],
    ['BAD_REQUEST', 400, { body: '{' }],
    ['BATCHING_NOT_SUPPORTED', 400, { body: [question] }],
    ['LIMIT_DEPTH', 400, { body: { query: `${'{a'.repeat(30)}${'}'.repeat(30)}` } }],
    ['LIMIT_TOKENS', 400, { body: { query: `{ ${'a '.repeat(500)} }` } }],
    ['GRAPHQL_PARSE_FAILED', 200, { body: { query: `{ a(n: ${FATHER}) }` } }],
    ['GRAPHQL_VALIDATION_FAILED', 200, { body: { query: `{ nothing(n: "${FATHER}") }` } }],
    ['OPERATION_RESOLUTION_FAILURE', 200, { body: { ...question, operationName: 'B' } }],
    ['BAD_USER_INPUT', 200, { body: { query: QUERY, variables: { m: FATHER } } }],
    ['PERSISTED_QUERY_NOT_FOUND', 200, { body: { extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } } }],
  ])('%s %i', async (code, status, posted) => {
    const gateway = await gatewayWith(LIMITED);
    const explained = await post(gateway, '/explain', posted);
    expect([explained.status, explained.body.errors[0].extensions.code]).toEqual([status, code]);
    expect(explained.text).not.toContain(FATHER);
    expect(log).not.toContain(FATHER);
    if (code === 'METHOD_NOT_ALLOWED') return expect(explained.headers.allow).toBe('POST');
    const served = await post(gateway, '/graphql', posted);
    expect([explained.status, explained.body]).toEqual([served.status, served.body]);
    expect(asked).toBe(0);
  });

  test.each(['/explain', '/graphql'])(
    'a write under a name that is none of the document is not run: %s',
    async (path) => {
      const gateway = await gatewayWith();
      const token = await sign({ scope: 'citizens:residence:write' });
      const { body } = await post(gateway, path, { token, body: { query: MOVE, operationName: 'Other' } });
      expect(body.errors[0].extensions.code).toBe('OPERATION_RESOLUTION_FAILURE');
      expect(asked).toBe(0);
    },
  );

  test('a query in an address', async () => {
    const gateway = await gatewayWith();
    const { status, headers } = await post(gateway, '/explain?query=%7B__typename%7D', { method: 'GET' });
    expect([status, headers.allow]).toEqual([405, 'POST']);
  });
});
