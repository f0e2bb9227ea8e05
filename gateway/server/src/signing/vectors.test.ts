import { constants, createHmac, createPrivateKey, createPublicKey, timingSafeEqual, verify } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import { verifySignature } from 'http-message-sig';
import { httpbis } from 'http-message-signatures';

import { digestOf } from './digest.ts';
import { holdsDigest } from './digest-field.ts';
import { readSigningKey } from './key.ts';
import { verifierOf } from './request-verifier.ts';

/** RFC 9421 appendix B.1: keys that are published, and sign nothing but its examples. */
const rsaPss = createPublicKey({
  format: 'jwk',
  key: {
    kty: 'RSA',
    e: 'AQAB',
    n: 'r4tmm3r20Wd_PbqvP1s2-QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct-Lh1GH45x28Rw3Ry53mm-oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHqgDsznjPFmTOtCEcN2Z1FpWgchwuYLPL-Wokqltd11nqqzi-bJ9cvSKADYdUAAN5WUtzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4aOT9v6d-nb4bnNkQVklLQ3fVAvJm-xdDOp9LCNCN48V2pnDOkFV6-U9nV5oyc6XI2w',
  },
});
const p256 = {
  kty: 'EC',
  crv: 'P-256',
  kid: 'test-key-ecc-p256',
  x: 'qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA',
  y: 'Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0',
};
const ed25519 = {
  kty: 'OKP',
  crv: 'Ed25519',
  kid: 'test-key-ed25519',
  x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs',
};
const shared = Buffer.from(
  'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
  'base64',
);

const ours = (kid: string) => {
  const verifier = verifierOf([p256, ed25519], kid);
  if (!verifier) throw new TypeError(kid);
  return verifier;
};
const verifiers = {
  'test-key-rsa-pss': {
    algorithm: 'rsa-pss-sha512',
    verify: (data: Uint8Array, signature: Uint8Array) =>
      verify('sha512', data, { key: rsaPss, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }, signature),
  },
  'test-shared-secret': {
    algorithm: 'hmac-sha256',
    verify: (data: Uint8Array, signature: Uint8Array) =>
      timingSafeEqual(createHmac('sha256', shared).update(data).digest(), signature),
  },
  'test-key-ecc-p256': ours('test-key-ecc-p256'),
  'test-key-ed25519': ours('test-key-ed25519'),
};

/** The messages of appendix B.2, and of section 2.4. */
const request = {
  method: 'POST',
  url: 'https://example.com/foo?param=Value&Pet=dog',
  headers: {
    host: 'example.com',
    date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    'content-type': 'application/json',
    'content-digest':
      'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
    'content-length': '18',
  },
};
const response = {
  status: 200,
  headers: {
    date: 'Tue, 20 Apr 2021 02:07:56 GMT',
    'content-type': 'application/json',
    'content-digest':
      'sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:',
    'content-length': '23',
  },
};
const unavailable = {
  status: 503,
  headers: {
    date: 'Tue, 20 Apr 2021 02:07:56 GMT',
    'content-type': 'application/json',
    'content-length': '62',
    'content-digest':
      'sha-512=:0Y6iCBzGg5rZtoXS95Ijz03mslf6KAMCloESHObfwnHJDbkkWWQz6PhhU9kxsTbARtY2PTBOzq24uJFpHsMuAg==:',
  },
};

type Vector = readonly [section: string, message: typeof request | typeof response, input: string, signature: string];
const vectors: Vector[] = [
  [
    'B.2.1',
    request,
    '();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
    'd2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==',
  ],
  [
    'B.2.3',
    request,
    '("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"',
    'bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==',
  ],
  [
    'B.2.4',
    response,
    '("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    'wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==',
  ],
  [
    'B.2.5',
    request,
    '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=',
  ],
  [
    'B.2.6',
    request,
    '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
  ],
  [
    '2.4',
    unavailable,
    '("@status" "content-digest" "content-type" "@authority";req "@method";req "@path";req "content-digest";req);created=1618884479;keyid="test-key-ecc-p256"',
    'dMT/A/76ehrdBTD/2Xx8QuKV6FoyzEP/I9hdzKN8LQJLNgzU4W767HK05rx1i8meNQQgQPgQp8wq2ive3tV5Ag==',
  ],
];

const verifierIn = (input: string) => {
  const name = /keyid="([^"]+)"/.exec(input)?.[1] ?? '';
  const [found] = Object.entries(verifiers).flatMap(([kid, verifier]) => (kid === name ? [verifier] : []));
  if (!found) throw new TypeError(name);
  return found;
};
const flipped = (signature: string): string => {
  const bytes = Buffer.from(signature, 'base64');
  bytes[5] = Number(bytes[5]) ^ 1;
  return bytes.toString('base64');
};

