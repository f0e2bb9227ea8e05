import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { pino } from 'pino';

import { type GatewayConfig, loadConfig } from '../config/index.ts';
import type { PublicError } from '../errors.ts';
import { type ExplainQuestion, type Explanation, explain } from './index.ts';

const ISSUER = 'https://issuer.example';
const supergraph = fileURLToPath(new URL('../../../../schema/supergraph.graphql', import.meta.url));

let folder: string;
let sign: (claims: Record<string, unknown>, issuer?: string) => Promise<string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'explain-'));
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] }));
  sign = (claims, issuer = ISSUER) =>
    new SignJWT({ client_id: 'mot-cua', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })
      .setIssuer(issuer)
      .setSubject('mot-cua')
      .setAudience('urn:gateway')
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti('j')
      .sign(privateKey);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = (more: string, environment: string): GatewayConfig => {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(
    file,
    `environment: ${environment}
supergraph: { file: ${supergraph} }
authentication:
  issuers:
    - { issuer: ${ISSUER}, jwks: { file: ${join(folder, 'jwks.json')} } }
    # Port 9 is discard: nothing listens there.
    - { issuer: "http://gone.example", jwks: { url: "http://127.0.0.1:9/jwks" } }
internalToken: { keyFile: ./gateway-key.pem }
${more}`,
  );
  return loadConfig(file, {}).config;
};

const REFUSE = 'authorization: { unguarded: refuse }';

const ask = (question: ExplainQuestion, more = REFUSE, environment = 'development'): Promise<Explanation> =>
  explain(config(more, environment), question, pino({ level: 'silent' }));

/** `path: missing` of every field that is not permitted. */
const denied = ({ fields }: Explanation) =>
  Object.fromEntries(fields.filter(({ permitted }) => !permitted).map(({ path, missing }) => [path, missing]));

test('what is permitted is planned in private names; what is not, says what to ask for', async () => {
  const token = await sign({ scope: 'citizens:basic:read health:insurance:read', purpose: 'TTHC', org: 'H48' });
  const explained = await ask({
    token,
    query: `query ($n: PersonalNumber!) { ai: citizen(personalNumber: $n) { fullName insurance { number } diagnoses { code } } }`,
    variables: { n: '051085000001' },
  });
  expect(explained).toMatchObject({
    operation: 'query',
    caller: {
      kind: 'authenticated',
      issuer: ISSUER,
      client: 'mot-cua',
      org: 'H48',
      purpose: 'TTHC',
      scopes: ['citizens:basic:read', 'health:insurance:read'],
    },
    outcome: { answer: 'filtered', codes: ['UNAUTHORIZED_FIELD_OR_TYPE'] },
    departments: ['citizens', 'health'],
    names: { lt_0: 'ai', $v0: '$n' },
  });
  const form = 'query{citizen(personalNumber){fullName insurance{number} diagnoses{code}}}';
  expect(explained.hash).toBe(createHash('sha256').update(form).digest('hex'));
  expect(explained.cost).toEqual({ cost: expect.any(Number), budget: 5_000 });
  expect(explained.cost.cost).toBeGreaterThan(1);
  expect(explained.plan).toContain('lt_0: citizen(personalNumber: $v0)');
  expect(explained.plan).not.toContain('diagnoses');
  expect(explained.fields.find(({ path }) => path === 'ai.diagnoses')).toEqual({
    coordinate: 'Citizen.diagnoses',
    path: 'ai.diagnoses',
    permitted: false,
    required: {
      authenticated: false,
      scopes: [['health:clinical:read']],
      policies: [['purpose:EMERGENCY'], ['purpose:TREATMENT']],
    },
    missing: { scopes: [['health:clinical:read']], policies: [['purpose:EMERGENCY'], ['purpose:TREATMENT']] },
    purposes: ['EMERGENCY', 'TREATMENT'],
  });
  expect(explained.fields.find(({ path }) => path === 'ai.fullName')).toMatchObject({ permitted: true, purposes: [] });
  expect(explained.fields.find(({ path }) => path === 'ai.fullName')).not.toHaveProperty('missing');
});

test('of several scopes only those that are not held are missing; fields below a denied one are explained too', async () => {
  const token = await sign({ scope: 'citizens:basic:read' });
  const explained = await ask({
    token,
    query: '{ parcels(commune: "21289") { edges { node { area } } } }',
  });
  const list = explained.fields.find(({ path }) => path === 'parcels');
  const held = new Set(list?.required?.scopes.flat());
  expect(held.size).toBeGreaterThan(0);
  expect(denied(explained)).toMatchObject({ parcels: { scopes: list?.required?.scopes } });
  expect(Object.keys(denied(explained))).toContain('parcels.edges.@.node.area');

  const parcels = await sign({ scope: 'land:parcel:read' });
  const missing = denied(await ask({ token: parcels, query: '{ parcels(commune: "21289") { edges { cursor } } }' }));
  expect(missing.parcels).toEqual({ scopes: [['land:parcel:read:bulk']] });
});

test('an anonymous caller, and a plan that no string of the query gets into', async () => {
  const explained = await ask({ query: '{ commune(code: "21289") { code name } }' });
  expect(explained).toMatchObject({ caller: { kind: 'anonymous' }, outcome: { answer: 'whole', codes: [] } });
  expect(explained.departments).toHaveLength(1);
  expect(explained.plan).toContain('commune(code: "…")');
  expect(JSON.stringify(explained)).not.toContain('21289');
});

