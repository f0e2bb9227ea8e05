import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Answer, ReceivedRequest } from './context.ts';
import { httpServer } from './http.ts';
import { plainPosts } from './plain-post.ts';

/** Tells what reached it: the same request must be the same thing to the pipeline by both ways. */
const seen: ReceivedRequest[] = [];
const graphql = async (request: ReceivedRequest): Promise<Answer> => {
  seen.push(request);
  const { method, path, search, headers, rawHeaders, body, peer } = request;
  if (headers['x-fail'] !== undefined) throw new Error('a defect');
  const told = { method, path, search, headers, rawHeaders, body: body?.toString('latin1'), address: peer.address };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(told)) };
};

let ready = true;
const BODY_SIZE = 200_000;
const serverOf = (pipeline: typeof graphql, stalled?: number) =>
  httpServer({
    stalled,
    bodySize: BODY_SIZE,
    graphql: pipeline,
    jwks: () => ({}),
    departmentJwks: () => ({}),
    resourceMetadata: () => ({}),
    tls: undefined,
    ready: () => ready,
  });
const app = serverOf(graphql);
/** The same without the short way. */
const plain = serverOf(graphql);
const ports = { short: 0, router: 0 };

const listen = async (server: typeof app): Promise<number> => {
  await server.listen({ host: '127.0.0.1', port: 0 });
  return (server.server.address() as AddressInfo).port;
};

beforeAll(async () => {
  plain.server.removeAllListeners('request');
  plain.server.on('request', (incoming, outgoing) => plain.routing(incoming, outgoing));
  ports.short = await listen(app);
  ports.router = await listen(plain);
});
afterAll(() => Promise.all([app.close(), plain.close()]));

/** What comes back for these bytes until the connection ends or is silent, without what differs each time. */
const exchange = async (port: number, ...pieces: readonly string[]): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  let patience: NodeJS.Timeout | undefined;
  const wait = (milliseconds: number): void => {
    clearTimeout(patience);
    patience = setTimeout(() => socket.destroy(), milliseconds);
  };
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text;
    wait(100);
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  wait(received === '' ? 1_000 : 100);
  await closed;
  clearTimeout(patience);
  return received.replace(/^date: .*\r\n/gim, '').replace(/^x-request-id: .*\r\n/gim, '');
};

/** Status, fields in any order, body: the two need not write fields in one order. */
const parsed = (answer: string) => {
  const [head = '', ...body] = answer.split('\r\n\r\n');
  const [status, ...fields] = head.split('\r\n');
  return { status, fields: fields.map((field) => field.toLowerCase()).sort(), body: body.join('\r\n\r\n') };
};

const request = (body: string, fields: readonly string[] = [], line = 'POST /graphql HTTP/1.1'): string =>
  [
    line,
    'host: gateway.example',
    ...(fields.some((field) => /^content-type/i.test(field)) ? [] : ['content-type: application/json']),
    ...(fields.some((field) => /^(content-length|transfer-encoding)/i.test(field))
      ? []
      : [`content-length: ${Buffer.byteLength(body, 'latin1')}`]),
    ...fields,
    '',
    body,
  ].join('\r\n');

const ASK = '{"query":"{ a }"}';

