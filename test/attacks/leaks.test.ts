import { createHash } from 'node:crypto';
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { request } from 'undici';

import { type Federation, startFederation } from '../kit/federation.ts';

jest.setTimeout(120_000);

const FATHER = '051085000001';
const publicQuery = '{ commune(code: "21289") { name } }';
const served = { data: { commune: { name: 'Xã Sơn Hà' } } };
const json = { 'content-type': 'application/json' };
const me = (selection: string) => `{ citizen(personalNumber: "${FATHER}") { ${selection} } }`;

let federation: Federation;
let rich: string;
let poor: string;
beforeAll(async () => {
  federation = await startFederation();
  rich = await federation.token('mot-cua');
  poor = await federation.token('so-y-te', { purpose: 'BHYT', scope: 'health:insurance:read' });
});
afterAll(() => federation?.close());

const expectAlive = async () => expect((await federation.ask({ query: publicQuery })).body).toEqual(served);
const codes = (body: { errors?: { extensions: Record<string, unknown> }[] }) =>
  body.errors?.map((e) => e.extensions.code);

describe('a field that the token does not open stays closed', () => {
  /** The caller may read insurance alone; every one of these tries for a name, an id, a parcel or a diagnosis. */
  test.each([
    ['under another key', 'number: fullName'],
    ['under a key’s name', 'id: fullName insurance { number }'],
    ['as the key itself', 'insurance { number } x: id'],
    ['in an inline fragment', '... { fullName }'],
    ['in a typed fragment', '... on Citizen { ... on Citizen { fullName } }'],
    ['in a named fragment', '...F'],
    ['included', 'fullName @include(if: true)'],
    ['not skipped', 'fullName @skip(if: false)'],
    ['both ways', 'fullName @skip(if: false) @include(if: true)'],
    ['under a name that is also permitted', 'insurance { number } ... { fullName }'],
    ['two ways at once', 'a: fullName a: fullName ...F'],
    ['in a list of another department', 'holdings { share parcel { sheet rights { holder { fullName } } } }'],
    ['by way of the family', 'family { citizen { fullName } }'],
    ['that a purpose guards', 'diagnoses { code } allergies { substance }'],
    ['on the type of a closed object', 'holdings { __typename parcel { __typename } }'],
  ])('%s', async (_what, selection) => {
    federation.clearCalls();
    const named = selection.includes('...F') ? 'fragment F on Citizen { fullName b: fullName }' : '';
    const answer = await federation.ask({ query: `${me(`${selection} insurance { level }`)} ${named}`, token: poor });
    expect(answer.status).toBe(200);
    expect(codes(answer.body)?.length).toBeGreaterThan(0);
    expect(new Set(codes(answer.body))).toEqual(new Set(['UNAUTHORIZED_FIELD_OR_TYPE']));
    expect(answer.text).not.toMatch(/Phạm|Holding|Parcel"/);
    expect(answer.text).not.toContain(federation.idOf(FATHER));
    expect(federation.asked('citizens').join()).not.toMatch(/fullName|family/);
    expect(federation.asked('land')).toEqual([]);
  });

  test('directives with variables are judged by the values, every time anew', async () => {
    const query = `query ($no: Boolean! = false) ${me('insurance { level } fullName @include(if: $no)')}`;
    for (const no of [undefined, false, true, false, true]) {
      const answer = await federation.ask({ query, token: poor, variables: no === undefined ? {} : { no } });
      expect(codes(answer.body)).toEqual(no ? ['UNAUTHORIZED_FIELD_OR_TYPE'] : undefined);
      expect(answer.text).not.toContain('Phạm');
    }
  });

  test('only the operation that is named is judged and run', async () => {
    const query = `query A ${me('insurance { level }')} query B ${me('fullName')} mutation C { __typename }`;
    expect(codes((await federation.ask({ query, operationName: 'A', token: poor })).body)).toBeUndefined();
    expect(codes((await federation.ask({ query, operationName: 'B', token: poor })).body)).toEqual([
      'UNAUTHORIZED_FIELD_OR_TYPE',
    ]);
    expect(codes((await federation.ask({ query, token: poor })).body)).toEqual(['OPERATION_RESOLUTION_FAILURE']);
    expect(codes((await federation.ask({ query, operationName: '__proto__', token: poor })).body)).toEqual([
      'OPERATION_RESOLUTION_FAILURE',
    ]);
  });
});

describe('persisted queries', () => {
  const get = async (extensions: object, token: string, query?: string) => {
    const url = new URL(federation.url);
    url.searchParams.set('extensions', JSON.stringify(extensions));
    if (query) url.searchParams.set('query', query);
    const answer = await request(url, {
      headers: { authorization: `Bearer ${token}`, 'apollo-require-preflight': '1', 'accept-language': 'en' },
    });
    return (await answer.body.json()) as { data?: unknown };
  };
  const post = async (extensions: object, token: string, query?: string) =>
    (await federation.post(JSON.stringify({ query, extensions }), { ...json, authorization: `Bearer ${token}` })).body;

  test.each([
    ['POST', 'GET'],
    ['GET', 'POST'],
  ])('a text that one caller registered by %s is judged for whoever runs it by %s', async (register, _run) => {
    const text = me(`r${register}: fullName insurance { level }`);
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(text).digest('hex') } };
    const [first, then] = register === 'POST' ? [post, get] : [get, post];
    expect(await then(extensions, poor)).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
    const whole = { citizen: { [`r${register}`]: 'Phạm Văn Hiếu', insurance: { level: expect.any(Number) } } };
    expect((await first(extensions, rich, text)).data).toEqual(whole);
    const cut = { citizen: { ...whole.citizen, [`r${register}`]: null } };
    for (const act of [then, first]) {
      expect((await act(extensions, poor)).data).toEqual(cut);
      expect((await act(extensions, rich)).data).toEqual(whole);
    }
  });

  test('a hash of another text, and hashes that are none', async () => {
    for (const sha256Hash of ['0'.repeat(64), '', '__proto__', 5, {}, [], null]) {
      const body = await post({ persistedQuery: { version: 1, sha256Hash } }, poor, publicQuery);
      expect(body.data).toBeUndefined();
      expect(codes(body)).not.toContain('INTERNAL_SERVER_ERROR');
    }
  });
});

