import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { request } from 'undici';

import { Random } from '../fuzz/random.ts';
import { familyOf } from '../kit/proc.ts';
import { raw } from '../kit/raw.ts';
import { type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import { registry } from './registry.ts';

jest.setTimeout(60_000);

let federation: SmallFederation;
let poor: string;
let rich: string;
beforeAll(async () => {
  federation = await startSmallFederation({ departments: registry });
  poor = await federation.token('t');
  rich = await federation.token('name');
});
afterAll(() => federation?.close());

const json = { 'content-type': 'application/json', 'accept-language': 'en' };
const query = '{ me { nick name } }';
const cut = { me: { nick: 'NICK', name: null } };
const whole = { me: { nick: 'NICK', name: 'NAME' } };
const body = JSON.stringify({ query });
const HEAD = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

const expectAlive = async () => {
  expect((await federation.ask({ query, token: rich })).body).toEqual({ data: whole });
  expect(federation.gateway.child.exitCode).toBeNull();
};
const processorTime = () => familyOf(federation.gateway.child.pid ?? 0).reduce((sum, { ticks }) => sum + ticks * 10, 0);

const get = async (parameters: Record<string, string>, headers: Record<string, string> = {}) => {
  const url = new URL(federation.url);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const answer = await request(url, { headers });
  const text = await answer.body.text();
  const parsed = text.startsWith('{') ? JSON.parse(text) : undefined;
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    data: parsed?.data,
    code: parsed?.errors?.[0]?.extensions.code,
  };
};

