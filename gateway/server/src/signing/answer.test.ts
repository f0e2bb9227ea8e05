import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import { verifySignature } from 'http-message-sig';
import { httpbis } from 'http-message-signatures';

import type { Answer } from '../context.ts';
import { NONCE_HEADER, RECORD_HEADER, signAnswer } from './answer.ts';
import { contentOf, type Digests, digestOf, digestsOf, requestDigest } from './digest.ts';
import { readSigningKey, type SigningKey } from './key.ts';

const NOW = 1_800_000_000_999;
const SECONDS = 1_800_000_000;

const made = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  EdDSA: generateKeyPairSync('ed25519').privateKey,
};
const keyOf = (alg: keyof typeof made): Promise<SigningKey> =>
  readSigningKey(String(made[alg].export({ type: 'pkcs8', format: 'pem' })), alg);

const plain: Answer = {
  status: 200,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'x-request-id': '0f0e0d0c-0b0a-4908-8706-050403020100',
    'cache-control': 'private, no-store',
    'retry-after': '1',
  },
  body: '{"data":{"citizen":{"fullName":"Phạm Văn Hiếu"}}}\n',
};
const digests: Digests = { request: digestOf('{"query":"{ __typename }"}'), answer: digestOf(plain.body) };
const recorded: Answer = {
  ...plain,
  headers: {
    ...plain.headers,
    [RECORD_HEADER]: '0199c0de-0000-7000-8000-000000000000',
    [NONCE_HEADER]: 'LHDhK3oGRvkiefQnx7OOczTY5Tic_xZ6HcMOc_gmtoM',
  },
};

const check = (key: SigningKey) => (data: Uint8Array, signature: Uint8Array) => {
  const publicKey = createPublicKey({ key: { ...key.published } as never, format: 'jwk' });
  return key.algorithm === 'ed25519'
    ? verify(null, data, publicKey, signature)
    : verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
};

/** Two implementations of RFC 9421 that share nothing with ours; they have to agree. */
const holds = async ({ status, headers }: Answer, key: SigningKey): Promise<boolean> => {
  const algorithm = key.algorithm;
  const policy = { algorithms: [algorithm], requiredComponents: ['@status'], requiredParameters: ['created', 'keyid'] };
  const one = await verifySignature(
    { kind: 'response', status, fields: Object.entries(headers).map(([name, value]) => ({ name, value })) },
    {
      policy: { ...policy, now: SECONDS },
      resolveVerifier: ({ parameters }) => {
        expect(parameters).toEqual({ created: SECONDS, keyid: key.kid, alg: algorithm, tag: 'lienthong-answer' });
        return { algorithm, verify: check(key) };
      },
    },
  ).then(
    () => true,
    () => false,
  );
  const other = await httpbis
    .verifyMessage(
      {
        notAfter: SECONDS,
        keyLookup: async () => ({ algs: [algorithm], verify: async (data, bytes) => check(key)(data, bytes) }),
      },
      { status, headers: { ...headers } },
    )
    .catch(() => false);
  expect(other).toBe(one);
  return one;
};

describe.each(['ES256', 'EdDSA'] as const)('by %s', (alg) => {
  const forms: [string, Answer, Digests][] = [
    ['an answer', plain, digests],
    ['an answer that was recorded', recorded, digests],
    ['a refusal of a request that was not read', { ...plain, status: 413 }, { answer: digests.answer }],
    ['a recorded answer of a request that was not read', recorded, { answer: digests.answer }],
  ];

  test.each(forms)('%s is signed as two other implementations verify it', async (_form, answer, of) => {
    const key = await keyOf(alg);
    expect(await holds(await signAnswer(answer, of, key, NOW), key)).toBe(true);
  });

  test.each(forms)('of %s everything that is covered counts', async (_form, answer, of) => {
    const key = await keyOf(alg);
    const signed = await signAnswer(answer, of, key, NOW);
    const covered = ['content-type', 'content-digest', 'x-request-id', 'request-digest', RECORD_HEADER].filter((name) =>
      Object.hasOwn(signed.headers, name),
    );
    expect(await holds({ ...signed, status: signed.status + 1 }, key)).toBe(false);
    for (const name of covered) {
      const changed = { ...signed.headers, [name]: `${signed.headers[name]}x` };
      expect(await holds({ ...signed, headers: changed }, key)).toBe(false);
      const { [name]: _removed, ...without } = signed.headers;
      expect(await holds({ ...signed, headers: without }, key)).toBe(false);
    }
    for (const [from, to] of [
      ['created=1800000000', 'created=1800000001'],
      ['tag="lienthong-answer"', 'tag="lienthong-request"'],
      ['("@status" ', '('],
    ] as const) {
      const input = signed.headers['signature-input']?.replace(from, to) ?? '';
      expect(input).not.toBe(signed.headers['signature-input']);
      await expect(holds({ ...signed, headers: { ...signed.headers, 'signature-input': input } }, key)).resolves.toBe(
        false,
      );
    }
    expect(await holds(signed, { ...(await keyOf(alg === 'ES256' ? 'EdDSA' : 'ES256')) })).toBe(false);
  });
});

test('covers status, media type, content, ids and the request, in this order', async () => {
  const key = await keyOf('ES256');
  expect((await signAnswer(recorded, digests, key, NOW)).headers).toEqual({
    ...recorded.headers,
    'content-digest': digests.answer,
    'request-digest': digests.request,
    'signature-input': `answer=("@status" "content-type" "content-digest" "x-request-id" "request-digest" "lienthong-record" "lienthong-record-nonce");created=${SECONDS};keyid="${key.kid}";alg="ecdsa-p256-sha256";tag="lienthong-answer"`,
    signature: expect.stringMatching(/^answer=:[A-Za-z0-9+/]{86}==:$/),
  });
});

test('leaves status and body as they are', async () => {
  const { status, body } = await signAnswer(plain, digests, await keyOf('EdDSA'), NOW);
  expect({ status, body }).toEqual({ status: plain.status, body: plain.body });
});

describe('digests', () => {
  const request = { method: 'POST', path: '/graphql', search: '', headers: {}, rawHeaders: [], body: undefined };
  const peer = { address: '127.0.0.1', certificate: undefined };

  test('of a request are of its content as it came; without content, of its query', () => {
    const body = Buffer.from('{ "query" : "{ a }" }');
    expect(requestDigest({ body, search: '?b' })).toBe(digestOf(body));
    expect(requestDigest({ body: undefined, search: '?query=%7Ba%7D' })).toBe(digestOf('?query=%7Ba%7D'));
    expect(requestDigest({ body: Buffer.alloc(0), search: '' })).toBe(digestOf('?'));
  });

  test('of an answer are of the bytes that leave: to HEAD none do', () => {
    expect(digestsOf({ ...request, peer }, plain).answer).toBe(digestOf(Buffer.from(plain.body)));
    expect(digestsOf({ ...request, peer, method: 'HEAD' }, plain).answer).toBe(digestOf(''));
    expect(contentOf(plain, 'GET')).toBe(plain.body);
  });
});
