import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { request } from 'undici';

import { type Federation, startFederation } from '../kit/federation.ts';
import { raw } from '../kit/raw.ts';

jest.setTimeout(120_000);

const FATHER = '051085000001';
let federation: Federation;
let token: string;
beforeAll(async () => {
  federation = await startFederation();
  token = await federation.token('mot-cua');
});
afterAll(() => federation?.close());

const publicQuery = '{ commune(code: "21289") { name } }';
const served = { data: { commune: { name: 'Xã Sơn Hà' } } };
/** After whatever was sent, the gateway is alive and serves. */
const expectAlive = async () => expect((await federation.ask({ query: publicQuery })).body).toEqual(served);
const codes = (body: { errors?: { extensions: Record<string, unknown> }[] }) =>
  body.errors?.map((e) => e.extensions.code);

describe('tokens', () => {
  const claimsOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
  const refused = async (authorization: string, reason: string) => {
    federation.clearCalls();
    const answer = await federation.ask({ query: publicQuery, headers: { authorization } });
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED', reason } }],
    });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer error="invalid_token"/);
    expect(federation.asked('citizens', 'health', 'education', 'land')).toEqual([]);
  };
  /** A token that says what a real one says, signed by a key that nobody trusts. */
  const forged = async (
    change: Record<string, unknown>,
    header: { alg?: string; typ?: string; jwk?: object; kid?: string } = {},
  ) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = header.jwk ? await exportJWK(publicKey) : undefined;
    return new SignJWT({ ...claimsOf(token), ...change })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header, ...(jwk ? { jwk } : {}) })
      .sign(privateKey);
  };

  test('no token is anonymous: public fields alone', async () => {
    const answer = await federation.ask({
      query: `{ commune(code: "21289") { name } citizen(personalNumber: "${FATHER}") { fullName } }`,
    });
    expect(answer.body.data).toEqual({ ...served.data, citizen: null });
    expect(codes(answer.body)).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE']);
  });

  test.each(['Bearer', 'Bearer ', 'Bearer abc', 'Basic bW90LWN1YTpzZWNyZXQ=', 'bearer a b', 'Bearer ....', ''])(
    'a bad Authorization header is refused, never anonymous: «%s»',
    (authorization) => refused(authorization, 'malformed'),
  );

  test('a token signed by another key', async () => refused(`Bearer ${await forged({})}`, 'signature'));

  test('a token that brings its own key', async () => refused(`Bearer ${await forged({}, { jwk: {} })}`, 'signature'));

  test('a token of an issuer that is not trusted, and of one that looks alike', async () => {
    await refused(`Bearer ${await forged({ iss: 'https://idp.example' })}`, 'unknown_issuer');
    await refused(`Bearer ${await forged({ iss: `${federation.issuer.url}/` })}`, 'unknown_issuer');
  });

  test('alg none', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    await refused(`Bearer ${part({ alg: 'none', typ: 'at+jwt' })}.${part(claimsOf(token))}.`, 'algorithm');
  });

  test('HS256 keyed with the public key', async () => {
    const { body } = await request(`${federation.issuer.url}/jwks`);
    const { keys } = (await body.json()) as { keys: { kid: string }[] };
    const secret = new TextEncoder().encode(JSON.stringify(keys[0]));
    const jwt = await new SignJWT(claimsOf(token)).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(secret);
    await refused(`Bearer ${jwt}`, 'algorithm');
  });

  test('one altered letter', async () => {
    const [head, body, signature = ''] = token.split('.');
    const other = signature.startsWith('A') ? 'B' : 'A';
    await refused(`Bearer ${head}.${body}.${other}${signature.slice(1)}`, 'signature');
  });

  test('two Authorization headers', async () => {
    const { status } = await rawPost(['authorization', `Bearer ${token}`, 'authorization', 'Bearer x']);
    expect(status).toBe(401);
  });

  test('a token in the URL is not read', async () => {
    const url = `${federation.url}?access_token=${token}&query=${encodeURIComponent(`{ citizen(personalNumber: "${FATHER}") { fullName } }`)}`;
    const { body } = await request(url, { headers: { 'apollo-require-preflight': '1' } });
    expect(await body.json()).toMatchObject({ data: { citizen: null } });
  });

  const rawPost = async (headers: string[]) => {
    const answer = await request(federation.url, {
      method: 'POST',
      headers: ['content-type', 'application/json', ...headers],
      body: JSON.stringify({ query: publicQuery }),
    });
    await answer.body.dump();
    return { status: answer.statusCode };
  };
});