describe('bodies', () => {
  const send = (body: string) =>
    federation.post(body, { ...json, authorization: `Bearer ${poor}`, 'accept-language': 'en' });
  const deep = `{ ${'... { '.repeat(1_200)} __typename ${'} '.repeat(1_200)} }`;
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

  test.each([
    ['variables that are a list', `{"query":"{ __typename }","variables":[]}`],
    ['variables that are a text', `{"query":"{ __typename }","variables":"{}"}`],
    ['an operation name that is a number', `{"query":"{ __typename }","operationName":5}`],
    ['extensions that are a list', `{"query":"{ __typename }","extensions":[]}`],
    ['a query that is an object', `{"query":{"kind":"Document"}}`],
    [
      'prototype names for members',
      `{"query":"{ __typename }","__proto__":{"query":"{ x }"},"constructor":{"prototype":{"y":1}}}`,
    ],
    ['a query on the prototype alone', `{"__proto__":{"query":"{ __typename }"}}`],
    [
      'a variable nested without end',
      `{"query":"query ($n: PersonalNumber!) { citizen(personalNumber: $n) { insurance { level } } }","variables":{"n":${nested(50_000)}}}`,
    ],
    [
      'a literal nested without end',
      JSON.stringify({ query: `{ citizen(personalNumber: ${nested(1_500)}) { insurance { level } } }` }),
    ],
    ['JSON nested without end', nested(100_000)],
    [
      'a literal nested by thirty',
      JSON.stringify({ query: `{ citizen(personalNumber: ${nested(30)}) { insurance { level } } }` }),
    ],
    ['fragments nested without end', JSON.stringify({ query: deep })],
    ['a lone surrogate', `{"query":"{ __typename } # \\ud800"}`],
    ['a byte order mark', `\ufeff{"query":"\ufeff{ __typename }"}`],
    ['nul characters', `{"query":"{ __typename \\u0000 }"}`],
    ['@defer and @stream', JSON.stringify({ query: '{ ... @defer { __typename } }' })],
    ['an unknown directive', JSON.stringify({ query: '{ __typename @constructor }' })],
    ['names of the prototype for fields', JSON.stringify({ query: '{ constructor hasOwnProperty __proto__ }' })],
    ['names of the prototype for types', JSON.stringify({ query: '{ ... on constructor { a } ...toString }' })],
  ])('%s: an answer that is no fault of ours, and alive', async (_what, body) => {
    const answer = await send(body);
    expect(answer.body).toBeDefined();
    expect([answer.status < 500, codes(answer.body)?.includes('INTERNAL_SERVER_ERROR') ?? false]).toEqual([
      true,
      false,
    ]);
    await expectAlive();
  });

  test('of two members called query, the one that is judged is the one that is run', async () => {
    const inner = Array.from({ length: 70 }, (_, n) => `a${n}: name`).join(' ');
    const aliases = `{ commune(code: "21289") { ${inner} } }`;
    const bad = await send(`{"query":"{ __typename }","query":${JSON.stringify(aliases)}}`);
    expect(codes(bad.body)).toEqual(['LIMIT_ALIASES']);
    const good = await send(`{"query":${JSON.stringify(aliases)},"query":"{ __typename }"}`);
    expect(good.body).toEqual({ data: { __typename: 'Query' } });
    const twice = await request(`${federation.url}?query=%7B__typename%7D&query=${encodeURIComponent(aliases)}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect([twice.statusCode, codes((await twice.body.json()) as object)]).toEqual([400, ['BAD_REQUEST']]);
  });

  test('values are not echoed: neither a variable’s nor a literal’s', async () => {
    for (const body of [
      {
        query: 'query ($n: Int!) { parcel(commune: "21289", sheet: $n, number: 1) { area } }',
        variables: { n: FATHER },
      },
      { query: `{ parcel(commune: "21289", sheet: "${FATHER}", number: 1) { area } }` },
      { query: `{ parcel(commune: "21289", sheet: ${FATHER.slice(1)}, number: 1) { area } }` },
      { query: `{ commune(code: "21289") { a${FATHER} } }` },
      { query: `{ commune(code: "21289" ${FATHER}) { name } }` },
    ]) {
      const answer = await send(JSON.stringify(body));
      expect(answer.body.errors?.length).toBeGreaterThan(0);
      expect(answer.text).not.toContain(FATHER.slice(1));
    }
  });
});

describe('raw HTTP', () => {
  const raw = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(federation.url);
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.end(text));
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        answer += chunk;
      });
      socket
        .setTimeout(5_000, () => socket.destroy())
        .once('error', () => resolve(answer))
        .once('close', () => resolve(answer));
    });
  const body = JSON.stringify({ query: publicQuery });
  const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n`;

  test.each([
    ['two lengths', `${head}Content-Length: ${body.length}\r\nContent-Length: 5\r\n\r\n${body}`],
    ['a length and chunks', `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a chunked that is not last', `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['a header without end', `${head}X: ${'a'.repeat(1024 * 1024)}\r\nContent-Length: ${body.length}\r\n\r\n${body}`],
    ['a space before the colon', `${head}Content-Length : ${body.length}\r\n\r\n${body}`],
    ['a bare line feed in a header', `${head}X: a\nContent-Length: 5\r\n\r\n${body}`.replace('X: a\n', 'X: a\0\r\n')],
  ])('%s is refused', async (_what, text) => {
    const answer = await raw(text);
    expect(answer).not.toContain('Sơn Hà');
    expect(answer === '' || /^HTTP\/1\.1 4/.test(answer)).toBe(true);
    await expectAlive();
  });

  test('forwarded and identity headers change nothing and are not passed on', async () => {
    federation.clearCalls();
    const spoofed = {
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=10.0.0.1',
      'x-user': 'root',
      x_scope: 'citizens:basic:read',
      scope: 'citizens:basic:read',
      'x-request-id': 'a\tb',
      'apollo-federation-include-trace': 'ftv1',
      'apollo-query-plan-experimental': 'true',
      traceparent: 'not-a-traceparent',
    };
    const answer = await federation.ask({ query: me('fullName insurance { level }'), token: poor, headers: spoofed });
    expect(codes(answer.body)).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE']);
    expect(Object.keys(answer.body).sort()).toEqual(['data', 'errors']);
    const sent = JSON.stringify(federation.proxies.health.calls.map(({ headers }) => headers));
    expect(sent).not.toMatch(/10\.0\.0\.1|evil|root|x_scope|ftv1|not-a-traceparent/);
  });
});

/** Last: after everything that this file has sent. */
test('no value, token, key, alias or operation name reaches a log or a metric', async () => {
  await federation.ask({ query: 'query SecretOperation { __typename }', token: rich });
  await federation.ask({ query: me('secretAlias: fullName insurance { number }'), token: rich });
  await federation.ask({ query: me('secretAlias: nothing'), token: rich });
  await federation.ask({ query: publicQuery, headers: { authorization: 'Bearer secretToken' } });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { gateway, departments, issuer } = federation;
  const logs = [gateway, issuer, ...Object.values(departments)].map(({ log }) => log()).join('\n');
  const metricsUrl = /"metrics":"([^"]+)"/.exec(gateway.log())?.[1] ?? '';
  const metrics = await (await request(metricsUrl)).body.text();
  expect(metrics).toContain('lienthong_denied_fields_total{coordinate="Citizen.fullName"}');
  expect(logs).toContain('"msg":"request"');
  const secrets = [
    FATHER,
    'GD4512101234567',
    'Hiếu',
    federation.idOf(FATHER),
    rich,
    poor,
    rich.split('.')[2],
    'secretAlias',
    'secretToken',
    'SecretOperation',
  ];
  for (const secret of secrets) {
    expect([secret, logs.includes(String(secret))]).toEqual([secret, false]);
    expect([secret, metrics.includes(String(secret))]).toEqual([secret, false]);
  }
});
