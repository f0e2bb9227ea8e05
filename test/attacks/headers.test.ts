import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { request } from 'undici';

import { raw } from '../kit/raw.ts';
import { type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import { registry } from './registry.ts';

jest.setTimeout(60_000);

let production: SmallFederation;
let development: SmallFederation;
beforeAll(async () => {
  production = await startSmallFederation({ departments: registry, environment: 'production' });
  development = await startSmallFederation({ departments: registry });
});
afterAll(() => Promise.all([production?.close(), development?.close()]));

const query = '{ me { nick blood name } }';
const cut = { me: { nick: 'NICK', blood: 'BLOOD', name: null } };
const body = JSON.stringify({ query });

/** What a department may be told by headers, and nothing else. */
const HOP = new Set([
  'accept',
  'accept-language',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'host',
  'x-request-id',
]);

describe('the hop: what a client writes into headers', () => {
  test.each([
    [
      'identity',
      {
        'x-user': 'root',
        'x-user-id': '1',
        'x-scope': 'name',
        'x-scopes': 'name',
        scope: 'name',
        'x-org': 'H48',
        'x-purpose': 'TTHC',
        'x-citizen': 'k1.x',
        'x-client-id': 'mot-cua',
        'x-auth-request-user': 'root',
        'x-remote-user': 'root',
        'remote-user': 'root',
      },
    ],
    [
      'identity, with underscores',
      {
        x_user: 'root',
        x_scope: 'name',
        x_request_id: 'mine',
        http_authorization: 'Bearer x',
        content_length: '0',
        x_forwarded_for: '10.0.0.1',
      },
    ],
    [
      'places',
      {
        'x-forwarded-for': '10.0.0.1',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        'x-real-ip': '10.0.0.1',
        forwarded: 'for=10.0.0.1;host=evil.example',
        'x-original-url': '/health/live',
        'x-rewrite-url': '/health/live',
        via: '1.1 evil',
      },
    ],
    [
      'certificates',
      {
        'x-client-cert': 'MIIB',
        'x-forwarded-client-cert': 'By=x',
        'ssl-client-cert': 'MIIB',
        'client-cert': ':MIIB:',
      },
    ],
    [
      'tracing and baggage',
      { baggage: 'scope=name', tracestate: 'a=b', 'x-b3-traceid': '1', 'uber-trace-id': '1:1:0:1' },
    ],
    ['an internal token', { 'x-internal-token': 'x', 'gw-authorization': 'Bearer x', 'x-amzn-oidc-data': 'x' }],
    ['cookies', { cookie: 'session=1; scope=name' }],
  ])('%s: changes no verdict and reaches no department', async (_what, headers) => {
    for (const gateway of [production, development]) {
      gateway.calls.length = 0;
      const answer = await gateway.ask({
        query,
        token: await gateway.token('t'),
        headers: headers as Record<string, string>,
      });
      expect(answer.body.data).toEqual(cut);
      const received = gateway.calls.flatMap((call) => Object.keys(call.headers));
      expect(received.length).toBeGreaterThan(0);
      expect(received.filter((name) => !HOP.has(name))).toEqual([]);
      const told = JSON.stringify(gateway.calls.map((call) => ({ ...call.headers, authorization: '' })));
      for (const value of Object.values(headers)) if (value.length > 3) expect(told).not.toContain(value);
    }
  });

  test.each([
    ['its own line', 'X-Request-Id: mine'],
    ['a folded line', 'X-Request-Id: mine\r\n Set-Cookie: a=b'],
    ['an escaped line', 'X-Request-Id: mine%0d%0aSet-Cookie: a=b'],
    ['bare line feeds', 'X-Request-Id: mine\nSet-Cookie: a=b'],
    ['a bare carriage return', 'X-Request-Id: mine\rSet-Cookie: a=b'],
    ['characters beyond ASCII', 'X-Request-Id: \u560a\u560dSet-Cookie: a=b'],
    ['the language', 'Accept-Language: en\r\n\tSet-Cookie: a=b'],
    ['the media type', 'Accept: application/json; x="\\r\\nSet-Cookie: a=b"'],
  ])('a request id with line breaks, %s: no header of the answer or of the hop', async (_what, header) => {
    production.calls.length = 0;
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n${header}\r\n`;
    for (const encoding of ['latin1', 'utf8'] as const) {
      const answer = await raw(
        production.url,
        Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n${body}`, encoding),
      );
      expect(answer).toMatch(/^HTTP\/1\.1 [24]\d\d /);
      expect(answer?.toLowerCase()).not.toMatch(/\nset-cookie|mine/);
    }
    const told = JSON.stringify(production.calls.map(({ headers }) => headers));
    expect(told).not.toMatch(/mine|a=b/);
    expect(production.gateway.log()).not.toMatch(/mine|a=b/);
  });
});