describe('HTTP', () => {
  const json = { 'content-type': 'application/json' };

  test.each([
    ['malformed JSON', '{"query": ', 400, 'BAD_REQUEST'],
    ['an empty body', '', 400, 'BAD_REQUEST'],
    ['JSON that is no object', '"query"', 400, 'BAD_REQUEST'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400, 'BAD_REQUEST'],
    ['a batch', `[{"query":"${'{ __typename }'}"}]`, 400, 'BATCHING_NOT_SUPPORTED'],
    ['no query', '{"variables":{}}', 400, 'BAD_REQUEST'],
  ])('%s is refused clearly', async (_what, body, status, code) => {
    const answer = await federation.post(body, json);
    expect([answer.status, codes(answer.body)]).toEqual([status, [code]]);
    await expectAlive();
  });

  test('5 MiB are refused clearly before they are sent', async () => {
    // Whoever sends them all the same may find the connection closed before he has read why.
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${5 * 1024 * 1024}\r\n\r\n`;
    const answer = await raw(federation.url, `${head}${'a'.repeat(1_024)}`, { keepOpen: true });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"PAYLOAD_TOO_LARGE"');
    await expectAlive();
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json; charset=ibm037',
    'application/graphql',
    'application/jsonp',
  ])('content-type %s: 415', async (type) => {
    const answer = await federation.post(JSON.stringify({ query: publicQuery }), { 'content-type': type });
    expect([answer.status, codes(answer.body)]).toEqual([415, ['UNSUPPORTED_MEDIA_TYPE']]);
  });

  test('a compressed body is not unpacked', async () => {
    const answer = await federation.post(Buffer.from('x'), { ...json, 'content-encoding': 'gzip' });
    expect(answer.status).toBe(415);
  });

  test('GET: queries with a preflight header, mutations never', async () => {
    const get = async (query: string, headers: Record<string, string>) => {
      const answer = await request(`${federation.url}?query=${encodeURIComponent(query)}`, { headers });
      return { status: answer.statusCode, text: await answer.body.text() };
    };
    expect(await get(publicQuery, { 'apollo-require-preflight': '1' })).toMatchObject({ status: 200 });
    expect(await get(publicQuery, {})).toMatchObject({ status: 400, text: expect.stringContaining('CSRF_PREVENTED') });
    expect(await get(publicQuery, { 'content-type': 'text/plain' })).toMatchObject({ status: 400 });
    const mutation = await get('mutation { __typename }', { 'apollo-require-preflight': '1' });
    expect(mutation).toMatchObject({ status: 405, text: expect.stringContaining('METHOD_NOT_ALLOWED') });
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const)('%s: 405 or 404', async (method) => {
    const answer = await request(federation.url, { method, body: method === 'OPTIONS' ? null : '{}', headers: json });
    await answer.body.dump();
    expect([404, 405]).toContain(answer.statusCode);
  });

  test('errors in a query: 400 under graphql-response+json, 200 without data under json', async () => {
    const query = '{ commune(code: "21289") { nothing } }';
    const strict = await federation.ask({ query, headers: { accept: 'application/graphql-response+json' } });
    expect([strict.status, codes(strict.body), 'data' in strict.body]).toEqual([
      400,
      ['GRAPHQL_VALIDATION_FAILED'],
      false,
    ]);
    const lenient = await federation.ask({ query, headers: { accept: 'application/json' } });
    expect([lenient.status, codes(lenient.body), 'data' in lenient.body]).toEqual([
      200,
      ['GRAPHQL_VALIDATION_FAILED'],
      false,
    ]);
  });

  test('validation names only what the caller wrote', async () => {
    const answer = await federation.ask({ query: '{ citizen(personalNumber: "051085000001") { diagnosis } }', token });
    expect(answer.text).not.toContain('diagnoses');
  });

  test('an answer may be kept by nobody, and its id is ours', async () => {
    const answer = await federation.ask({ query: publicQuery, headers: { 'x-request-id': 'mine' } });
    expect(answer.headers['cache-control']).toBe('private, no-store');
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('operations', () => {
  const me = (selection: string) => `{ citizen(personalNumber: "${FATHER}") { ${selection} } }`;

  test('a client alias never reads a key that the plan adds', async () => {
    const query = me('id: maritalStatus insurance { number } personalNumber: fullName');
    const answer = await federation.ask({ query, token });
    expect(answer.body).toEqual({
      data: { citizen: { id: 'MARRIED', insurance: { number: 'GD4512101234567' }, personalNumber: 'Phạm Văn Hiếu' } },
    });
    expect(answer.text).not.toContain(federation.idOf(FATHER));
  });

  test('a key that the caller may not have stays unreadable while it carries the plan', async () => {
    const insuranceOnly = await federation.token('so-y-te', { purpose: 'BHYT', scope: 'health:insurance:read' });
    for (const selection of ['insurance { number } id', 'insurance { number } x: id', 'id insurance { number }']) {
      const answer = await federation.ask({ query: me(selection), token: insuranceOnly });
      expect(answer.body.data).toMatchObject({ citizen: { insurance: { number: 'GD4512101234567' } } });
      expect(answer.text).not.toContain(federation.idOf(FATHER));
    }
  });

  test('two callers of one text never share a plan', async () => {
    const query = me('fullName insurance { number } holdings { share }');
    const poor = await federation.token('so-y-te', { purpose: 'BHYT', scope: 'citizens:basic:read' });
    const expected = {
      rich: { fullName: 'Phạm Văn Hiếu', insurance: { number: 'GD4512101234567' }, holdings: [{ share: '1/1' }] },
      poor: { fullName: 'Phạm Văn Hiếu', insurance: null, holdings: null },
    };
    for (let round = 0; round < 100; round++) {
      const [first, second] = await Promise.all([
        federation.ask({ query, token }),
        federation.ask({ query, token: poor }),
      ]);
      expect([first.body.data, second.body.data]).toEqual([{ citizen: expected.rich }, { citizen: expected.poor }]);
    }
  });

  test.each(['__proto__', 'constructor', 'prototype', 'toString'])(
    '%s as alias and variable is a name',
    async (name) => {
      const query = `query ($${name}: PersonalNumber!) { ${name}: citizen(personalNumber: $${name}) { ${name}: fullName } }`;
      const answer = await federation.post(`{"query":${JSON.stringify(query)},"variables":{"${name}":"${FATHER}"}}`, {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
      });
      expect(answer.text.trim()).toBe(`{"data":{"${name}":{"${name}":"Phạm Văn Hiếu"}}}`);
      await expectAlive();
    },
  );

  test('a mutation in which one field is denied runs not at all', async () => {
    const police = await federation.token('ca-tinh');
    federation.clearCalls();
    const query = `mutation { changeResidence(input: {citizen: "${federation.idOf(FATHER)}", commune: "21292", address: "Thôn Gò Da, xóm 3", since: "2026-02-01"}) { citizen { fullName insurance { number } } } }`;
    const answer = await federation.ask({ query, token: police });
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual({
      errors: [
        {
          message: expect.any(String),
          extensions: {
            code: 'UNAUTHORIZED_FIELD_OR_TYPE',
            affectedPath: 'changeResidence.citizen.insurance',
            coordinate: 'Citizen.insurance',
          },
        },
      ],
    });
    expect(federation.asked('citizens', 'health')).toEqual([]);
  });

  test.each([
    ['tokens', `{ ${'a: __typename '.repeat(2_000)} }`, 'LIMIT_TOKENS'],
    ['depth', me(`${'family { citizen { '.repeat(10)} fullName ${'} } '.repeat(10)}`), 'LIMIT_DEPTH'],
    ['aliases', me(Array.from({ length: 61 }, (_, n) => `a${n}: fullName`).join(' ')), 'LIMIT_ALIASES'],
    [
      'page size in a literal',
      '{ parcels(commune: "21289", first: 90000) { edges { node { sheet } } } }',
      'LIMIT_COST',
    ],
  ])('beyond the limit of %s: 400 under both media types, no department asked', async (_what, query, code) => {
    federation.clearCalls();
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const answer = await federation.ask({ query, token, headers: { accept } });
      expect([answer.status, codes(answer.body)]).toEqual([400, [code]]);
    }
    expect(federation.asked('citizens', 'health', 'education', 'land')).toEqual([]);
  });

  test('a page size in a variable counts as its value', async () => {
    const query = 'query ($n: Int) { parcels(commune: "21289", first: $n) { edges { node { sheet } } } }';
    const answer = await federation.ask({ query, token, variables: { n: 90_000 } });
    expect(answer.body.errors?.[0]?.extensions).toEqual({
      code: 'LIMIT_COST',
      cost: expect.any(Number),
      budget: 5_000,
    });
  });

  test('a bomb of fragments is refused or answered, quickly and alive', async () => {
    const bomb = Array.from({ length: 30 }, (_, n) => `fragment F${n} on Citizen { ...F${n + 1} ...F${n + 1} }`).join(
      ' ',
    );
    const small = await federation.ask({ query: `${me('...F0')} ${bomb} fragment F30 on Citizen { fullName }`, token });
    expect(small.body).toEqual({ data: { citizen: { fullName: 'Phạm Văn Hiếu' } } });
    await expectAlive();
  });

  test('subscriptions, _service and _entities are unknown here', async () => {
    for (const query of ['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }']) {
      expect(codes((await federation.ask({ query, token })).body)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    }
    expect(codes((await federation.ask({ query: 'subscription { x }', token })).body)).toEqual([
      'SUBSCRIPTIONS_NOT_SUPPORTED',
    ]);
  });
});

describe('bad input', () => {
  const ask = (query: string, variables?: Record<string, unknown>) =>
    federation.ask({ query, token, ...(variables ? { variables } : {}) });

  test('a personal number of 11 digits, as a literal and as a variable', async () => {
    const expected = {
      data: { citizen: null },
      errors: [
        {
          message: expect.stringContaining('12 digits'),
          path: ['citizen'],
          extensions: expect.objectContaining({ code: 'BAD_USER_INPUT', reason: 'personal_number_length' }),
        },
      ],
    };
    const literal = await ask('{ citizen(personalNumber: "05108500000") { fullName } }');
    expect(literal.body).toEqual(expected);
    const query = 'query ($n: PersonalNumber!) { citizen(personalNumber: $n) { fullName } }';
    const variable = await ask(query, { n: '05108500000' });
    expect(variable.body).toEqual(expected);
    expect(variable.body.errors?.[0]?.extensions.argument).toBe('$n');
    expect(literal.text + variable.text).not.toContain('05108500000');
  });

  test('an unknown commune, school and cursor', async () => {
    for (const query of [
      '{ commune(code: "99999") { name } }',
      '{ parcels(commune: "21289", after: "abc") { edges { cursor } } }',
      '{ parcel(commune: "00000", sheet: 1, number: 1) { area } }',
    ]) {
      expect(codes((await ask(query)).body)).toEqual(['BAD_USER_INPUT']);
    }
    expect((await ask('{ school(code: "nowhere") { name } }')).body.errors).toHaveLength(1);
  });

  test('a missing and a mistyped variable', async () => {
    const query = 'query ($n: Int!) { parcel(commune: "21289", sheet: $n, number: 345) { area } }';
    expect(codes((await ask(query)).body)).toEqual(['BAD_USER_INPUT']);
    expect(codes((await ask(query, { n: 'twelve' })).body)).toEqual(['BAD_USER_INPUT']);
  });

  test('somebody who is not on record is null without an error', async () => {
    expect((await ask('{ citizen(personalNumber: "051085000999") { fullName } }')).body).toEqual({
      data: { citizen: null },
    });
  });

  test('messages follow Accept-Language', async () => {
    const query = '{ citizen(personalNumber: "1") { fullName } }';
    const vi = await federation.ask({ query, token, headers: { 'accept-language': 'vi-VN,vi;q=0.9,en;q=0.5' } });
    expect(vi.body.errors?.[0]?.message).toMatch(/chữ số/);
    expect(vi.headers['content-language']).toBe('vi');
  });
});

describe('the hop', () => {
  test('a department answers nobody but the gateway', async () => {
    const { url } = federation.departments.citizens;
    const ask = async (authorization?: string) => {
      const answer = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
        body: JSON.stringify({ query: publicQuery }),
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    };
    const captured = federation.proxies.citizens.calls.at(-1)?.headers.authorization;
    for (const authorization of [undefined, `Bearer ${token}`, captured, 'Bearer x']) {
      const answer = await ask(authorization);
      expect(answer.status).toBe(401);
      expect(answer.text).not.toContain('Sơn Hà');
    }
  });

  test('what travels is the internal token: no client header, no client token, only scopes of that department', async () => {
    federation.clearCalls();
    await federation.ask({
      query: `{ citizen(personalNumber: "${FATHER}") { fullName insurance { number } } }`,
      token,
      headers: { 'x-user': 'root', cookie: 'session=1', 'x-forwarded-for': '10.0.0.1' },
    });
    const [call] = federation.proxies.health.calls;
    const authorization = String(call?.headers.authorization);
    expect(authorization).not.toContain(token);
    const [header, payload] = authorization
      .slice('Bearer '.length)
      .split('.')
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString() === '' ? '{}' : safe(part)));
    expect(header).toEqual({ alg: 'ES256', typ: 'gw-internal+jwt', kid: expect.any(String) });
    expect(payload).toMatchObject({
      aud: 'urn:subgraph:health',
      sub: 'mot-cua',
      client_id: 'mot-cua',
      iss_user: federation.issuer.url,
      act: { sub: 'urn:gateway', act: { sub: 'mot-cua' } },
      purpose: 'TTHC',
      legal_basis: 'MANDATORY_SHARE',
      req: expect.any(String),
      bh: expect.any(String),
    });
    expect(payload.exp - payload.iat).toBeLessThanOrEqual(60);
    expect(String(payload.scope).split(' ').sort()).toEqual([
      'citizens:basic:read',
      'health:immunization:read',
      'health:insurance:read',
    ]);
    expect(Object.keys(call?.headers ?? {}).sort()).toEqual(
      [
        'accept',
        'accept-language',
        'authorization',
        'connection',
        'content-length',
        'content-type',
        'host',
        'x-request-id',
      ].sort(),
    );
  });

  /** The signature is no JSON. */
  const safe = (part: string) => {
    const text = Buffer.from(part, 'base64url').toString();
    return text.startsWith('{') ? text : '{}';
  };
});

test('no log line holds a token, a personal number or a name', async () => {
  const query = 'query ($n: PersonalNumber!) { citizen(personalNumber: $n) { fullName } }';
  await federation.ask({ query, token, variables: { n: FATHER } });
  await federation.ask({ query, token, variables: { n: '05108500000' } });
  const logs = [federation.gateway, federation.issuer, ...Object.values(federation.departments)]
    .map((process) => process.log())
    .join('\n');
  expect(logs).toContain('"requestId"');
  for (const secret of [token, token.split('.')[2] as string, FATHER, '05108500000', 'Phạm Văn Hiếu', 'demo-mot-cua']) {
    expect(logs).not.toContain(secret);
  }
});