describe('GHSA-9q82-xgwf-vj6h, GHSA-hff2-gcpx-8f4p: reads and writes across sites', () => {
  const cookies = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };

  test.each([
    ['no content type', {}],
    ['a simple content type', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a form in parts', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['a content type in capitals', { 'content-type': 'TEXT/PLAIN;charset=UTF-8' }],
    ['JSON behind a simple type', { 'content-type': 'text/plain, application/json' }],
    ['JSON as a parameter', { 'content-type': 'text/plain; x=application/json' }],
    ['an odd content type', { 'content-type': '*/*' }],
    ['an empty preflight header', { 'apollo-require-preflight': '' }],
  ])('GET with %s is not run', async (_what, headers) => {
    federation.calls.length = 0;
    const answer = await get({ query }, { ...headers, ...cookies } as Record<string, string>);
    expect([400, 415]).toContain(answer.status);
    expect([answer.data, federation.calls]).toEqual([undefined, []]);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
    '',
  ])('POST with content type «%s»: 415, preflight header or not', async (type) => {
    for (const preflight of [{}, { 'apollo-require-preflight': '1', 'x-apollo-operation-name': 'a' }]) {
      const answer = await federation.post(body, {
        ...(type === '' ? {} : { 'content-type': type }),
        ...preflight,
      } as Record<string, string>);
      expect(answer.status).toBe(415);
    }
  });

  test('GET never writes, whatever is said of the method', async () => {
    const rename = 'mutation M { rename(to: "x") }';
    federation.calls.length = 0;
    for (const text of [rename, `${rename} query B { me { nick } }`, `query B { me { nick } } ${rename}`]) {
      for (const headers of [{}, { 'x-http-method-override': 'POST' }, { 'x-method-override': 'POST' }]) {
        const parameters = { query: text, operationName: 'M' };
        const answer = await get(parameters, { 'apollo-require-preflight': '1', ...headers });
        expect([answer.status, answer.code, answer.data]).toEqual([405, 'METHOD_NOT_ALLOWED', undefined]);
      }
    }
    expect(federation.calls).toEqual([]);
    const { body: posted } = await federation.ask({ query: rename });
    expect(posted).toEqual({ data: { rename: 'x' } });
  });

  test('a preflight is not granted to anybody', async () => {
    const answer = await request(federation.url, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    await answer.body.dump();
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('CVE-2026-23897, CVE-2024-28101, CVE-2024-43783: bodies', () => {
  test.each([
    'utf-7',
    'utf-16',
    'utf-16le',
    'utf-32',
    'ibm037',
    'iso-2022-jp',
    'x-user-defined',
    'latin1',
    'base64',
    'utf-8, utf-7',
    '"utf-8',
    "utf-8'",
    'utf-8; charset=utf-7',
    `${'x'.repeat(8_000)}`,
    `${' '.repeat(8_000)}utf-8x`,
  ])('charset %#: 415, and little work for it', async (charset) => {
    const before = processorTime();
    for (let round = 0; round < 20; round++) {
      const answer = await federation.post(Buffer.alloc(200_000, 0x2b), {
        'content-type': `application/json; charset=${charset}`,
      });
      expect(answer.status).toBe(415);
    }
    if (process.platform === 'linux') expect(processorTime() - before).toBeLessThan(1_000);
  });

  const blank = Buffer.concat([
    Buffer.from(`{"query":"${query}"`),
    Buffer.alloc(50 * 1024 * 1024, ' '),
    Buffer.from('}'),
  ]);
  test.each([
    ['gzip', gzipSync(blank)],
    ['deflate', deflateSync(blank)],
    ['br', brotliCompressSync(blank, { params: { 1: 1 } })],
    ['x-gzip', gzipSync(body)],
    ['gzip, gzip', gzipSync(gzipSync(blank))],
    ['identity', Buffer.from(body)],
    ['zstd', Buffer.from(body)],
    ['', Buffer.from(body)],
  ])('content-encoding «%s» is not unpacked', async (encoding, bytes) => {
    expect(bytes.length).toBeLessThan(256 * 1024);
    const answer = await federation.post(bytes, { ...json, 'content-encoding': encoding });
    expect(answer.status).toBe(415);
    await expectAlive();
  });

  test.each([
    ['told beforehand', (size: number) => `${HEAD}Content-Length: ${size}\r\n\r\n`],
    ['told beforehand, in 100 digits', () => `${HEAD}Content-Length: ${'9'.repeat(100)}\r\n\r\n`],
  ])('a length beyond the limit, %s, is refused before it is read', async (_what, head) => {
    const answer = await raw(federation.url, head(10 * 1024 * 1024), { keepOpen: true });
    expect(answer).toMatch(/^HTTP\/1\.1 4(?:00|13) /);
    await expectAlive();
  });

  test('chunks without end are cut off at the limit', async () => {
    const { hostname, port } = new URL(federation.url);
    const sent = await new Promise<{ bytes: number; answer: string }>((resolve) => {
      let bytes = 0;
      let answer = '';
      const chunk = `1000\r\n${' '.repeat(0x1000)}\r\n`;
      const socket = connect(Number(port), hostname, () => {
        socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
        const pour = () => {
          while (!socket.destroyed && bytes < 64 * 1024 * 1024) {
            bytes += chunk.length;
            if (!socket.write(chunk)) return;
          }
        };
        socket.on('drain', pour);
        pour();
      });
      socket.setEncoding('utf8').on('data', (text: string) => {
        answer += text;
      });
      socket.once('error', () => {}).once('close', () => resolve({ bytes, answer }));
    });
    expect(sent.bytes).toBeLessThan(32 * 1024 * 1024);
    expect(sent.answer === '' || sent.answer.startsWith('HTTP/1.1 413 ')).toBe(true);
    await expectAlive();
  });

  test('a multitude that promises bodies and sends none does not keep others waiting', async () => {
    const { hostname, port } = new URL(federation.url);
    const idle = Array.from({ length: 200 }, () => connect(Number(port), hostname));
    for (const socket of idle) socket.on('error', () => {}).write(`${HEAD}Content-Length: 100\r\n\r\n{"query"`);
    await expectAlive();
    for (const socket of idle) socket.destroy();
  });
});

describe('GHSA-8r69-3cvp-wxc3: batches and caches', () => {
  test.each(['[]', '[{}]', `[${body}]`, `[${body},${body}]`, `[[${body}]]`, `  \n[${body}]`])(
    'the batch %s is refused',
    async (batch) => {
      const answer = await federation.post(batch, { ...json, authorization: `Bearer ${rich}` });
      expect([answer.status, answer.body.errors?.map(({ extensions }) => extensions.code)]).toEqual([
        400,
        ['BATCHING_NOT_SUPPORTED'],
      ]);
      expect(answer.headers['cache-control']).toBe('private, no-store');
    },
  );

  test('whatever the answer, no cache keeps it', async () => {
    const answers = [
      await federation.ask({ query, token: rich }),
      await federation.ask({ query }),
      await federation.ask({ query: '{ nothing }' }),
      await federation.ask({ query: '{' }),
      await federation.ask({ query, token: 'x' }),
      await federation.ask({ query: '{ __schema { queryType { name } } }' }),
      await federation.post('', {}),
      await federation.post('a'.repeat(300_000), json),
      await get({ query }, { 'apollo-require-preflight': '1' }),
      await get({ query }),
      await get(
        { extensions: '{"persistedQuery":{"version":1,"sha256Hash":"x"}}' },
        { 'apollo-require-preflight': '1' },
      ),
    ];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({ 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff' });
      expect(headers).not.toHaveProperty('etag');
      expect(headers).not.toHaveProperty('age');
    }
  });
});

describe('GHSA-w42g-7vfc-xf37, CVE-2026-30241, CVE-2026-35523: every transport, one verdict', () => {
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const persisted = { persistedQuery: { version: 1, sha256Hash } };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}`, 'accept-language': 'en' });
  const ways: readonly [string, (token: string) => Promise<unknown>][] = [
    ['POST', async (token) => (await federation.ask({ query, token })).body],
    [
      'POST of the hash with its text',
      async (token) =>
        (await federation.post(JSON.stringify({ query, extensions: persisted }), { ...json, ...bearer(token) })).body,
    ],
    [
      'POST of the hash',
      async (token) =>
        (await federation.post(JSON.stringify({ extensions: persisted }), { ...json, ...bearer(token) })).body,
    ],
    [
      'GET',
      async (token) => JSON.parse((await get({ query }, { ...bearer(token), 'apollo-require-preflight': '1' })).text),
    ],
    [
      'GET of the hash',
      async (token) =>
        JSON.parse(
          (await get({ extensions: JSON.stringify(persisted) }, { ...bearer(token), 'apollo-require-preflight': '1' }))
            .text,
        ),
    ],
    [
      'POST that takes the other media type',
      async (token) =>
        (await federation.ask({ query, token, headers: { accept: 'application/graphql-response+json' } })).body,
    ],
    [
      'POST that would take parts',
      async (token) =>
        (
          await federation.ask({
            query,
            token,
            headers: { accept: 'multipart/mixed; deferSpec=20220824, application/json' },
          })
        ).body,
    ],
  ];

  test('equal to the byte, whoever comes first', async () => {
    for (const token of [rich, poor, poor, rich]) {
      const answers: string[] = [];
      for (const [, ask] of ways) answers.push(JSON.stringify(await ask(token)));
      expect(new Set(answers).size).toBe(1);
      expect(JSON.parse(answers[0] ?? '').data).toEqual(token === rich ? whole : cut);
    }
  });

  test.each([
    [
      'websocket',
      'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n',
    ],
    ['h2c', 'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n'],
    ['TLS', 'Upgrade: TLS/1.2\r\nConnection: Upgrade\r\n'],
  ])('an upgrade to %s is not made', async (_what, headers) => {
    for (const path of ['/graphql', '/', '/subscriptions']) {
      const answer = await raw(federation.url, `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 (?:200|400|404|405) |^$/);
      expect(answer).not.toMatch(/101 Switching|NICK/);
    }
    await expectAlive();
  });

  test('server-sent events and parts are not spoken', async () => {
    for (const accept of [
      'text/event-stream',
      'multipart/mixed',
      'multipart/mixed; subscriptionSpec=1.0',
      'text/html',
    ]) {
      const answer = await federation.ask({ query, token: rich, headers: { accept } });
      expect([accept, answer.status]).toEqual([accept, 406]);
      expect(answer.text).not.toContain('NAME');
    }
  });

  test('@defer and @stream do not exist', async () => {
    for (const text of ['{ me { nick ... @defer { name } } }', '{ things @stream { id } }']) {
      const answer = await federation.ask({
        query: text,
        token: rich,
        headers: { accept: 'multipart/mixed; deferSpec=20220824, application/json' },
      });
      expect(answer.body.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(answer.text).not.toContain('NAME');
    }
  });

  test('a query in the URL of a POST is not read', async () => {
    const url = `${federation.url}?query=${encodeURIComponent('{ me { name } }')}&operationName=B`;
    const { statusCode, body: stream } = await request(url, {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${rich}` },
      body,
    });
    expect([statusCode, await stream.json()]).toEqual([200, { data: whole }]);
  });
});

describe('CVE-2023-41317: subscriptions', () => {
  test('are refused cleanly, wherever they stand', async () => {
    for (const text of ['subscription { me { name } }', 'query A { me { nick } } subscription B { x }']) {
      const answer = await federation.ask({
        query: text,
        token: rich,
        ...(text.startsWith('query') ? { operationName: 'B' } : {}),
      });
      expect(answer.status).toBe(400);
      expect(answer.body.errors?.[0]?.extensions.code).toBe('SUBSCRIPTIONS_NOT_SUPPORTED');
      expect(answer.body).not.toHaveProperty('data');
    }
    await expectAlive();
  });
});

describe('CVE-2021-43801, CVE-2023-22477: bytes', () => {
  const SEED = 'bytes-1';
  const COUNT = 600;
  const bases = [
    `${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`,
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    `GET /graphql?query=${encodeURIComponent(query)}&variables=%7B%7D HTTP/1.1\r\nHost: x\r\napollo-require-preflight: 1\r\nAccept: */*\r\n\r\n`,
    'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'GET /%00/../graphql/%2e%2e/..%c0%af HTTP/1.1\r\nHost: [::1\r\n\r\n',
    'POST http://evil.example/graphql HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}',
    'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n',
  ];
  const WORDS = [
    '\0',
    '\r\n',
    '\n',
    '\ud83d\ude00',
    '{',
    '}',
    '[',
    '"',
    '\\u0000',
    '\\ud800',
    '__proto__',
    '%',
    '%00',
    '-1',
    '1e999',
    'null',
    ' ',
    '\t',
    ':',
    ';',
    'HTTP/9.9',
    'Transfer-Encoding: chunked\r\n',
    'Expect: 100-continue\r\n',
    'Content-Length: 0\r\n',
    '\xff\xfe',
  ];

  test(`${COUNT} broken requests, seed ${SEED}: an answer or a closed socket, and never a fault of ours`, async () => {
    const random = new Random(SEED);
    const broken = Array.from({ length: COUNT }, () => {
      let text = random.pick(bases);
      for (let change = random.int(1, 6); change > 0; change--) {
        const at = random.int(0, text.length);
        const upTo = random.int(at, Math.min(text.length, at + 12));
        const put = random.chance(0.3) ? String.fromCharCode(random.int(0, 255)) : random.pick(WORDS);
        text = `${text.slice(0, at)}${put}${text.slice(random.chance(0.5) ? at : upTo)}`;
      }
      return Buffer.from(text, random.chance(0.5) ? 'latin1' : 'utf8');
    });
    for (let start = 0; start < broken.length; start += 50) {
      const batch = broken.slice(start, start + 50);
      const answers = await Promise.all(batch.map((bytes) => raw(federation.url, bytes)));
      answers.forEach((answer, n) => {
        const what = { request: batch[n]?.toString('latin1'), answer };
        expect({
          ...what,
          fine: answer !== undefined && (answer === '' || /^HTTP\/1\.1 [1-4]\d\d /.test(answer)),
        }).toMatchObject({ fine: true });
        expect({ ...what, leaked: answer?.includes('NAME') }).toMatchObject({ leaked: false });
      });
    }
    await expectAlive();
    expect(federation.gateway.log()).not.toContain('"failure"');
  });
});
