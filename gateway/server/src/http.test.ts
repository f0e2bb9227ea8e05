import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { Answer } from './context.ts';
import { httpServer } from './http.ts';
import { answerSigner } from './signing/answer.ts';
import { digestOf } from './signing/digest.ts';
import { readSigningKey } from './signing/key.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const current = await readSigningKey(String(privateKey.export({ type: 'pkcs8', format: 'pem' })), 'k');
const served: Answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };

const server = ({ graphql = async () => served, ready = true, signs = true }) =>
  httpServer({
    bodySize: 100,
    graphql,
    explain: async () => served,
    ...(signs ? { sign: answerSigner({ current }, () => 0) } : {}),
    jwks: () => ({ keys: [] }),
    departmentJwks: () => ({ keys: [] }),
    resourceMetadata: () => ({}),
    tls: undefined,
    ready: () => ready,
  });
const ask = async (parts: Parameters<typeof server>[0], url = '/graphql') => {
  const { statusCode, headers, body } = await server(parts).inject({ method: 'POST', url, payload: {} });
  return { status: statusCode, headers, code: JSON.parse(body).errors?.[0]?.extensions?.code, body };
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

  test('is not signed where answers are not, nor beyond /graphql', async () => {
    for (const answer of [await ask({ ready: false, signs: false }), await ask({ ready: false }, '/explain')]) {
      expect(answer).toMatchObject({ status: 503, code: 'SHUTTING_DOWN' });
      expect(answer.headers).not.toHaveProperty('signature');
    }
  });
});