describe('the hop: what only a gateway may ask', () => {
  test.each([
    '{ _service { sdl } }',
    '{ _entities(representations: [{__typename: "Person", nationalId: "NATIONAL-ID"}]) { ... on Person { blood } } }',
    '{ __type(name: "_Entity") { name } }',
    '{ __type(name: "_Service") { name } }',
    '{ __type(name: "join__Graph") { name } }',
    '{ me { nick @join__field(graph: PEOPLE) } }',
    'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
  ])('%s is unknown, to whoever may introspect too', async (text) => {
    for (const scopes of ['', 'id label vault name greet sum secret title schema:introspect']) {
      for (const gateway of [production, development]) {
        gateway.calls.length = 0;
        const answer = await gateway.ask({ query: text, token: await gateway.token(scopes) });
        expect(answer.text).not.toMatch(/BLOOD|NICK|type Query|@key/);
        expect(gateway.calls).toEqual([]);
        if (text.includes('__type(')) expect([undefined, { __type: null }]).toContainEqual(answer.body.data);
        else expect(answer.body.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
      }
    }
  });
});

describe('production', () => {
  test.each([
    { 'apollo-query-plan-experimental': 'true' },
    { 'apollo-query-plan-experimental-format': 'prettified' },
    { 'apollo-expose-query-plan': 'true' },
    { 'apollo-federation-include-trace': 'ftv1' },
    { 'apollographql-client-name': 'studio', 'apollographql-client-version': '1' },
    { 'x-apollo-tracing': '1', 'x-apollo-debug': '1', debug: '1', 'x-debug': 'true' },
    { 'apollo-cache-control': 'x', 'cache-control': 'no-cache' },
    { 'x-hasura-role': 'admin', 'x-graphql-explain': '1', explain: 'true' },
  ])('query-plan and trace headers do nothing: %j', async (headers) => {
    const token = await production.token('t');
    const plain = await production.ask({ query, token });
    const asked = await production.ask({ query, token, headers: headers as Record<string, string> });
    expect([asked.status, asked.text]).toEqual([plain.status, plain.text]);
    const own = ({ headers: all }: typeof plain) => Object.keys(all).sort();
    expect(own(asked)).toEqual(own(plain));
  });

  test('extensions that ask for more get nothing', async () => {
    for (const extensions of [
      { queryPlan: true },
      { ftv1: true },
      { tracing: {} },
      { explain: true },
      { operation: 'x' },
    ]) {
      const answer = await production.post(JSON.stringify({ query, extensions }), {
        'content-type': 'application/json',
      });
      expect(Object.keys(answer.body).sort()).toEqual(['data', 'errors']);
    }
  });

  test('introspection takes its scope', async () => {
    const introspection = '{ __schema { types { name } } }';
    const refused = await production.ask({ query: introspection, token: await production.token('name') });
    expect(refused.body.errors?.[0]?.extensions.code).toBe('INTROSPECTION_FORBIDDEN');
    const shown = await production.ask({ query: introspection, token: await production.token('schema:introspect') });
    expect(shown.text).toContain('"Query"');
    expect(shown.text).not.toContain('"Vault"');
  });

  test.each([
    '/',
    '/explain',
    '/console/token',
    '/console/config.json',
    '/metrics',
    '/graphql/explain',
    '/graphiql',
    '/.git/config',
    '/supergraph.graphql',
  ])('there is no %s', async (path) => {
    for (const method of ['GET', 'POST'] as const) {
      const answer = await request(new URL(path, production.url), {
        method,
        headers: method === 'POST' ? { 'content-type': 'application/json' } : {},
        body: method === 'POST' ? body : null,
      });
      expect([path, method, answer.statusCode]).toEqual([path, method, 404]);
      expect(await answer.body.text()).not.toMatch(/NICK|type Query/);
    }
  });

  test('an error tells neither file nor line nor version', async () => {
    for (const text of [
      '{',
      '{ nothing }',
      'query A { me { nick } } query B { me { nick } }',
      '{ me(a: 1) { nick } }',
    ]) {
      const answer = await production.ask({ query: text });
      expect(answer.text).not.toMatch(/node_modules|\.[jt]s:\d|stacktrace|at Object|apollo/i);
      for (const name of ['server', 'x-powered-by', 'via']) expect(answer.headers).not.toHaveProperty(name);
    }
  });
});

describe('GHSA-qm7x-rc44-rrqw, GHSA-2fvv-qxrq-7jq6: the console’s page', () => {
  const page = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await request(new URL(path, development.url), { headers });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };
  const SCRIPT = '"><script>alert(1)</script>';
  const escaped = encodeURIComponent(SCRIPT);

  test('scripts are files of ours, by a policy that takes no other', async () => {
    const { headers, text } = await page('/');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy.find((directive) => directive.startsWith('script-src'))).not.toMatch(/unsafe|http|data:|\*/);
    const scripts = [...text.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes, inner] of scripts) expect([attributes?.includes('src="/'), inner]).toEqual([true, '']);
    expect(text).not.toMatch(/\son\w+=|javascript:/i);
  });

  test('the page is the same whatever is asked', async () => {
    const { text } = await page('/');
    for (const path of [
      `/?query=${escaped}`,
      `/?endpoint=${escaped}&variables=${escaped}`,
      `/?headers=${escaped}#${escaped}`,
    ]) {
      expect(
        (await page(path, { referer: `http://x/${SCRIPT}`, 'user-agent': SCRIPT, 'accept-language': SCRIPT })).text,
      ).toBe(text);
    }
  });

  test.each([
    `/${escaped}`,
    `/graphql?query=${escaped}`,
    `/graphql/${escaped}`,
    `/console/${escaped}`,
    `/assets/${escaped}.js`,
  ])('what is wrong with %s is told as JSON that no browser runs', async (path) => {
    const { status, headers, text } = await page(path, { accept: 'text/html,*/*' });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers['content-type']).toMatch(/^application\/(?:graphql-response\+)?json/);
    expect(text).not.toContain('<script>');
  });
});