/** By the library that verifies in the gateway and in `lienthong answer verify`. */
const verifiedHere = async (message: Vector[1], input: string, signature: string): Promise<boolean> => {
  const fields = (headers: object) => Object.entries(headers).map(([name, value]) => ({ name, value: String(value) }));
  const verifier = verifierIn(input);
  const described = { kind: 'request', method: 'POST', targetUri: request.url } as const;
  const signed = fields({ ...message.headers, 'signature-input': `sig=${input}`, signature: `sig=:${signature}:` });
  try {
    await verifySignature(
      'status' in message
        ? {
            kind: 'response',
            status: message.status,
            fields: signed,
            request: { ...described, fields: fields(request.headers) },
          }
        : { ...described, fields: signed },
      {
        policy: {
          algorithms: [verifier.algorithm],
          requiredComponents: [],
          requiredParameters: ['created', 'keyid'],
          now: 1_618_884_480,
        },
        resolveVerifier: () => verifier,
      },
    );
    return true;
  } catch {
    return false;
  }
};

/** By the one that tests alone use, to have a second opinion. */
const verifiedElsewhere = async (message: Vector[1], input: string, signature: string): Promise<unknown> => {
  const { algorithm, verify: check } = verifierIn(input);
  const config = {
    keyLookup: async () => ({
      algs: [algorithm],
      verify: async (data: Buffer, bytes: Buffer) => check(data, bytes),
    }),
  };
  const headers = { ...message.headers, 'signature-input': `sig=${input}`, signature: `sig=:${signature}:` };
  return 'status' in message
    ? httpbis.verifyMessage(config, { status: message.status, headers }, request)
    : httpbis.verifyMessage(config, { method: message.method, url: message.url, headers });
};

describe('the vectors of RFC 9421', () => {
  test.each(vectors)('%s', async (_section, message, input, signature) => {
    expect(await verifiedHere(message, input, signature)).toBe(true);
    expect(await verifiedElsewhere(message, input, signature)).toBe(true);
    expect(await verifiedHere(message, input, flipped(signature))).toBe(false);
    expect(await verifiedElsewhere(message, input, flipped(signature))).toBe(false);
  });

  test('B.2.2 covers a single query parameter: the verifier of the gateway refuses what it does not know', async () => {
    const input =
      '("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"';
    const signature =
      'LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==';
    expect(await verifiedHere(request, input, signature)).toBe(false);
    expect(await verifiedElsewhere(request, input, signature)).toBe(true);
  });

  test('B.2.6 is what our signing key makes of its signature base', async () => {
    const pem = createPrivateKey({
      format: 'jwk',
      key: { ...ed25519, d: 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU' },
    });
    const key = await readSigningKey(String(pem.export({ type: 'pkcs8', format: 'pem' })), 'test-key-ed25519');
    const base = [
      '"date": Tue, 20 Apr 2021 02:07:55 GMT',
      '"@method": POST',
      '"@path": /foo',
      '"@authority": example.com',
      '"content-type": application/json',
      '"content-length": 18',
      '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    ].join('\n');
    expect(key.algorithm).toBe('ed25519');
    expect(Buffer.from(await key.sign(Buffer.from(base))).toString('base64')).toBe(
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
    );
  });
});

describe('the vectors of RFC 9530', () => {
  test('digests of content, and of none', () => {
    expect(digestOf('{"hello": "world"}\n')).toBe('sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:');
    expect(digestOf('')).toBe('sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:');
  });

  const content = Buffer.from('{"hello": "world"}');
  const sha256 = 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:';
  const sha512 = request.headers['content-digest'];
  test.each([[sha256], [sha512], [`${sha256}, ${sha512}`], [`unknown=:AAAA:, ${sha256}`]])(
    '%s is of its content',
    (field) => {
      expect(holdsDigest(field, content)).toBe(true);
      expect(holdsDigest(field, Buffer.from('{"hello": "World"}'))).toBe(false);
    },
  );

  test.each([
    [undefined],
    [''],
    ['unknown=:AAAA:'],
    ['md5=:Sd/dVLAcvNLSq16eXua5uQ==:'],
    [`${sha256}, sha-512=:AAAA:`],
    ['sha-256="X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="'],
    [sha256.slice(0, -1)],
  ])('%s vouches for nothing', (field) => {
    expect(holdsDigest(field, content)).toBe(false);
  });
});
