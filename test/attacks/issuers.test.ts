import { createHmac, createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type RedisServer, startRedis } from '@lienthong/state/testing';
import { CompactEncrypt, exportSPKI, generateKeyPair, importJWK, type JWTPayload } from 'jose';

import { send } from '../kit/http.ts';
import { mint, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';
import { registry } from './registry.ts';

jest.setTimeout(60_000);

let redis: RedisServer | undefined;
let federation: SmallFederation;
/** Two processes that share their state. */
let urls: readonly [string, string];
beforeAll(async () => {
  redis = await startRedis('tokens at two gateways that share their state');
  const config = redis ? `state: { redis: "${redis.url}" }` : '';
  federation = await startSmallFederation({ departments: registry, config });
  urls = [federation.url, (await federation.another()).url];
});
afterAll(async () => {
  await federation?.close();
  await redis?.close();
});

const query = '{ me { nick } }';
const now = () => Math.floor(Date.now() / 1_000);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = (): JWTPayload => ({
  iss: federation.issuers[0].issuer,
  aud: 'urn:gateway',
  sub: 'partner',
  client_id: 'partner',
  jti: 'forged',
  iat: now(),
  exp: now() + 600,
  scope: 'name',
});

/**
 * The reason of a refusal that says nothing else and asks nobody, with the challenge of RFC 6750 §3 and RFC 9728 §5.1; by
 * every process, and by one of them twice, because a verdict may be remembered.
 */
const refusal = async (token: string): Promise<unknown> => {
  const reasons = new Set<unknown>();
  for (const url of [...urls, urls[0]]) {
    federation.calls.length = 0;
    const { status, headers, body } = await federation.askAt(url, { query, token });
    expect(federation.calls).toEqual([]);
    expect([status, Object.keys(body)]).toEqual([401, ['errors']]);
    const reason = body.errors?.[0]?.extensions.reason;
    const metadata = `${new URL(url).origin}/.well-known/oauth-protected-resource/graphql`;
    expect(headers['www-authenticate']).toBe(
      `Bearer error="invalid_token", error_description="${reason}", resource_metadata="${metadata}"`,
    );
    reasons.add(reason);
  }
  expect(reasons.size).toBe(1);
  return [...reasons][0];
};

test('a token as it should be is taken', async () => {
  const answer = await federation.ask({ query: '{ me { name } }', token: await federation.token('name') });
  expect(answer.body).toEqual({ data: { me: { name: 'NAME' } } });
});

describe('Hono CVE-2026-22817, CVE-2026-22818, fast-jwt CVE-2026-34950: the algorithm is not the token’s to choose', () => {
  const symmetric = (secret: string | Buffer, alg = 'HS256') => {
    const text = `${part({ alg, typ: 'at+jwt', kid: '2026' })}.${part(claims())}`;
    return `${text}.${createHmac(`sha${alg.slice(2)}`, secret)
      .update(text)
      .digest('base64url')}`;
  };
  const pem = async () =>
    exportSPKI((await importJWK(federation.issuers[0].jwk, 'ES256')) as Parameters<typeof exportSPKI>[0]);

  test.each(['none', 'None', 'NONE', 'nOnE', ''])('alg «%s», with and without a signature', async (alg) => {
    const text = `${part({ alg, typ: 'at+jwt', kid: '2026' })}.${part(claims())}`;
    const [, , signature] = (await federation.token('name')).split('.');
    for (const token of [`${text}.`, `${text}.${signature}`]) {
      expect(['algorithm', 'malformed']).toContain(await refusal(token));
    }
  });

  test.each(['HS256', 'HS384', 'HS512'])('%s keyed with what everybody may read', async (alg) => {
    const { jwk } = federation.issuers[0];
    const text = await pem();
    const der = createPublicKey(text).export({ type: 'spki', format: 'der' });
    const secrets = [
      text,
      text.trim(),
      `\n${text}`,
      text.replaceAll('\n', '\r\n'),
      JSON.stringify(jwk),
      jwk.x ?? '',
      der,
      '',
    ];
    for (const secret of secrets) expect(await refusal(symmetric(secret, alg))).toBe('algorithm');
  });

  test('an algorithm off the list, though its key is the right one, and one that the key cannot have', async () => {
    const rsa = await generateKeyPair('RS256');
    const [first] = federation.issuers;
    expect(await refusal(await mint({ ...first, privateKey: rsa.privateKey }, claims(), { alg: 'RS256' }))).toBe(
      'algorithm',
    );
    const pss = await generateKeyPair('PS256');
    expect(await refusal(await mint({ ...first, privateKey: pss.privateKey }, claims(), { alg: 'PS256' }))).toBe(
      'signature',
    );
  });
});

describe('router#3017, router#6736: keys belong to their issuer', () => {
  test('both issuers call their key by one name, and neither can mint for the other', async () => {
    const [first, second] = federation.issuers;
    expect(first.jwk.kid).toBe(second.jwk.kid);
    expect(await refusal(await mint(second, { iss: first.issuer, scope: 'name' }))).toBe('signature');
    expect(await refusal(await mint(first, { iss: second.issuer, scope: 'name' }))).toBe('signature');
    for (const issuer of [first, second, first]) {
      const answer = await federation.ask({ query: '{ me { name } }', token: await mint(issuer, { scope: 'name' }) });
      expect(answer.body).toEqual({ data: { me: { name: 'NAME' } } });
    }
  });

  test.each([
    ['a slash more', 'https://idp.example/'],
    ['another case', 'https://IDP.example'],
    ['another scheme', 'http://idp.example'],
    ['a port', 'https://idp.example:443'],
    ['a look-alike letter', 'https://idp.exampl\u0435'],
    ['a blank', ' https://idp.example'],
    ['a part of a name', 'https://idp.exampl'],
    ['user information', 'https://idp.example@evil.example'],
    ['a name of the prototype', '__proto__'],
    ['nothing', ''],
  ])('an issuer that looks alike: %s', async (_what, iss) => {
    expect(await refusal(await mint(federation.issuers[0], { iss }))).toBe('unknown_issuer');
  });

  test.each<[string, unknown]>([
    ['a list', ['https://idp.example']],
    ['an object', { toString: 'https://idp.example' }],
    ['a number', 1],
    ['null', null],
  ])('an issuer that is %s', async (_what, iss) => {
    expect(await refusal(await mint(federation.issuers[0], { iss: iss as string }))).toBe('malformed');
  });

  test.each(['other', '', '../jwks1.json', '__proto__', 'x'.repeat(2_000)])(
    'the key name «%s» finds no key',
    async (kid) => {
      const { privateKey } = await generateKeyPair('ES256');
      expect(await refusal(await mint({ ...federation.issuers[0], privateKey }, {}, { kid }))).toBe('signature');
    },
  );
});

describe('tokens that must fail', () => {
  test.each<[string, () => Record<string, unknown>, string]>([
    ['no end', () => ({ exp: undefined }), 'claim'],
    ['an end that is a text', () => ({ exp: '9999999999' }), 'claim'],
    ['its end behind it', () => ({ iat: now() - 100, exp: now() - 30 }), 'expired'],
    ['its beginning ahead', () => ({ iat: now() + 60 }), 'not_yet_valid'],
    ['a date from which it counts', () => ({ nbf: now() + 60 }), 'not_yet_valid'],
    ['an end a year away', () => ({ exp: now() + 31_536_000 }), 'lifetime'],
    ['an end without bounds', () => ({ exp: 1e308 }), 'lifetime'],
    ['another audience', () => ({ aud: 'urn:subgraph:people' }), 'audience'],
    ['an audience that holds the right one within', () => ({ aud: 'urn:gateway.evil' }), 'audience'],
    ['no audience', () => ({ aud: undefined }), 'audience'],
  ])('a token with %s', async (_what, change, reason) => {
    expect(await refusal(await mint(federation.issuers[0], change() as JWTPayload))).toBe(reason);
  });

  test('ten seconds of another clock are tolerated, a minute is not', async () => {
    const ahead = { iat: now() + 9, nbf: now() + 9 };
    const behind = { iat: now() - 600, exp: now() - 8 };
    for (const claims of [ahead, behind]) {
      const token = await mint(federation.issuers[0], { scope: 'name', ...claims });
      const answers = await Promise.all(urls.map((url) => federation.askAt(url, { query, token })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    }
    expect(await refusal(await mint(federation.issuers[0], { iat: now() + 61 }))).toBe('not_yet_valid');
    expect(await refusal(await mint(federation.issuers[0], { iat: now() - 600, exp: now() - 61 }))).toBe('expired');
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['an id token', { typ: 'JWT' }, 'type'],
    ['a token without a type', { typ: undefined }, 'type'],
    ['an internal token', { typ: 'gw-internal+jwt' }, 'type'],
    ['a DPoP proof', { typ: 'dpop+jwt' }, 'type'],
  ])('%s in its place', async (_what, header, reason) => {
    expect(await refusal(await mint(federation.issuers[0], {}, header))).toBe(reason);
  });

  test('keys that a token brings or points at are neither used nor fetched', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const visits: string[] = [];
    const elsewhere = createServer((incoming, outgoing) => {
      visits.push(incoming.url ?? '');
      outgoing.end('{}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => elsewhere.once('listening', resolve));
    const address = `http://127.0.0.1:${(elsewhere.address() as { port: number }).port}/jwks`;
    try {
      const { jwk } = federation.issuers[1];
      for (const header of [
        { jwk },
        { jku: address },
        { x5u: address },
        { x5c: ['MIIB'] },
        { jku: address, kid: 'new' },
      ]) {
        expect(await refusal(await mint({ ...federation.issuers[0], privateKey }, {}, header))).toBe('signature');
      }
      expect(visits).toEqual([]);
    } finally {
      elsewhere.close();
    }
  });

  test('a critical header that is not understood', async () => {
    const [header, payload, signature] = (await federation.token('name')).split('.');
    const critical = { ...JSON.parse(Buffer.from(header ?? '', 'base64url').toString()), crit: ['exp'], exp: 1 };
    expect(['algorithm', 'malformed']).toContain(await refusal(`${part(critical)}.${payload}.${signature}`));
  });

  test('an encrypted token, compressed: never unpacked', async () => {
    const { publicKey } = await generateKeyPair('ECDH-ES');
    const encrypted = await new CompactEncrypt(Buffer.from(JSON.stringify(claims())))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
      .encrypt(publicKey);
    const zipped = encrypted.replace(/^[^.]+/, part({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }));
    for (const token of [encrypted, zipped]) expect(await refusal(token)).toBe('malformed');
  });

  test('scopes of any other shape than a text grant nothing', async () => {
    for (const scope of [['name'], { name: true }, 1, true, null, [['name']]]) {
      const token = await mint(federation.issuers[0], { scope } as unknown as JWTPayload);
      expect((await federation.ask({ query: '{ me { name } }', token })).body.data).toEqual({ me: null });
    }
  });
});

describe('the Authorization header', () => {
  const raw = (headers: string): Promise<string> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(federation.url);
      const body = JSON.stringify({ query: '{ me { name nick } }' });
      let answer = '';
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`,
        );
      });
      socket
        .setEncoding('utf8')
        .on('data', (chunk: string) => {
          answer += chunk;
        })
        .once('error', () => resolve(answer))
        .once('close', () => resolve(answer));
    });

  test('twice, in any order and case, is one too many', async () => {
    const good = `Bearer ${await federation.token('name')}`;
    for (const [one, two] of [
      [good, good],
      [good, 'Bearer x'],
      ['Bearer x', good],
      [good, ''],
      ['', good],
    ]) {
      const answer = await raw(`Authorization: ${one}\r\naUTHORIZATION: ${two}\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
      expect(answer).not.toMatch(/NAME|NICK/);
    }
  });

  test('two tokens in one header', async () => {
    const good = await federation.token('name');
    for (const header of [`Bearer ${good}, Bearer ${good}`, `Bearer ${good} ${good}`, `Bearer ${good},`]) {
      expect(await raw(`Authorization: ${header}\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
    }
  });

  test('a MiB of it, and 60,000 scopes', async () => {
    const scopes = Array.from({ length: 60_000 }, (_, n) => `s${n}`).join(' ');
    for (const token of ['x'.repeat(1_024 * 1_024), await mint(federation.issuers[0], { scope: scopes })]) {
      const answer = await raw(`Authorization: Bearer ${token}\r\n`);
      expect(answer === '' || /^HTTP\/1\.1 (?:401|431) /.test(answer)).toBe(true);
    }
    // As many as a header of this server can hold.
    const many = await mint(federation.issuers[0], { scope: scopes.slice(0, 8_000) });
    expect(await raw(`Authorization: Bearer ${many}\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
    expect(await raw('')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('a token in the URL, in a cookie or in the body is not read', async () => {
    const token = await federation.token('name');
    const body = JSON.stringify({
      query: '{ me { name } }',
      access_token: token,
      token,
      extensions: { authorization: token },
    });
    const url = `/graphql?access_token=${token}&authorization=Bearer%20${token}`;
    const answer = await send(new URL(url, federation.url).href, body, {
      'content-type': 'application/json',
      cookie: `authorization=${token}; access_token=${token}`,
      'x-access-token': token,
      'proxy-authorization': `Bearer ${token}`,
      'x-forwarded-authorization': `Bearer ${token}`,
    });
    expect(answer.body.data).toEqual({ me: null });
  });
});