test('nothing left to ask: no department, no plan, and the answer is still an answer', async () => {
  const explained = await ask({ query: '{ citizen(personalNumber: "051085000001") { fullName } }' });
  expect(explained.outcome.answer).toBe('filtered');
  expect(explained.departments).toEqual([]);
  expect(explained).not.toHaveProperty('plan');
});

describe('what would be refused is not planned', () => {
  test('a write with one denied field', async () => {
    const token = await sign({ scope: 'citizens:residence:write' });
    const explained = await ask({
      token,
      query: `mutation { changeResidence(input: {citizen: "k1.x", commune: "21289", address: "Thôn 1", since: "2026-01-01"}) {
        citizen { ethnicity } } }`,
    });
    expect(explained).toMatchObject({
      operation: 'mutation',
      outcome: { answer: 'refused', codes: ['UNAUTHORIZED_FIELD_OR_TYPE'] },
      departments: [],
    });
    expect(explained).not.toHaveProperty('plan');
    expect(Object.keys(denied(explained))).toContain('changeResidence.citizen.ethnicity');
  });

  test('any denied field, in mode reject', async () => {
    const query = '{ commune(code: "21289") { name } citizen(personalNumber: "051085000001") { fullName } }';
    const { outcome } = await ask({ query }, 'authorization: { mode: reject, unguarded: refuse }');
    expect(outcome).toEqual({ answer: 'refused', codes: ['UNAUTHORIZED_FIELD_OR_TYPE'] });
  });

  test('an operation over its budget', async () => {
    const query = '{ a: commune(code: "1") { name } b: commune(code: "2") { name } }';
    const { outcome, cost, departments } = await ask({ query }, `${REFUSE}\nlimits: { cost: 1 }`);
    expect(outcome).toEqual({ answer: 'refused', codes: ['LIMIT_COST'] });
    expect(cost).toEqual({ cost: 2, budget: 1 });
    expect(departments).toEqual([]);
  });

  test('introspection in production without the scope for it', async () => {
    const query = '{ shape: __schema { queryType { name } } }';
    const production = `${REFUSE}\naudit: false`;
    const closed = await ask({ query }, production, 'production');
    expect(closed.outcome).toEqual({ answer: 'refused', codes: ['INTROSPECTION_FORBIDDEN'] });
    expect(denied(closed)).toEqual({ shape: { scopes: [['schema:introspect']] } });

    const open = await ask({ query, token: await sign({ scope: 'schema:introspect' }) }, production, 'production');
    expect([open.outcome.answer, denied(open)]).toEqual(['whole', {}]);
    expect((await ask({ query })).outcome.answer).toBe('whole');
  });
});

test('mode report serves what it explains as denied', async () => {
  const query = '{ citizen(personalNumber: "051085000001") { fullName } }';
  const explained = await ask({ query }, 'authorization: { mode: report }');
  expect(explained).toMatchObject({ outcome: { answer: 'whole', codes: ['UNAUTHORIZED_FIELD_OR_TYPE'] } });
  expect(explained.departments).toEqual(['citizens']);
  expect(denied(explained)).toHaveProperty(['citizen.fullName']);
});

describe('refusals, as a request would meet them', () => {
  test.each<[string, () => Promise<ExplainQuestion>, string, object]>([
    ['no token at all', async () => ({ query: '{ a }', token: 'x' }), 'UNAUTHENTICATED', { reason: 'malformed' }],
    [
      'another issuer',
      async () => ({ query: '{ a }', token: await sign({}, 'https://other.example') }),
      'UNAUTHENTICATED',
      { reason: 'unknown_issuer' },
    ],
    [
      'an issuer that cannot be reached',
      async () => ({ query: '{ __typename }', token: await sign({}, 'http://gone.example') }),
      'ISSUER_UNAVAILABLE',
      {},
    ],
    ['a syntax error', async () => ({ query: '{ a' }), 'GRAPHQL_PARSE_FAILED', {}],
    ['an unknown field', async () => ({ query: '{ nothing }' }), 'GRAPHQL_VALIDATION_FAILED', {}],
    [
      'a variable that is missing',
      async () => ({ query: 'query ($n: PersonalNumber!) { citizen(personalNumber: $n) { id } }' }),
      'BAD_USER_INPUT',
      { argument: '$n' },
    ],
    [
      'an operation that is not there',
      async () => ({ query: 'query A { __typename } query B { __typename }', operationName: 'C' }),
      'OPERATION_RESOLUTION_FAILURE',
      {},
    ],
    [
      'too deep',
      async () => ({ query: `${'{a'.repeat(30)}${'}'.repeat(30)}` }),
      'LIMIT_DEPTH',
      { found: 30, limit: 20 },
    ],
    ['too long', async () => ({ query: `{ ${'a '.repeat(5_000)} }` }), 'LIMIT_TOKENS', {}],
  ])('%s', async (_, question, code, data) => {
    const asked = await question();
    const error: PublicError = await ask(asked).then(
      () => {
        throw new Error('it was explained');
      },
      (refusal) => refusal,
    );
    expect({ code: error.code, data: error.data }).toEqual({ code, data });
  });
});
