import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { httpbis } from 'http-message-signatures';
import type { JWK } from 'jose';

import { logged, run } from '../kit/process.ts';
import { pythonOf } from '../kit/python.ts';
import { raw } from '../kit/raw.ts';
import { type Bytes, fault } from '../kit/signed-answer.ts';
import { LINK, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(120_000);

const PUBLIC = 'https://data.example';
const ISSUER = 'https://idp.example';
const people = {
  sdl: `${LINK}
    type Query { me: Person  nick: String @tag(name: "public") }
    type Mutation { rename(to: String!): String @requiresScopes(scopes: [["citizens:family:read"]]) }
    type Person { name: String @requiresScopes(scopes: [["citizens:basic:read"]]) }`,
  root: { me: () => ({ name: 'Phạm Văn Hiếu' }), nick: () => 'NICK', rename: ({ to }: { to: string }) => to },
};
const claims = { org: 'H48.53', purpose: 'TTHC', legal_basis: 'MANDATORY_SHARE' };

const partnerKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const registration = (more: object) => ({
  name: { vi: 'Đối tác', en: 'Partner' },
  org: claims.org,
  contact: { name: 'A', email: 'a@partner.example' },
  expires: 'never',
  authentication: {
    method: 'private_key_jwt',
    keys: [{ ...partnerKey.publicKey.export({ format: 'jwk' }), kid: 'partner-2026' }],
  },
  bound: 'none',
  purposes: [{ purpose: claims.purpose, legalBasis: claims.legal_basis, scopes: ['citizens:basic:read'] }],
  ...more,
});

let folder: string;
let federation: SmallFederation;
let token: string;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-signatures-'));
  const partners = { signer: registration({ signedRequestsOnly: true }), free: registration({}) };
  await writeFile(join(folder, 'partners.yaml'), JSON.stringify({ partners }));
  federation = await startSmallFederation({
    departments: { people },
    config: [
      `publicUrl: ${PUBLIC}`,
      `registry: { file: "${join(folder, 'partners.yaml')}", issuers: ["${ISSUER}"] }`,
      'limits: { bodySize: 4KiB }',
    ].join('\n'),
  });
  token = await federation.token('citizens:basic:read', { ...claims, client_id: 'free' });
});
afterAll(async () => {
  agent.destroy();
  await federation?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Sent {
  readonly method?: string;
  readonly search?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly path?: string;
}

/** One request over the one connection that is kept alive; the answer byte for byte. */
const send = async ({ method = 'POST', path = '/graphql', search = '', body = '', headers = {} }: Sent) => {
  const { port } = new URL(federation.url);
  const sent = httpRequest({ port, host: '127.0.0.1', method, path: `${path}${search}`, headers, agent });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { status: answer.statusCode, headers: answer.headers, content: Buffer.concat(chunks) } as Bytes;
};
const keys = async (): Promise<readonly JWK[]> =>
  JSON.parse(String((await send({ method: 'GET', path: '/.well-known/jwks.json' })).content)).keys;

const json = { 'content-type': 'application/json' };
const question = JSON.stringify({ query: '{ me { name } }' });
const asked = (): Sent => ({ body: question, headers: { ...json, authorization: `Bearer ${token}` } });
const search = `?query=${encodeURIComponent('{ nick }')}`;
const preflight = { 'apollo-require-preflight': '1' };

describe('every answer of /graphql is signed, and over the bytes that left', () => {
  const body = (query: string) => JSON.stringify({ query });
  const answers: [string, number, () => Sent][] = [
    ['data', 200, asked],
    ['data, asked for again', 200, asked],
    ['an expectation that nobody knows', 200, () => ({ body: question, headers: { ...json, expect: 'the-best' } })],
    ['a denied field', 200, () => ({ body: question, headers: json })],
    ['public data by GET', 200, () => ({ method: 'GET', search, headers: preflight })],
    ['a text that does not parse', 200, () => ({ body: body('{'), headers: json })],
    [
      'the same, strictly',
      400,
      () => ({ body: body('{'), headers: { ...json, accept: 'application/graphql-response+json' } }),
    ],
    ['a body that is no JSON', 400, () => ({ body: 'x', headers: json })],
    ['no body', 400, () => ({ headers: json })],
    ['a batch', 400, () => ({ body: '[]', headers: json })],
    ['a GET across sites', 400, () => ({ method: 'GET', search })],
    ['a bad token', 401, () => ({ body: question, headers: { ...json, authorization: 'Bearer x' } })],
    ['a mutation that is not permitted', 403, () => ({ body: body('mutation { rename(to: "x") }'), headers: json })],
    ['another method', 405, () => ({ method: 'PUT', body: question, headers: json })],
    ['OPTIONS', 405, () => ({ method: 'OPTIONS' })],
    ['HEAD', 405, () => ({ method: 'HEAD', search })],
    ['an Accept header that nothing fits', 406, () => ({ body: question, headers: { ...json, accept: 'text/html' } })],
    ['another media type', 415, () => ({ body: question, headers: { 'content-type': 'text/plain' } })],
  ];
  test.each(answers)('%s: %d', async (_what, status, sent) => {
    const request = sent();
    const answer = await send(request);
    expect(answer.status).toBe(status);
    expect(await fault(answer, await keys(), request.body || request.search || '?')).toBeUndefined();
  });

  test('a body that is too large: 413, of no request, because it was not read', async () => {
    const answer = await send({ body: 'x'.repeat(5_000), headers: json });
    expect(answer.status).toBe(413);
    expect(await fault(answer, await keys(), null)).toBeUndefined();
  });

  test('no two answers carry one signature, over one connection either', async () => {
    const [one, two] = [await send(asked()), await send(asked())];
    expect(one.content.equals(two.content)).toBe(true);
    expect(one.headers.signature).not.toBe(two.headers.signature);
    expect(one.headers['x-request-id']).not.toBe(two.headers['x-request-id']);
  });

  test('requests that follow each other without waiting get each its own', async () => {
    const written = (text: string, index: number) => {
      const connection = index === 1 ? 'connection: close\r\n' : '';
      return `POST /graphql HTTP/1.1\r\nhost: x\r\n${connection}content-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
    };
    const texts = ['{"query":"{ nick }"}', '{"query":"{ n: nick }"}'];
    const answered = (await raw(federation.url, texts.map(written).join(''), { keepOpen: true })) ?? '';
    const published = await keys();
    for (const [index, part] of answered.split(/(?=HTTP\/1\.1 200)/).entries()) {
      const [head = '', content = ''] = part.split('\r\n\r\n');
      const headers = Object.fromEntries(
        head
          .split('\r\n')
          .slice(1)
          .map((line) => line.split(/: (.*)/s).slice(0, 2)),
      );
      const answer = { status: 200, headers, content: Buffer.from(content) };
      expect(await fault(answer, published, texts[index] ?? '')).toBeUndefined();
      expect(await fault(answer, published, texts[1 - index] ?? '')).toBe('request');
    }
    expect(answered.match(/^signature: /gm)).toHaveLength(2);
  });
});

describe('an answer that is not what was given', () => {
  let answer: Bytes;
  let published: readonly JWK[];
  beforeAll(async () => {
    answer = await send(asked());
    published = await keys();
  });
  const changed = (headers: Record<string, string>) => ({ ...answer, headers: { ...answer.headers, ...headers } });
  const without = (name: string) => {
    const { [name]: _removed, ...headers } = answer.headers;
    return { ...answer, headers };
  };
  const otherContent = (content: Buffer) => ({
    ...changed({ 'content-digest': `sha-256=:${createHash('sha256').update(content).digest('base64')}:` }),
    content,
  });

  const altered: [string, string, () => Bytes | Promise<Bytes>][] = [
    ['one byte', 'content', () => ({ ...answer, content: Buffer.from(String(answer.content).replace('H', 'h')) })],
    ['content with its digest', 'signature', () => otherContent(Buffer.from('{"data":{"me":null}}\n'))],
    ['status', 'signature', () => ({ ...answer, status: 403 })],
    ['media type', 'signature', () => changed({ 'content-type': 'text/html' })],
    ['request id', 'signature', () => changed({ 'x-request-id': randomUUID() })],
    ['request digest', 'signature', () => changed({ 'request-digest': answer.headers['content-digest'] ?? '' })],
    [
      'time',
      'signature',
      () =>
        changed({ 'signature-input': (answer.headers['signature-input'] ?? '').replace(/created=\d/, 'created=2') }),
    ],
    ['a record that it does not have', 'covers', () => changed({ 'lienthong-record': randomUUID() })],
    ['no request digest', 'covers', () => without('request-digest')],
    ['no content digest', 'covers', () => without('content-digest')],
    ['no signature', 'signature', () => without('signature')],
    ['no input of it', 'unsigned', () => without('signature-input')],
    [
      'signature of another answer',
      'signature',
      async () => changed({ signature: (await send(asked())).headers.signature ?? '' }),
    ],
  ];

  test('holds before it is altered', async () => {
    expect(await fault(answer, published, question)).toBeUndefined();
  });

  test.each(altered)('%s: %s', async (_what, expected, change) => {
    expect(await fault(await change(), published, question)).toContain(expected);
  });

  test('to another request is no answer to this one', async () => {
    expect(await fault(answer, published, `${question} `)).toBe('request');
    expect(await fault(answer, published, search)).toBe('request');
  });

  test('by another key is none of the province', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
    expect(
      await fault(
        answer,
        published.map((key) => ({ ...key, ...(stranger as JWK) })),
        question,
      ),
    ).toBe('signature');
    expect(await fault(answer, [], question)).toBe('signature');
  });
});

describe('keys', () => {
  test('public halves alone: every key in one set, and in another those that departments need and no other', async () => {
    const path = '/.well-known/departments-jwks.json';
    const published = await keys();
    const internal: readonly JWK[] = JSON.parse(String((await send({ method: 'GET', path })).content)).keys;
    expect([published.length, internal.length]).toEqual([2, 1]);
    expect(new Set(published.map(({ kid }) => kid)).size).toBe(2);
    // Marked: whoever has it must not sign answers.
    expect(published.filter((key) => 'for' in key)).toEqual([{ ...internal[0], for: 'gw-internal+jwt' }]);
    for (const { for: _, ...key } of published as readonly (JWK & { for?: string })[]) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    }
  });

  test('another key signs once its file is in place; what the old one signed still verifies by the set that was kept', async () => {
    const file = join(dirname(federation.configFile), 'signing-key.pem');
    const before = { answer: await send(asked()), keys: await keys() };
    const { privateKey } = generateKeyPairSync('ed25519');
    const old = await readFile(file, 'utf8');
    await writeFile(`${file}.new`, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    await rename(`${file}.new`, file);
    federation.gateway.child.kill('SIGHUP');
    await logged(federation.gateway, 'another key signs');
    const after = { answer: await send(asked()), keys: await keys() };
    expect(await fault(after.answer, after.keys, question)).toBeUndefined();
    expect(await fault(after.answer, before.keys, question)).toBe('signature');
    expect(await fault(before.answer, before.keys, question)).toBeUndefined();
    expect(after.answer.headers['signature-input']).toContain('alg="ed25519"');

    await writeFile(file, 'half a key');
    await logged(federation.gateway, 'signing key refused, the old one goes on signing');
    expect(await fault(await send(asked()), after.keys, question)).toBeUndefined();
    await writeFile(file, old);
    await logged(federation.gateway, 'another key signs', 2);
  });

  test('production does not start without a key, unless it is told that answers go unsigned', async () => {
    const another = (env: NodeJS.ProcessEnv) => federation.another({ LIENTHONG_ENVIRONMENT: 'production', ...env });
    const missing = another({ LIENTHONG_SIGNING_KEY_FILE: join(folder, 'none.pem') });
    await expect(missing).rejects.toThrow(/signing\.keyFile: .*none\.pem cannot be read; make a key/);
    const shared = another({ LIENTHONG_SIGNING_KEY_FILE: join(dirname(federation.configFile), 'gateway-key.pem') });
    await expect(shared).rejects.toThrow(/is the key of internalToken/);
    const unsigned = await another({ LIENTHONG_SIGNING: 'false' });
    expect(unsigned.log()).toContain('ANSWERS_UNSIGNED');
    const { headers } = await federation.askAt(unsigned.url, { query: '{ nick }' });
    expect(Object.keys(headers).filter((name) => /signature|digest/.test(name))).toEqual([]);
  });
});

describe('requests of a partner that is registered for signed ones', () => {
  let signerToken: string;
  beforeAll(async () => {
    signerToken = await federation.token('citizens:basic:read', { ...claims, client_id: 'signer' });
  });

  const signed = async (change: { fields?: string[]; url?: string; of?: string } = {}) => {
    const headers = {
      ...json,
      authorization: `Bearer ${signerToken}`,
      'content-digest': `sha-256=:${createHash('sha256')
        .update(change.of ?? question)
        .digest('base64')}:`,
    };
    const message = await httpbis.signMessage(
      {
        key: {
          id: 'partner-2026',
          alg: 'ecdsa-p256-sha256',
          sign: async (data) => sign('sha256', data, { key: partnerKey.privateKey, dsaEncoding: 'ieee-p1363' }),
        },
        fields: change.fields ?? ['@method', '@target-uri', 'authorization', 'content-digest'],
        params: ['created', 'keyid', 'nonce', 'tag'],
        paramValues: { nonce: randomUUID(), tag: 'lienthong-request' },
      },
      { method: 'POST', url: change.url ?? `${PUBLIC}/graphql`, headers },
    );
    return message.headers as Record<string, string>;
  };
  const refusal = ({ status, headers, content }: Bytes) => ({
    status,
    reason: JSON.parse(String(content)).errors?.[0]?.extensions?.reason,
    asks: headers['accept-signature'],
  });
  const ASKS = 'request=("@method" "@target-uri" "authorization" "content-digest");created;tag="lienthong-request"';
  const refused = (reason: string) => ({ status: 401, reason, asks: ASKS });

  test('are served when they are signed, once', async () => {
    const headers = await signed();
    const answer = await send({ body: question, headers });
    expect(JSON.parse(String(answer.content))).toEqual({ data: { me: { name: 'Phạm Văn Hiếu' } } });
    expect(await fault(answer, await keys(), question)).toBeUndefined();
    expect(refusal(await send({ body: question, headers }))).toEqual(refused('request_signature_replayed'));
  });

  test('are served as docs/examples/sign-request.mjs signs them', async () => {
    const [key, content] = [join(folder, 'partner.key'), join(folder, 'content.json')];
    await writeFile(key, JSON.stringify({ ...partnerKey.privateKey.export({ format: 'jwk' }), kid: 'partner-2026' }));
    await writeFile(content, question);
    const example = ['docs/examples/sign-request.mjs', 'POST', `${PUBLIC}/graphql`, `Bearer ${signerToken}`, content];
    const { stdout } = await run(example, { KEY_FILE: key });
    const lines = stdout.trimEnd().split('\n');
    const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s).slice(0, 2)));
    expect((await send({ body: question, headers })).status).toBe(200);
    expect(refusal(await send({ body: question, headers }))).toEqual(refused('request_signature_replayed'));
  });

  const cases: [string, string, () => Promise<Sent>][] = [
    [
      'unsigned',
      'unsigned_request',
      async () => ({ body: question, headers: { ...json, authorization: `Bearer ${signerToken}` } }),
    ],
    ['with another body', 'request_digest', async () => ({ body: '{"query":"{ nick }"}', headers: await signed() })],
    [
      'with another body and its digest',
      'request_signature',
      async () => {
        const other = '{"query":"{ nick }"}';
        const digest = createHash('sha256').update(other).digest('base64');
        return { body: other, headers: { ...(await signed()), 'content-digest': `sha-256=:${digest}:` } };
      },
    ],
    [
      'whose content is not covered',
      'request_signature',
      async () => ({
        body: question,
        headers: await signed({ fields: ['@method', '@target-uri', 'authorization'] }),
      }),
    ],
    [
      'for another address',
      'request_signature',
      async () => ({ body: question, headers: await signed({ url: federation.url }) }),
    ],
    [
      'with the token of another client',
      'request_signature',
      async () => ({ body: question, headers: { ...(await signed()), authorization: `Bearer ${token}` } }),
    ],
  ];
  test.each(cases)('are refused %s: %s', async (_what, reason, sent) => {
    federation.calls.length = 0;
    const request = await sent();
    const answer = await send(request);
    expect(refusal(answer)).toEqual(refused(reason));
    expect(await fault(answer, await keys(), request.body ?? '')).toBeUndefined();
    expect(federation.calls).toEqual([]);
  });
});

describe('lienthong answer verify', () => {
  const [headersFile, bodyFile, requestFile, keysFile] = ['headers', 'body', 'request', 'jwks.json'].map(
    (name) => () => join(folder, name),
  ) as [() => string, () => string, () => string, () => string];

  /** What curl -D and -o write. */
  const keep = async ({ status, headers, content }: Bytes, request: string) => {
    const head = [
      `HTTP/1.1 ${status} X`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      '',
    ];
    await writeFile(headersFile(), `HTTP/1.1 100 Continue\r\n\r\n${head.join('\r\n')}`);
    await writeFile(bodyFile(), content);
    await writeFile(requestFile(), request);
    await writeFile(keysFile(), JSON.stringify({ keys: await keys() }));
  };
  const verify = (...more: string[]) =>
    run([
      'gateway/cli/bin/lienthong.js',
      ...['answer', 'verify', '--lang', 'en', '--headers', headersFile(), '--body', bodyFile()],
      ...['--keys', keysFile(), ...more],
    ]);

  /** What a thief of the gateway's key for departments makes of what was kept: the same, signed again by that key. */
  const signedByInternalKey = async () => {
    const { keys: internal } = JSON.parse(
      String((await send({ method: 'GET', path: '/.well-known/departments-jwks.json' })).content),
    );
    const key = await readFile(join(dirname(federation.configFile), 'gateway-key.pem'), 'utf8');
    const head = String(await readFile(headersFile()));
    const fieldOf = (name: string) => new RegExp(`^${name}: (.*)\r$`, 'm').exec(head)?.[1] ?? '';
    const input = fieldOf('signature-input').replace(/keyid="[^"]+"/, `keyid="${internal[0].kid}"`);
    const parameters = input.slice('answer='.length);
    const lines = [...(/^\(([^)]*)\)/.exec(parameters)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(
      ([, name = '']) => `"${name}": ${name === '@status' ? 200 : fieldOf(name)}`,
    );
    const base = [...lines, `"@signature-params": ${parameters}`].join('\n');
    const signature = sign('sha256', Buffer.from(base), { key, dsaEncoding: 'ieee-p1363' }).toString('base64');
    await writeFile(
      headersFile(),
      head
        .replace(/^signature-input: .*\r$/m, `signature-input: ${input}\r`)
        .replace(/^signature: .*\r$/m, `signature: answer=:${signature}:\r`),
    );
  };

  test('tells what is certain', async () => {
    const answer = await send(asked());
    await keep(answer, question);
    const { code, stdout, stderr } = await verify('--request', requestFile(), '--max-age', '600', '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      status: 200,
      signedAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
      kid: expect.stringMatching(/^[\w-]{43}$/),
      requestId: answer.headers['x-request-id'],
      request: 'compared',
    });
    expect((await verify()).stdout).toMatch(/^signature {3}HOLDS\n[\s\S]*answer to {3}NOT compared: add --request/);
  });

  test.each([
    ['an altered byte', 'ANSWER_CONTENT', async () => writeFile(bodyFile(), `${await readFile(bodyFile())} `), []],
    ['another request', 'ANSWER_REQUEST', async () => writeFile(requestFile(), '{}'), []],
    [
      'an altered status',
      'ANSWER_SIGNATURE',
      async () => writeFile(headersFile(), String(await readFile(headersFile())).replace('200 X', '201 X')),
      [],
    ],
    [
      'a field that is gone',
      'ANSWER_SIGNATURE',
      async () => writeFile(headersFile(), String(await readFile(headersFile())).replace(/^request-digest.*\r\n/m, '')),
      [],
    ],
    ...['lienthong-record', 'lienthong-record-nonce'].map((name) => [
      `${name} that was put in`,
      'ANSWER_SIGNATURE',
      async () => writeFile(headersFile(), String(await readFile(headersFile())).replace(/^x-/m, `${name}: x\r\n$&`)),
      [],
    ]),
    [
      'no signature',
      'ANSWER_UNSIGNED',
      async () => writeFile(headersFile(), String(await readFile(headersFile())).replace(/^signature.*\r\n/gm, '')),
      [],
    ],
    ['keys of another house', 'ANSWER_KEY_UNKNOWN', () => writeFile(keysFile(), '{"keys":[]}'), []],
    [
      'a key that had ended',
      'ANSWER_KEY_EXPIRED',
      async () => writeFile(keysFile(), JSON.stringify({ keys: (await keys()).map((key) => ({ ...key, exp: 1 })) })),
      [],
    ],
    ['no certificate where one is wanted', 'ANSWER_CERTIFICATE', async () => {}, ['--ca', 'package.json']],
    ['keys that cannot be read', 'KEYS_UNREADABLE', () => writeFile(keysFile(), 'x'), []],
    ['a file that is none', 'HEADERS_UNREADABLE', () => writeFile(headersFile(), 'x'), []],
  ] as [string, string, () => Promise<void>, string[]][])('%s: %s', async (_what, expected, alter, options) => {
    await keep(await send(asked()), question);
    await alter();
    const { code, stdout } = await verify('--request', requestFile(), '--json', ...options);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ fault: expected, message: expect.any(String) });
  });

  test('the key of internal tokens, which the set has too, signs no answer', async () => {
    await keep(await send(asked()), question);
    const set = await keys();
    await signedByInternalKey();
    const refused = await verify('--request', requestFile(), '--json');
    expect([refused.code, JSON.parse(refused.stdout).fault]).toEqual([1, 'ANSWER_KEY_UNKNOWN']);
    // By nothing but that mark: the signature itself holds.
    await writeFile(keysFile(), JSON.stringify({ keys: set.map((key) => ({ ...key, for: undefined })) }));
    expect((await verify('--request', requestFile())).code).toBe(0);
  });

  test('docs/examples/verify-answer.py finds the same, where there is a Python with its library', async () => {
    const python = await pythonOf('docs/examples/verify-answer.py');
    if (!python) return;
    await keep(await send(asked()), question);
    const example = ['docs/examples/verify-answer.py', headersFile(), bodyFile(), requestFile(), keysFile()];
    expect((await python(...example)).stdout).toBe('holds\n');
    await signedByInternalKey();
    await expect(python(...example)).rejects.toThrow(/StopIteration/);
    await keep(await send(asked()), question);
    await writeFile(headersFile(), String(await readFile(headersFile())).replace('200 X', '201 X'));
    await expect(python(...example)).rejects.toThrow(/InvalidSignature/);
  });

  test('says in words what is wrong, and ends with 1', async () => {
    await keep(await send(asked()), '{}');
    const { code, stdout, stderr } = await verify('--request', requestFile());
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/^This is the answer to ANOTHER request/)]);
  });
});
