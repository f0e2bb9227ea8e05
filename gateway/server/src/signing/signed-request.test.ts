import { generateKeyPairSync, sign } from 'node:crypto';

import { beforeEach, describe, expect, test } from '@jest/globals';
import { type ReplayStore, StateUnavailable } from '@lienthong/state';
import { httpbis } from 'http-message-signatures';

import type { ReceivedRequest } from '../context.ts';
import { digestOf } from './digest.ts';
import { checkSignedRequest, type SigningClient } from './signed-request.ts';

const SECONDS = 1_800_000_000;
const ORIGIN = 'https://data.example';
const URL_ = `${ORIGIN}/graphql`;
const BODY = '{"query":"{ me { fullName } }"}';

const keys = {
  es256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  eddsa: generateKeyPairSync('ed25519'),
  stranger: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};
type KeyName = keyof typeof keys;
const jwk = (name: KeyName, kid: string = name) => ({ ...keys[name].publicKey.export({ format: 'jwk' }), kid });
const client: SigningClient = { client: 'bank', keys: [jwk('es256'), jwk('eddsa')] as never, only: true };
const free: SigningClient = { ...client, only: false };

const signer = (name: KeyName, id: string) => ({
  id,
  alg: name === 'eddsa' ? 'ed25519' : 'ecdsa-p256-sha256',
  sign: async (data: Buffer) =>
    name === 'eddsa'
      ? sign(null, data, keys[name].privateKey)
      : sign('sha256', data, { key: keys[name].privateKey, dsaEncoding: 'ieee-p1363' }),
});

interface Signed {
  readonly key?: KeyName;
  readonly keyid?: string;
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly fields?: readonly string[];
  readonly params?: readonly string[];
  readonly created?: number;
  readonly expires?: number;
  readonly nonce?: string;
  readonly tag?: string;
  readonly name?: string;
}

const HEADERS = {
  Host: 'data.example',
  Authorization: 'DPoP token',
  'Content-Type': 'application/json',
  'Content-Digest': digestOf(BODY),
  'X-Name': 'Phạm',
};
const FIELDS = ['@method', '@target-uri', 'authorization', 'content-digest'];
let nonces = 0;

/** The headers of a request that another implementation signed. */
const signed = async (what: Signed = {}): Promise<Record<string, string>> => {
  const { key = 'es256', keyid = key, created = SECONDS, expires } = what;
  nonces += 1;
  const message = await httpbis.signMessage(
    {
      key: signer(key, keyid),
      name: what.name ?? 'sig1',
      fields: [...(what.fields ?? FIELDS)],
      params: [...(what.params ?? ['created', 'keyid', 'nonce', 'tag', ...(expires ? ['expires'] : [])])],
      paramValues: {
        created: new Date(created * 1_000),
        ...(expires ? { expires: new Date(expires * 1_000) } : {}),
        nonce: what.nonce ?? `nonce-${nonces}`,
        tag: what.tag ?? 'lienthong-request',
      },
    },
    { method: what.method ?? 'POST', url: what.url ?? URL_, headers: { ...HEADERS, ...what.headers } },
  );
  return message.headers as Record<string, string>;
};

const received = (
  headers: Record<string, string>,
  { body = BODY, search = '', method = 'POST' }: { body?: string; search?: string; method?: string } = {},
): ReceivedRequest => ({
  method,
  path: '/graphql',
  search,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  rawHeaders: Object.entries(headers).flat(),
  body: body === '' ? undefined : Buffer.from(body),
  peer: { address: '127.0.0.1', certificate: undefined },
});

let used: Set<string>;
const replay: ReplayStore = {
  async firstUse(kind, value, until) {
    expect([kind, until]).toEqual(['signature', expect.any(Number)]);
    if (used.has(value)) return false;
    used.add(value);
    return true;
  },
};
beforeEach(() => {
  used = new Set();
});

const check = (request: ReceivedRequest, of: SigningClient | undefined = client, store = replay) =>
  checkSignedRequest(request, of, { replay: store, publicOrigin: () => ORIGIN }, SECONDS * 1_000);
const reason = (call: Promise<unknown>) =>
  call.then(
    () => 'taken',
    (error: unknown) => (error as { reason?: string }).reason ?? error,
  );

