import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openDatabase } from '@lienthong/kit/database';
import { type TestDatabase, testDatabase } from '@lienthong/kit/testing';
import { RegistryStore } from '@lienthong/registry/store';
import type { JWTPayload } from 'jose';

import { logged } from '../kit/process.ts';
import { LINK, mint, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(60_000);

const people = {
  sdl: `${LINK}
    type Query { me: Person }
    type Person {
      nick: String
      name: String @requiresScopes(scopes: [["citizens:basic:read"]])
      family: String @requiresScopes(scopes: [["citizens:family:read"]])
    }`,
  root: { me: () => ({ nick: 'NICK', name: 'NAME', family: 'FAMILY' }) },
};

const ISSUER = 'https://idp.example';
const author = { actor: 'test' };

const registration = (change: object = {}) => ({
  name: { vi: 'Đối tác', en: 'Partner' },
  org: 'H48.53',
  contact: { name: 'A', email: 'a@partner.example' },
  expires: '2099-12-31',
  authentication: { method: 'client_secret_basic', secret: 'demo-partner-khong-dung-that' },
  bound: 'none',
  purposes: [
    { purpose: 'TTHC', legalBasis: 'MANDATORY_SHARE', scopes: ['citizens:basic:read'] },
    { purpose: 'WELFARE', legalBasis: 'CONSENT', scopes: ['citizens:basic:read', 'citizens:family:read'] },
  ],
  ...change,
});

/** What the issuer would put into a token of a partner for its first purpose. */
const proper: JWTPayload = { org: 'H48.53', purpose: 'TTHC', legal_basis: 'MANDATORY_SHARE' };

let database: TestDatabase;
let store: RegistryStore;
let gateways: readonly [SmallFederation, SmallFederation];

beforeAll(async () => {
  database = await testDatabase('registry');
  store = await RegistryStore.open(database.url);
  const clients = ['partner', 'suspended', 'updated', 'removed', 'other'];
  await admit(Object.fromEntries(clients.map((client) => [client, registration()])));
  await admit({ bound: registration({ bound: 'dpop' }), hidden: registration({ hideDenied: true }) });
  const options = {
    departments: { people },
    config: `registry: { database: "${database.url}", issuers: ["${ISSUER}"] }`,
  };
  gateways = [await startSmallFederation(options), await startSmallFederation(options)];
});
afterAll(async () => {
  await Promise.all((gateways ?? []).map((gateway) => gateway.close()));
  await store?.close();
  await database?.drop();
});

const admit = (partners: object) => store.add(JSON.stringify({ partners }), 'test', author);

const query = '{ me { nick name family } }';
const ask = async (gateway: SmallFederation, claims: JWTPayload, text = query) =>
  gateway.ask({
    query: text,
    token: await gateway.token('citizens:basic:read citizens:family:read', { ...proper, ...claims }),
  });
/** The reason of a refusal at every gateway; `served` where there is none. */
const verdicts = async (claims: JWTPayload): Promise<unknown[]> =>
  Promise.all(
    gateways.map(async (gateway) => {
      gateway.calls.length = 0;
      const { status, headers, body } = await ask(gateway, claims);
      if (status === 200) return 'served';
      expect([status, gateway.calls]).toEqual([401, []]);
      const reason = body.errors?.[0]?.extensions.reason;
      expect(String(headers['www-authenticate'])).toContain(`error_description="${reason}"`);
      return reason;
    }),
  );
const both = (verdict: string) => [verdict, verdict];
/** Asks until every gateway says so; a second is what is promised, machines under test are slower. */
const comes = async (claims: JWTPayload, verdict: string): Promise<void> => {
  for (const end = Date.now() + 10_000; Date.now() < end; await wait(100)) {
    if ((await verdicts(claims)).every((each) => each === verdict)) return;
  }
  expect(await verdicts(claims)).toEqual(both(verdict));
};

describe('a token of our own issuer', () => {
  test('is taken for a registered partner', async () => {
    expect(await verdicts({})).toEqual(both('served'));
  });

  test('holds no scope that its partner is not registered for with its purpose', async () => {
    const answer = await ask(gateways[0], {});
    expect(answer.body.data).toEqual({ me: { nick: 'NICK', name: 'NAME', family: null } });
    const welfare = await ask(gateways[0], { purpose: 'WELFARE', legal_basis: 'CONSENT' });
    expect(welfare.body).toEqual({ data: { me: { nick: 'NICK', name: 'NAME', family: 'FAMILY' } } });
  });

  test.each<[string, JWTPayload, string]>([
    ['of a client that nobody registered', { client_id: 'nobody' }, 'client_unknown'],
    ['of a client named like a prototype', { client_id: '__proto__' }, 'client_unknown'],
    ['for a purpose that is not registered', { purpose: 'KYC' }, 'not_registered'],
    ['for no purpose', { purpose: undefined }, 'not_registered'],
    ['of another agency', { org: 'H48.19' }, 'not_registered'],
    ['of no agency', { org: undefined }, 'not_registered'],
    ['on the legal basis of another purpose', { legal_basis: 'CONSENT' }, 'not_registered'],
    ['of a partner whose tokens have to be bound', { client_id: 'bound' }, 'unbound_token'],
  ])('%s is refused', async (_what, claims, reason) => {
    expect(await verdicts(claims)).toEqual(both(reason));
  });
});

test('an issuer that the registry does not speak for is judged by its token', async () => {
  const [gateway] = gateways;
  const token = await mint(gateway.issuers[1], { client_id: 'nobody', scope: 'citizens:family:read' });
  expect((await gateway.ask({ query, token })).body.data).toMatchObject({ me: { family: 'FAMILY' } });
});

test('a suspended partner is refused by every gateway, and served again once it is resumed', async () => {
  const claims = { client_id: 'suspended' };
  expect(await verdicts(claims)).toEqual(both('served'));
  await store.suspend('suspended', author);
  await comes(claims, 'client_suspended');
  await store.resume('suspended', author);
  await comes(claims, 'served');
});

test('so is a removed one, for good', async () => {
  await store.remove('removed', author);
  await comes({ client_id: 'removed' }, 'client_removed');
});

test('a purpose taken away is lost by tokens that were issued before', async () => {
  const claims = { client_id: 'updated', purpose: 'WELFARE', legal_basis: 'CONSENT' };
  expect(await verdicts(claims)).toEqual(both('served'));
  const [first] = registration().purposes;
  await store.update(JSON.stringify({ partners: { updated: registration({ purposes: [first] }) } }), 'test', author);
  await comes(claims, 'not_registered');
});

test('hideDenied of one partner hides from that partner alone', async () => {
  const answers = await Promise.all(['hidden', 'partner'].map((client) => ask(gateways[0], { client_id: client })));
  expect(answers.map(({ body }) => body.errors?.[0]?.extensions.code)).toEqual([
    'GRAPHQL_VALIDATION_FAILED',
    'UNAUTHORIZED_FIELD_OR_TYPE',
  ]);
});

test('a gateway whose registry went away serves by the last state, and follows again', async () => {
  const { pool, close } = openDatabase({ url: database.url, log: { warn: () => undefined } });
  await pool.query('alter table registry rename to away');
  await Promise.all(gateways.map(({ gateway }) => logged(gateway, 'registry not taken')));
  expect(await verdicts({ client_id: 'other' })).toEqual(both('served'));
  await pool.query('alter table away rename to registry');
  await close();
  await store.suspend('other', author);
  await comes({ client_id: 'other' }, 'client_suspended');
});

test('production does not start with a registry that holds demo secrets', async () => {
  const options = {
    departments: { people },
    environment: 'production' as const,
    config: `registry: { database: "${database.url}", issuers: ["${ISSUER}"] }`,
  };
  const refusal = await startSmallFederation(options).then(
    (gateway) => gateway.close().then(() => 'it started'),
    (error: Error) => error.message,
  );
  expect(refusal).toContain('uses a published demo secret');
  expect(refusal).not.toContain('demo-partner');
});
