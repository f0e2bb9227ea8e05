/**
 * What it costs to sign an answer, and to verify a signed request. Microseconds of processor time, the work of other
 * threads included.
 *
 *   npm run bench -w test -- signing
 */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';

import {
  checkSignedRequest,
  digestsOf,
  type ReceivedRequest,
  readSigningKey,
  type SigningClient,
  signAnswer,
} from '@lienthong/server/testing';
import { httpbis } from 'http-message-signatures';

import { type Figure, microseconds, microsecondsAsync, printFigures, progress } from './figures.ts';

/** Of a small answer: both digests, the signature base, the signature. */
const GOAL = 60;

const keys = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  Ed25519: generateKeyPairSync('ed25519'),
};
type Kind = keyof typeof keys;
const kinds = ['ES256', 'Ed25519'] as const;
const pem = (kind: Kind) => String(keys[kind].privateKey.export({ type: 'pkcs8', format: 'pem' }));

const body = Buffer.from(
  JSON.stringify({
    query: 'query($n: PersonalNumber!) { citizen(personalNumber: $n) { fullName } }',
    variables: { n: '1' },
  }),
);
const request: ReceivedRequest = {
  method: 'POST',
  path: '/graphql',
  search: '',
  headers: {},
  rawHeaders: [],
  body,
  peer: { address: '127.0.0.1', certificate: undefined },
};
const answerOf = (bytes: number) => ({
  status: 200,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'x-request-id': randomUUID(),
    'cache-control': 'private, no-store',
    'content-language': 'vi',
    'x-content-type-options': 'nosniff',
  },
  body: Buffer.alloc(bytes, 'a'),
});

const figures: Figure[] = [];
const told = (name: string, value: number, goal?: number) =>
  void figures.push(goal === undefined ? { name, value } : { name, value, goal });

const base = Buffer.alloc(460, 'b');
const signing = (kind: Kind) => {
  const key: KeyObject = keys[kind].privateKey;
  return kind === 'ES256'
    ? (['sha256' as const, { key, dsaEncoding: 'ieee-p1363' as const }] as const)
    : ([null, { key }] as const);
};
for (const kind of kinds) {
  const [hash, key] = signing(kind);
  progress(kind);
  told(
    `${kind}: the signature alone`,
    microseconds(11, 3_000, () => sign(hash, base, key)),
  );
  const elsewhere = promisify((done: (error: Error | null, signature: Buffer) => void) => sign(hash, base, key, done));
  told(
    `${kind}: the signature alone, on another thread, 32 at a time`,
    (await microsecondsAsync(11, 100, () => Promise.all(Array.from({ length: 32 }, () => elsewhere())))) / 32,
  );
}
for (const kind of kinds) {
  const key = await readSigningKey(pem(kind), kind);
  for (const [size, bytes, goal] of [
    ['500 B', 500, GOAL],
    ['20 KiB', 20_480, undefined],
    ['1 MiB', 1_048_576, undefined],
  ] as const) {
    progress(`${kind} ${size}`);
    const answer = answerOf(bytes);
    const calls = bytes > 100_000 ? 300 : 3_000;
    told(
      `${kind}: digests and signature of an answer of ${size}`,
      microseconds(11, calls, () => signAnswer(answer, digestsOf(request, answer), key, Date.now())),
      goal,
    );
  }
}

const signedRequest = async (kind: Kind) => {
  const jwk = { ...keys[kind].publicKey.export({ format: 'jwk' }), kid: 'k' };
  const client: SigningClient = { client: 'c', keys: [jwk as never], only: true };
  const [hash, key] = signing(kind);
  const { answer: digest } = digestsOf(request, { body });
  const { headers } = await httpbis.signMessage(
    {
      key: { id: 'k', sign: async (data) => sign(hash, data, key) },
      fields: ['@method', '@target-uri', 'authorization', 'content-digest'],
      params: ['created', 'keyid', 'nonce', 'tag'],
      paramValues: { nonce: randomUUID(), tag: 'lienthong-request' },
    },
    {
      method: 'POST',
      url: 'https://data.example/graphql',
      headers: { authorization: `DPoP ${'t'.repeat(900)}`, 'content-digest': digest },
    },
  );
  const fields = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  const received = { ...request, headers: Object.fromEntries(fields), rawHeaders: fields.flat() };
  const rules = { publicOrigin: () => 'https://data.example', replay: { firstUse: async () => true } };
  return () => checkSignedRequest(received, client, rules, Date.now());
};
for (const kind of kinds) {
  progress(`a request signed by ${kind}`);
  told(`${kind}: a signed request`, await microsecondsAsync(11, 500, await signedRequest(kind)));
}
const rules = { publicOrigin: () => '', replay: { firstUse: async () => true } };
told(
  'a request without a signature, whose client need not sign',
  await microsecondsAsync(11, 50_000, () => checkSignedRequest(request, undefined, rules, Date.now())),
  1,
);
printFigures('µs of CPU', figures);