describe('a signed request', () => {
  test.each(['es256', 'eddsa'] as const)('by %s is taken', async (key) => {
    expect(await check(received(await signed({ key })))).toBe(true);
  });

  test('without content needs no digest of it; its query counts', async () => {
    const fields = ['@method', '@target-uri', 'authorization'];
    const headers = await signed({ method: 'GET', url: `${URL_}?query=%7Ba%7D`, fields });
    const get = (search: string) => received(headers, { method: 'GET', body: '', search });
    expect(await reason(check(get('?query=%7Bb%7D')))).toBe('request_signature');
    expect(await reason(check(get('?query=%7Ba%7D')))).toBe('taken');
  });

  test('may cover more, and carry signatures of others on its way', async () => {
    const own = await signed({ fields: [...FIELDS, 'content-type', '@authority'], name: 'mine' });
    const proxy = await signed({ key: 'stranger', tag: 'proxy', fields: ['@method'], name: 'proxy' });
    const both = {
      ...own,
      'Signature-Input': `${proxy['Signature-Input']}, ${own['Signature-Input']}`,
      Signature: `${proxy.Signature}, ${own.Signature}`,
    };
    expect(await reason(check(received(both)))).toBe('taken');
  });

  test('is taken a minute and the difference of clocks before and after it was made', async () => {
    const at = async (created: number) => reason(check(received(await signed({ created }))));
    expect(await at(SECONDS - 70)).toBe('taken');
    expect(await at(SECONDS - 71)).toBe('request_signature_age');
    expect(await at(SECONDS + 10)).toBe('taken');
    expect(await at(SECONDS + 11)).toBe('request_signature_age');
    expect(await reason(check(received(await signed({ expires: SECONDS - 11 }))))).toBe('request_signature');
  });

  test('is taken once', async () => {
    const headers = await signed();
    expect(await reason(check(received(headers)))).toBe('taken');
    expect(await reason(check(received(headers)))).toBe('request_signature_replayed');
    // The nonce is used up, whatever else is signed along with it.
    const again = await signed({ nonce: 'same', created: SECONDS - 5 });
    expect(await reason(check(received(again)))).toBe('taken');
    expect(await reason(check(received(await signed({ nonce: 'same' }))))).toBe('request_signature_replayed');
  });

  test('is remembered for as long as it could be taken, made by a clock that is ahead as well', async () => {
    const created = SECONDS + 10;
    const remembered: number[] = [];
    const store: ReplayStore = {
      async firstUse(_purpose, _value, until) {
        remembered.push(until);
        return true;
      },
    };
    expect(await check(received(await signed({ created })), client, store)).toBe(true);
    const last = (created + 70) * 1_000;
    expect(remembered.map((until) => until > last)).toEqual([true]);
  });

  test('of two clients may carry one nonce', async () => {
    const headers = await signed();
    expect(await reason(check(received(headers)))).toBe('taken');
    expect(await reason(check(received(headers), { ...client, client: 'hospital' }))).toBe('taken');
  });

  test('of which nobody knows whether it is the first opens no personal data', async () => {
    const away: ReplayStore = {
      async firstUse() {
        throw new StateUnavailable('away');
      },
    };
    expect(await check(received(await signed()), client, away)).toBe(false);
  });
});

describe('a bad signature is refused, also of a client that need not sign', () => {
  const cases: [string, string, () => Promise<ReceivedRequest>][] = [
    ['an altered body', 'request_digest', async () => received(await signed(), { body: BODY.replace('me', 'us') })],
    ['another method', 'request_signature', async () => received(await signed(), { method: 'PUT' })],
    ['another query', 'request_signature', async () => received(await signed(), { search: '?a' })],
    ['another host', 'request_signature', async () => received(await signed({ url: 'https://evil.example/graphql' }))],
    ['another path', 'request_signature', async () => received(await signed({ url: `${ORIGIN}/explain` }))],
    ['another token', 'request_signature', async () => received({ ...(await signed()), Authorization: 'DPoP other' })],
    ['another key', 'request_signature', async () => received(await signed({ key: 'stranger', keyid: 'es256' }))],
    [
      'a key of another kind',
      'request_signature',
      async () => received(await signed({ key: 'es256', keyid: 'eddsa' })),
    ],
    ['a key that is not registered', 'request_signature_key', async () => received(await signed({ key: 'stranger' }))],
    ['no nonce', 'request_signature', async () => received(await signed({ params: ['created', 'keyid', 'tag'] }))],
    ['a nonce without end', 'request_signature', async () => received(await signed({ nonce: 'n'.repeat(257) }))],
    ['no time', 'request_signature', async () => received(await signed({ params: ['keyid', 'nonce', 'tag'] }))],
    ['no key', 'request_signature', async () => received(await signed({ params: ['created', 'nonce', 'tag'] }))],
    ...FIELDS.map((left): (typeof cases)[number] => [
      `${left} left out`,
      'request_signature',
      async () => received(await signed({ fields: FIELDS.filter((field) => field !== left) })),
    ]),
    [
      'a digest of nothing that is known',
      'request_digest',
      async () => received(await signed({ headers: { 'Content-Digest': 'crc32=:AAAA:' } })),
    ],
    [
      'no signature behind its input',
      'request_signature',
      async () => {
        const { Signature: _gone, ...headers } = await signed();
        return received(headers);
      },
    ],
    [
      'two of them',
      'request_signature',
      async () => {
        const [one, two] = [await signed({ name: 'a' }), await signed({ name: 'b' })];
        const join = (name: string) => `${one[name]}, ${two[name]}`;
        return received({ ...one, Signature: join('Signature'), 'Signature-Input': join('Signature-Input') });
      },
    ],
    [
      'an altered time',
      'request_signature',
      async () => {
        const headers = await signed();
        const input = String(headers['Signature-Input']).replace(`created=${SECONDS}`, `created=${SECONDS + 1}`);
        return received({ ...headers, 'Signature-Input': input });
      },
    ],
    ['a component twice', 'request_signature', async () => received(await signed({ fields: [...FIELDS, '@method'] }))],
    [
      'an unknown component',
      'request_signature',
      async () => {
        const headers = await signed();
        return received({
          ...headers,
          'Signature-Input': String(headers['Signature-Input']).replace('("@method"', '("@other" "@method"'),
        });
      },
    ],
    [
      'an input that cannot be read',
      'request_signature',
      async () => received({ ...HEADERS, 'Signature-Input': '(((' }),
    ],
    [
      'an input without end',
      'request_signature',
      async () => received({ ...HEADERS, 'Signature-Input': `a=("${'b'.repeat(5_000)}")` }),
    ],
  ];

  test.each(cases)('%s: %s', async (_what, expected, request) => {
    for (const each of [client, free]) expect(await reason(check(await request(), each))).toBe(expected);
    expect(used.size).toBe(0);
  });
});

