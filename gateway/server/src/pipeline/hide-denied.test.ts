import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { composeSources } from '@lienthong/schema/compose';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { pino } from 'pino';
import { request } from 'undici';

import { loadConfig } from '../config/index.ts';
import { type Gateway, startGateway } from '../gateway.ts';

const ISSUER = 'https://issuer.example';
const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@requiresScopes", "@policy"])
  type Query {
    me: Citizen @requiresScopes(scopes: [["a:self:read"]])
    open: Citizen
    secret: Int @requiresScopes(scopes: [["a:read"]])
    night: Int @policy(policies: [["night"]])
  }
  type Citizen {
    name: String @requiresScopes(scopes: [["a:self:read"]])
    blood: String @requiresScopes(scopes: [["a:read"]])
  }`;

let folder: string;
let gateway: Gateway;
let ask: (client: string, query: string, claims?: object, path?: string) => Promise<string[]>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hide-denied-'));
  const path = (name: string) => join(folder, name);
  writeFileSync(path('one.graphql'), SDL);
  const composition = composeSources({
    departments: [{ name: 'one', url: 'http://127.0.0.1:9/graphql', schema: [path('one.graphql')] }],
  });
  if (!composition.ok) throw new Error(composition.errors.map(({ message }) => message).join('\n'));
  writeFileSync(path('supergraph.graphql'), composition.supergraph);
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  writeFileSync(path('jwks.json'), JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] }));
  writeFileSync(
    path('gateway.yaml'),
    `environment: development
listen: { port: 0 }
metrics: false
console: { enabled: false }
audit: false
supergraph: { file: ./supergraph.graphql }
authentication: { issuers: [{ issuer: ${ISSUER}, jwks: { file: ./jwks.json } }] }
authorization: { discloseRequirements: true }
internalToken: { keyFile: ./gateway-key.pem }`,
  );
  gateway = await startGateway(loadConfig(path('gateway.yaml'), {}).config, {
    log: pino({ level: 'silent' }),
    hidesDenied: (principal) => principal.kind === 'authenticated' && principal.clientId === 'partner',
  });

  ask = async (client, query, claims = {}, endpoint = '/graphql') => {
    const token = await new SignJWT({ client_id: client, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })
      .setIssuer(ISSUER)
      .setSubject(client)
      .setAudience('urn:gateway')
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti(`${client} ${query}`)
      .sign(privateKey);
    const answer = await request(`${gateway.origin}${endpoint}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { errors = [] } = (await answer.body.json()) as {
      errors?: { extensions: { code: string; coordinate?: string } }[];
    };
    return errors.map(({ extensions: { code, coordinate } }) => (coordinate ? `${code} ${coordinate}` : code));
  };
});

afterAll(async () => {
  await gateway?.close();
  rmSync(folder, { recursive: true, force: true });
});

const CITIZEN = { scope: 'a:self:read', citizen: 'k1.x' };

test('names are hidden from the one client for which it is said, whoever asks first', async () => {
  for (let round = 0; round < 2; round++) {
    expect(await ask('agency', '{ secret }')).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE Query.secret']);
    expect(await ask('partner', '{ secret }')).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  }
});

test('a denial by policy is told as usual', async () => {
  expect(await ask('partner', '{ night }')).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE Query.night']);
});

test('so is a self scope that does not count at this place; a name that opens nowhere stays hidden', async () => {
  expect(await ask('partner', '{ open { name } }', CITIZEN)).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE Citizen.name']);
  expect(await ask('partner', '{ me { blood } }', CITIZEN)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  const { citizen: _, ...officer } = CITIZEN;
  expect(await ask('partner', '{ open { name } }', officer)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
});

test('plans name what is hidden, so nothing is explained', async () => {
  expect(await ask('agency', '{ secret }', {}, '/explain')).toEqual([]);
  expect(await ask('partner', '{ night }', {}, '/explain')).toEqual(['INTROSPECTION_FORBIDDEN']);
});