describe('both ways', () => {
  test.each([
    ['a plain one', [request(ASK)]],
    [
      'with other fields, some twice',
      [request(ASK, ['Authorization: Bearer a', 'authorization: Bearer b', 'X-A: 1', 'x-a: 2'])],
    ],
    ['UTF-8 named', [request(ASK, ['content-type: application/json; charset=utf-8'])]],
    ['another charset', [request(ASK, ['content-type: application/json; charset=utf-16'])]],
    ['another media type', [request(ASK, ['content-type: text/plain'])]],
    ['no media type', [request(ASK, ['content-type:'])]],
    ['two media types', [request(ASK, ['content-type: application/json', 'content-type: text/plain'])]],
    ['an encoding', [request(ASK, ['content-encoding: gzip'])]],
    ['an encoding that is none', [request(ASK, ['content-encoding: identity'])]],
    ['no body', [request('')]],
    ['no length', ['POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\r\n']],
    ['chunks', [request('11\r\n{"query":"{ a }"}\r\n0\r\n\r\n', ['transfer-encoding: chunked'])]],
    ['chunks and a length', [request('0\r\n\r\n', ['transfer-encoding: chunked', 'content-length: 5'])]],
    ['two lengths', [request(ASK, ['content-length: 17', 'content-length: 18'])]],
    ['two equal lengths', [request(ASK, ['content-length: 17', 'content-length: 17'])]],
    ['a length with a sign', [request(ASK, ['content-length: +17'])]],
    ['a length with zeros in front', [request(ASK, ['content-length: 0017'])]],
    ['a length beyond all numbers', [request(ASK, ['content-length: 99999999999999999999'])]],
    ['just small enough', [request('x'.repeat(BODY_SIZE))]],
    ['too large', [request('x'.repeat(BODY_SIZE + 1))]],
    ['in pieces', [request(ASK).slice(0, 60), request(ASK).slice(60, -5), ASK.slice(-5)]],
    ['one after another', [request(ASK) + request('{"query":"{ b }"}')]],
    ['one after another, the second by the router', [request(ASK) + request(ASK, [], 'GET /health/live HTTP/1.1')]],
    ['the connection to be closed', [request(ASK, ['connection: close'])]],
    ['HTTP/1.0', [request(ASK, [], 'POST /graphql HTTP/1.0')]],
    ['an expectation', [request(ASK, ['expect: 100-continue'])]],
    ['another expectation', [request(ASK, ['expect: 200-ok'])]],
    ['the absolute form', [request(ASK, [], 'POST http://gateway.example/graphql HTTP/1.1')]],
    ['a query string', [request(ASK, [], 'POST /graphql?a=b HTTP/1.1')]],
    ['a slash too many', [request(ASK, [], 'POST /graphql/ HTTP/1.1')]],
    ['letters in hexadecimal', [request(ASK, [], 'POST /%67raphql HTTP/1.1')]],
    ['another case', [request(ASK, [], 'POST /GraphQL HTTP/1.1')]],
    ['GET', [request('', [], 'GET /graphql?query=%7Ba%7D HTTP/1.1')]],
    ['PUT', [request(ASK, [], 'PUT /graphql HTTP/1.1')]],
    ['HEAD', [request('', [], 'HEAD /graphql HTTP/1.1')]],
    ['OPTIONS', [request('', [], 'OPTIONS /graphql HTTP/1.1')]],
    ['a defect', [request(ASK, ['x-fail: 1'])]],
    ['bytes that are no UTF-8', [request('\xff\xfe')]],
    ['no HTTP', ['hello\r\n\r\n']],
  ])('%s: the same to the pipeline, the same answer', async (_, pieces) => {
    ready = true;
    const [short = '', long = ''] = await Promise.all(
      [ports.short, ports.router].map((port) => exchange(port, ...pieces)),
    );
    expect(parsed(short)).toEqual(parsed(long));
    expect(short).toMatch(/^HTTP\/1\.1 \d{3} /);
  });

  test('while the gateway closes: an answer that ends its connection', async () => {
    ready = false;
    const pieces = [request(ASK)];
    const [short = '', long = ''] = await Promise.all(
      [ports.short, ports.router].map((port) => exchange(port, ...pieces)),
    );
    ready = true;
    expect(parsed(short)).toEqual(parsed(long));
    expect(parsed(short).fields).toContain('connection: close');
  });
});

test('plain ones do take the short way', async () => {
  const routed: string[] = [];
  const answer = async () => ({ status: 200, headers: {}, body: 'short' });
  const parts = { path: '/graphql', bodySize: BODY_SIZE, ready: () => true, answer };
  const server = createServer(
    plainPosts(parts, ({ url }, outgoing) => {
      routed.push(String(url));
      outgoing.end('routed');
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(parsed(await exchange(port, request(ASK))).body).toBe('short');
  expect(parsed(await exchange(port, request(ASK, [], 'POST /graphql?a HTTP/1.1'))).body).toMatch('routed');
  expect(routed).toEqual(['/graphql?a']);
  server.close();
});

test('one that breaks off reaches nobody', async () => {
  const before = seen.length;
  expect(await exchange(ports.short, request(ASK).slice(0, -5))).toBe('');
  expect(seen).toHaveLength(before);
  expect(parsed(await exchange(ports.short, request(ASK))).status).toBe('HTTP/1.1 200 OK');
});

test('one that closes between question and answer takes an end to it as well', async () => {
  let answerNow = (): void => {};
  const asked = new Promise<void>((resolve) => {
    answerNow = resolve;
  });
  const slow = serverOf(async (received) => {
    await asked;
    ready = false;
    return graphql(received);
  });
  const answer = exchange(await listen(slow), request(ASK));
  await new Promise((resolve) => setTimeout(resolve, 50));
  answerNow();
  expect(parsed(await answer).fields).toContain('connection: close');
  ready = true;
  await slow.close();
});

test('an answer that nobody reads does not stay in memory', async () => {
  const server = serverOf(async () => ({ status: 200, headers: {}, body: Buffer.alloc(64 * 1024 * 1024) }), 300);
  const port = await listen(server);
  const connections = () =>
    new Promise<number>((resolve) => server.server.getConnections((_, count) => resolve(count)));
  const until = async (many: number) => {
    while ((await connections()) !== many) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const idle = connect(port, '127.0.0.1').pause();
  idle.on('error', () => {});
  idle.write(request(ASK), 'latin1');
  await until(1);
  await until(0);
  idle.destroy();
  await server.close();
});