describe('a request that was seen is not taken again, whatever is written beside its signature', () => {
  const renamed = (input: string) => input.replace(/nonce="[^"]*"/, 'nonce="another"');
  const twice = (change: (input: string) => string) => (headers: Record<string, string>) => ({
    ...headers,
    'Signature-Input': change(String(headers['Signature-Input'])),
  });
  const changes: [string, (headers: Record<string, string>) => Record<string, string>][] = [
    ['its label twice, the other first', twice((input) => `${renamed(input)}, ${input}`)],
    ['its label twice, the other last', twice((input) => `${input}, ${renamed(input)}`)],
    ['a nonce twice, the other first', twice((input) => input.replace('nonce=', 'nonce="another";nonce='))],
    ['a nonce twice, the other last', twice((input) => input.replace(/nonce="[^"]*"/, '$&;nonce="another"'))],
    ['a tag twice, another’s last', twice((input) => `${input};tag="proxy"`)],
    [
      'another label',
      (headers) => ({
        ...headers,
        'Signature-Input': String(headers['Signature-Input']).replace('sig1=', 'other='),
        Signature: String(headers.Signature).replace('sig1=', 'other='),
      }),
    ],
    ['blanks', twice((input) => `  ${input.replace('=(', '=(  ')}`)],
  ];

  test.each(changes)('%s', async (_what, change) => {
    const headers = await signed();
    expect(await reason(check(received(headers)))).toBe('taken');
    expect(await reason(check(received(change(headers))))).toMatch(/^(request_signature.*|unsigned_request)$/);
    // Nor in a second field of the name, which Node joins to the first.
    const changed = change(headers);
    const request = received(changed);
    const rawHeaders = [...request.rawHeaders, 'Signature-Input', String(headers['Signature-Input'])];
    const joined = `${changed['Signature-Input']}, ${headers['Signature-Input']}`;
    const both = { ...request, rawHeaders, headers: { ...request.headers, 'signature-input': joined } };
    expect(await reason(check(both))).toMatch(/^(request_signature.*|unsigned_request)$/);
  });
});

describe('no signature', () => {
  test('is refused where the registration wants one, and nowhere else', async () => {
    expect(await reason(check(received(HEADERS)))).toBe('unsigned_request');
    expect(await check(received(HEADERS), free)).toBe(true);
    expect(
      await checkSignedRequest(received(HEADERS), undefined, { replay, publicOrigin: () => ORIGIN }, SECONDS * 1_000),
    ).toBe(true);
  });

  test('of ours is one that is tagged for somebody else', async () => {
    const headers = await signed({ tag: 'web-bot-auth' });
    expect(await reason(check(received(headers)))).toBe('unsigned_request');
    expect(await check(received(headers), free)).toBe(true);
  });

  test('of a caller whom nobody registered can be verified', async () => {
    const call = checkSignedRequest(
      received(await signed()),
      undefined,
      { replay, publicOrigin: () => ORIGIN },
      SECONDS * 1_000,
    );
    expect(await reason(call)).toBe('request_signature_key');
  });
});
