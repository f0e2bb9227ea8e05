import { generateKeyPairSync } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { describe, expect, test } from '@jest/globals';

import type { Answer } from './context.ts';
import { PublicError } from './errors.ts';
import { httpServer } from './http.ts';
import { answerSigner, type SignAnswer } from './signing/answer.ts';
import { digestOf } from './signing/digest.ts';
import { readSigningKey } from './signing/key.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const current = await readSigningKey(String(privateKey.export({ type: 'pkcs8', format: 'pem' })), 'k');
const served: Answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };

interface Served {
  readonly graphql?: () => Promise<Answer>;
  readonly ready?: boolean;
  readonly signs?: boolean;
  readonly sign?: SignAnswer;
}

const server = ({
  graphql = async () => served,
  ready = true,
  signs = true,
  sign = answerSigner({ current }, () => 0),
}: Served) =>
  httpServer({
    bodySize: 100,
    graphql,
    explain: async () => served,
    ...(signs ? { sign } : {}),
    jwks: () => ({ keys: [] }),
    departmentJwks: () => ({ keys: [] }),
    resourceMetadata: () => ({}),
    tls: undefined,
    ready: () => ready,
  });
const ask = async (parts: Served, url = '/graphql') => {
  const { statusCode, headers, body } = await server(parts).inject({ method: 'POST', url, payload: {} });
  return { status: statusCode, headers, code: JSON.parse(body).errors?.[0]?.extensions?.code, body };
};

/** As it comes over the wire: clients refuse to send what is asked here. */
const raw = async (app: ReturnType<typeof server>, method: string, target: string) => {
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  try {
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(`${method} ${target} HTTP/1.1\r\nhost: data.example\r\nconnection: close\r\n\r\n`);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    const [first = '', ...fields] = head.split('\r\n');
    const headers = new Headers(fields.map((field) => field.split(': ', 2) as [string, string]));
    return { status: Number(first.split(' ')[1]), headers, body, code: JSON.parse(body).errors?.[0]?.extensions?.code };
  } finally {
    await app.close();
  }
};

describe('what no pipeline answers', () => {
  const covered = '("@status" "content-type" "content-digest" "x-request-id")';
  test.each([
    ['while it shuts down', { ready: false }, 503, 'SHUTTING_DOWN'],
    [
      'after a failure of ours',
      {
        graphql: async () => {
          throw new Error('a secret');
        },
      },
      500,
      'INTERNAL_SERVER_ERROR',
    ],
  ])('%s is told in the form of every other answer, and signed', async (_when, parts, status, code) => {
    const answer = await ask(parts);
    expect(answer).toMatchObject({ status, code });
    expect(answer.headers['signature-input']).toMatch(`answer=${covered};`);
    expect(answer.headers['content-digest']).toBe(digestOf(answer.body));
    expect(answer.body).not.toContain('secret');
  });

  test.each([
    ['an address that cannot be read', 'POST', '/graphql%zz', 400, 'BAD_REQUEST'],
    ['the same with scheme and host', 'GET', 'http://data.example/graphql%E0%A4?x=1', 400, 'BAD_REQUEST'],
    ['a method that no router knows', 'PROPFIND', '/graphql', 405, 'METHOD_NOT_ALLOWED'],
    ['the same at another spelling', 'SEARCH', '/%67raphql?query=1', 405, 'METHOD_NOT_ALLOWED'],
  ])('%s is told so, and signed', async (_what, method, url, status, code) => {
    const answer = await raw(server({}), method, url);
    expect(answer).toMatchObject({ status, code });
    expect(answer.headers.get('signature-input')).toMatch(`answer=${covered};`);
    expect(answer.headers.get('content-digest')).toBe(digestOf(answer.body));
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'GET, POST' : null);
    expect(answer.body).not.toMatch(/zz|E0/);
  });

  test('says of another address that cannot be read nothing but that', async () => {
    const answer = await raw(server({}), 'GET', '/051085000001%zz');
    expect(answer).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(answer.headers.has('signature')).toBe(false);
    expect(answer.body).not.toContain('051085000001');
  });

  test('leaves unsigned, and says why, where the key does not sign', async () => {
    const sign = async () => Promise.reject(new PublicError('SIGNING_UNAVAILABLE'));
    const answer = await raw(server({ sign }), 'GET', '/graphql%zz');
    expect(answer).toMatchObject({ status: 503, code: 'SIGNING_UNAVAILABLE' });
  });

  test('is not signed where answers are not, nor beyond /graphql', async () => {
    for (const answer of [await ask({ ready: false, signs: false }), await ask({ ready: false }, '/explain')]) {
      expect(answer).toMatchObject({ status: 503, code: 'SHUTTING_DOWN' });
      expect(answer.headers).not.toHaveProperty('signature');
    }
  });
});
