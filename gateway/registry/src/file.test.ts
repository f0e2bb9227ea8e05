import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { developmentRegistry, loadRegistryFile, parseRegistry } from './file.ts';
import { RegistryError } from './problem.ts';
import { publicKey, registration } from './testing.ts';

const valid = `partners:
  so-nha:
    name: { vi: Sở, en: Department }
    org: H48.01
    contact: { name: Văn phòng, email: vp@so.example }
    expires: 2099-12-31
    authentication: { method: client_secret_basic, secret: "\${SECRET_SO_NHA}" }
    purposes:
      - purpose: TTHC
        legalBasis: MANDATORY_SHARE
        scopes: [citizens:basic:read]
`;
const env = { SECRET_SO_NHA: '0123456789abcdef0123456789abcdef' };

/** Line, key and English message of every problem. */
function problems(text: string, options: Parameters<typeof parseRegistry>[2] = {}): string[] {
  try {
    parseRegistry(text, 'r.yaml', { env, ...options });
  } catch (error) {
    if (error instanceof RegistryError) {
      return error.problems.map(({ line, key, messages }) => `${line} ${key}: ${messages.en}`);
    }
    throw error;
  }
  return [];
}

/** English messages about one registration, changed as told. */
const faults = (change: Record<string, unknown>, options: Parameters<typeof parseRegistry>[2] = {}) =>
  problems(stringify({ partners: { bank: registration(change) } }), options).map((problem) =>
    problem.replace(/^\d+ partners\.bank\.?/, ''),
  );

describe('a registry file', () => {
  test('gives partners with their purposes in order, defaults, and secrets from the environment', () => {
    expect(parseRegistry(valid, 'r.yaml', { env })).toEqual([
      {
        client: 'so-nha',
        name: { vi: 'Sở', en: 'Department' },
        org: 'H48.01',
        contact: { name: 'Văn phòng', email: 'vp@so.example' },
        status: 'active',
        expires: '2099-12-31',
        authentication: { method: 'client_secret_basic', secret: env.SECRET_SO_NHA },
        bound: 'dpop',
        purposes: [{ purpose: 'TTHC', legalBasis: 'MANDATORY_SHARE', scopes: ['citizens:basic:read'] }],
        hideDenied: false,
        persistedDocumentsOnly: false,
        signedRequestsOnly: false,
      },
    ]);
  });

  test.each<[string, string, string, string]>([
    [
      'unknown key of a partner',
      'org:',
      'orgs:',
      '4 partners.so-nha.orgs: unknown key; allowed: name, org, contact, expires, authentication, purposes, status, bound, hideDenied, persistedDocumentsOnly, signedRequestsOnly, documents, login',
    ],
    [
      'unknown key of a purpose',
      'legalBasis',
      'basis',
      '10 partners.so-nha.purposes[0].basis: unknown key; allowed: purpose, legalBasis, scopes, quota',
    ],
    ['unknown key at the top', 'partners:', 'clients:', '1 clients: unknown key; allowed: partners'],
    ['client id', 'so-nha:', 'So_Nha:', '2 partners.So_Nha: a client id has small letters, digits and hyphens only'],
    [
      'bad scope',
      'citizens:basic:read',
      'citizens:*',
      '11 partners.so-nha.purposes[0].scopes[0]: must be a scope such as citizens:basic:read',
    ],
    [
      'repeated scope',
      '[citizens:basic:read]',
      '[land:parcel:read, land:parcel:read]',
      '11 partners.so-nha.purposes[0].scopes[1]: this scope is listed above already',
    ],
    ['number for a string', 'H48.01', '48', '4 partners.so-nha.org: must be an agency code such as H48.53'],
    [
      'no scope',
      '[citizens:basic:read]',
      '[]',
      '11 partners.so-nha.purposes[0].scopes: must be a list with at least one item',
    ],
    [
      'repeated key',
      'org: H48.01',
      'org: H48.01\n    org: H48.02',
      '5 (YAML): not valid YAML: Map keys must be unique at line 5, column 5:',
    ],
    [
      'self scope of an agency',
      'citizens:basic:read',
      'audit:self:read',
      '11 partners.so-nha.purposes[0].scopes[0]: :self: scopes are for clients that log citizens in, and such clients may have no other',
    ],
    [
      'another scope of a citizen',
      'org: H48.01',
      'org: H48.01\n    login: { of: citizens, redirectUris: [] }',
      '12 partners.so-nha.purposes[0].scopes[0]: :self: scopes are for clients that log citizens in, and such clients may have no other',
    ],
    [
      'day that does not exist',
      '2099-12-31',
      '2099-02-30',
      '6 partners.so-nha.expires: must be a date such as 2027-12-31, or never',
    ],
    ['missing expiry', '    expires: 2099-12-31\n', '', '2 partners.so-nha: the key "expires" is missing'],
    [
      'status that only a command sets',
      'org:',
      'status: removed\n    org:',
      '4 partners.so-nha.status: must be active | suspended',
    ],
    ['binding', 'org:', 'bound: bearer\n    org:', '4 partners.so-nha.bound: must be dpop | mtls | none'],
    [
      'signatures that nobody could verify',
      'org:',
      'signedRequestsOnly: true\n    org:',
      '4 partners.so-nha.signedRequestsOnly: needs authentication by private_key_jwt with at least one key of ES256 or EdDSA to verify signatures with',
    ],
    ['text for a flag', 'org:', 'hideDenied: "no"\n    org:', '4 partners.so-nha.hideDenied: must be true or false'],
  ])('%s is refused with line and key', (_case, from, to, problem) => {
    expect(valid).toContain(from);
    expect(problems(valid.replace(from, to))).toContain(problem);
  });

  test('a missing environment variable is fatal and named', () => {
    expect(problems(valid, { env: {} })).toEqual([
      '7 partners.so-nha.authentication.secret: environment variable SECRET_SO_NHA is not set',
    ]);
  });

  test('every fault is told at once, in both languages, without the secret', () => {
    const text = valid
      .replace('org:', 'orgs:')
      .replace('TTHC', 'tthc')
      .replace(/\$\{\w+\}/, 'bí mật');
    expect(problems(text)).toHaveLength(4);
    try {
      parseRegistry(text, 'r.yaml', { env });
    } catch (error) {
      const { messages } = error as RegistryError;
      expect(messages.vi.split('\n')).toHaveLength(4);
      expect(messages.en).toMatch(/^r\.yaml:/);
      expect(messages.en + messages.vi).not.toContain('bí mật');
    }
  });

  test('that is not there is told', () => {
    expect(() => loadRegistryFile('/khong/co.yaml')).toThrow(/co\.yaml:1: \(file\): cannot be read/);
  });
});

describe('the law', () => {
  const purposes = (purpose: string, legalBasis: string, ...scopes: string[]) => ({
    purposes: [{ purpose, legalBasis, scopes }],
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a purpose off the catalogue',
      purposes('SPY', 'CONSENT', 'citizens:basic:read'),
      /^purposes\[0\]\.purpose: is not in the catalogue; it has: TTHC, /,
    ],
    [
      'a basis off the catalogue',
      purposes('KYC', 'WISH', 'citizens:basic:read'),
      /^purposes\[0\]\.legalBasis: is not in the catalogue/,
    ],
    [
      'a basis that the purpose may not rest on',
      purposes('KYC', 'MANDATORY_SHARE', 'citizens:basic:read'),
      /KYC may not rest on this basis; it may on: CONSENT/,
    ],
    [
      'a scope off the catalogue',
      purposes('KYC', 'CONSENT', 'citizens:wealth:read'),
      /scopes\[0\]: citizens:wealth:read is not in the catalogue/,
    ],
    [
      'a scope that the basis does not cover',
      purposes('TTHC', 'MANDATORY_SHARE', 'citizens:sensitive:read'),
      /scopes\[0\]: citizens:sensitive:read may not rest on MANDATORY_SHARE; it may on: CONSENT, NO_CONSENT, CHILD_REP/,
    ],
  ])('refuses %s', (_what, change, message) => {
    expect(faults(change)).toEqual([expect.stringMatching(message)]);
  });
});

describe('a public key', () => {
  const authentication = (...keys: unknown[]) => ({ authentication: { method: 'private_key_jwt', keys } });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' });

  test('of each accepted kind is reduced to what a public key is', () => {
    const ed = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const keys = [
      { ...publicKey('ec'), x5u: 'https://evil.example', note: 'x' },
      { ...rsa(2048), kid: 'rsa', alg: 'PS256' },
      { ...ed, kid: 'ed', use: 'sig' },
    ];
    const [partner] = parseRegistry(JSON.stringify({ partners: { bank: registration(authentication(...keys)) } }), 'r');
    const read = partner?.authentication.method === 'private_key_jwt' ? partner.authentication.keys : [];
    expect(read.map(({ kid, alg, use }) => [kid, alg, use])).toEqual([
      ['ec', 'ES256', 'sig'],
      ['rsa', 'PS256', 'sig'],
      ['ed', 'EdDSA', 'sig'],
    ]);
    expect(Object.keys(read[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  test.each<[string, unknown, RegExp]>([
    ['a private key', { ...privateKey.export({ format: 'jwk' }), kid: 'a' }, /PRIVATE key, to be taken for leaked/],
    ['a shared secret', { kty: 'oct', k: 'c2VjcmV0', kid: 'a' }, /PRIVATE key/],
    ['no kid', { ...publicKey('a'), kid: undefined }, /needs a kid/],
    ['short RSA', { ...rsa(1024), kid: 'a' }, /at least 2048 bits/],
    ['another algorithm', { ...rsa(2048), kid: 'a', alg: 'RS256' }, /must be a signature key/],
    ['an encryption key', { ...publicKey('a'), use: 'enc' }, /must be a signature key/],
    ['another curve', { ...publicKey('a'), crv: 'P-384' }, /must be a signature key/],
    ['a point off the curve', { ...publicKey('a'), y: publicKey('b').y }, /no valid public key/],
    ['a text', 'ssh-rsa AAAA', /must be a JWK/],
  ])('%s is refused', (_what, key, message) => {
    const found = faults(authentication(key));
    expect(found).toEqual([expect.stringMatching(message)]);
    expect(found[0]).toMatch(/^authentication\.keys\[0\]: /);
    expect(found.join()).not.toContain(String(Object(key).d));
  });

  test('has a kid of its own', () => {
    expect(faults(authentication(publicKey('a'), publicKey('a')))).toEqual([
      'authentication.keys[1]: this kid is listed above already; one kid a key',
    ]);
  });
});

describe('other proofs', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['an unknown method', { method: 'password' }, /^authentication\.method: must be private_key_jwt \| tls/],
    ['no method', { keys: [] }, /^authentication: the key "method" is missing/],
    ['keys of another method', { method: 'none', keys: [] }, /unknown key; allowed: method/],
    [
      'an unknown attribute',
      { method: 'tls_client_auth', match: { attribute: 'cn', value: 'x' } },
      /must be subject_dn \| san_dns/,
    ],
    ['no certificate', { method: 'self_signed_tls_client_auth', certificates: ['x'] }, /one X\.509 certificate in PEM/],
    [
      "a certificate's private key",
      { method: 'self_signed_tls_client_auth', certificates: ['-----BEGIN PRIVATE KEY-----'] },
      /holds a PRIVATE key/,
    ],
    ['nothing, where nobody logs in', { method: 'none' }, /it needs the key login/],
  ])('%s is refused', (_what, authentication, message) => {
    expect(faults({ authentication }).join('\n')).toMatch(message);
  });

  test('a certificate of an authority is known by one name', () => {
    const authentication = { method: 'tls_client_auth', match: { attribute: 'san_dns', value: 'api.bank.example' } };
    const [partner] = parseRegistry(JSON.stringify({ partners: { bank: registration({ authentication }) } }), 'r');
    expect(partner?.authentication).toEqual(authentication);
  });
});

describe('redirect addresses', () => {
  const login = (...redirectUris: string[]) => ({ login: { of: 'officers', redirectUris } });

  test('are https, or http on loopback', () => {
    expect(
      faults(login('https://app.example/cb', 'http://127.0.0.1:8000/cb', 'http://[::1]/', 'http://localhost/')),
    ).toEqual([]);
  });

  test.each([
    'http://app.example/cb',
    'https://app.example/cb#x',
    'https://*.example/cb',
    'https://user@app.example/',
    'javascript:alert(1)',
    'app.example',
  ])('%s is refused', (uri) => {
    expect(faults(login(uri))).toEqual([
      expect.stringMatching(/^login\.redirectUris\[0\]: must be a whole https address/),
    ]);
  });

  test('officers need one', () => {
    expect(faults(login())).toEqual(['login.redirectUris: must be a list with at least one item']);
  });
});

describe('quotas', () => {
  const quota = (value: unknown) => ({
    purposes: [{ purpose: 'KYC', legalBasis: 'CONSENT', scopes: ['citizens:match:verify'], quota: value }],
  });

  test('are so much in such a time', () => {
    const written = { requests: { limit: 600, per: '1m' }, cost: { limit: 90_000, per: '1h' }, citizensPerDay: 500 };
    const [partner] = parseRegistry(JSON.stringify({ partners: { bank: registration(quota(written)) } }), 'r');
    expect(partner?.purposes[0].quota).toEqual({
      requests: { limit: 600, per: 60_000 },
      cost: { limit: 90_000, per: 3_600_000 },
      citizensPerDay: 500,
    });
  });

  test.each<[unknown, string]>([
    [{ requests: { limit: 0, per: '1m' } }, 'purposes[0].quota.requests.limit: must be a positive whole number'],
    [{ requests: { limit: 1, per: 60 } }, 'purposes[0].quota.requests.per: must be a duration such as 1s, 1m, 1h, 1d'],
    [{ citizensPerDay: 1.5 }, 'purposes[0].quota.citizensPerDay: must be a positive whole number'],
    [{ request: {} }, 'purposes[0].quota.request: unknown key; allowed: requests, cost, citizensPerDay'],
  ])('%j is refused', (value, message) => {
    expect(faults(quota(value))).toEqual([message]);
  });
});

describe('the development registry', () => {
  const partners = loadRegistryFile(developmentRegistry, { env: {} });
  const granted = (id: string) =>
    partners.find(({ client }) => client === id)?.purposes.map(({ purpose, scopes }) => [purpose, scopes]);

  test('gives mot-cua every read scope but identity, sensitive and clinical with TTHC, its first purpose', () => {
    expect(granted('mot-cua')?.map(([purpose]) => purpose)).toEqual(['TTHC', 'ENROL', 'LANDTX']);
    expect([...(granted('mot-cua')?.[0]?.[1] ?? [])].sort()).toEqual([
      'citizens:basic:read',
      'citizens:basic:read:bulk',
      'citizens:family:read',
      'education:enrolment:read',
      'education:enrolment:read:bulk',
      'education:record:read',
      'health:immunization:read',
      'health:insurance:read',
      'land:encumbrance:read',
      'land:owner:read',
      'land:parcel:read',
      'land:parcel:read:bulk',
    ]);
  });

  test('gives the partner a match and nothing else, and citizens their own accesses', () => {
    expect(granted('viettel')).toEqual([['KYC', ['citizens:match:verify']]]);
    expect(granted('cong-dan')).toEqual([['AUDIT', ['audit:self:read']]]);
  });

  test('is refused by production, each shared secret by name', () => {
    const refuse = () => loadRegistryFile(developmentRegistry, { env: {}, environment: 'production' });
    for (const { client, authentication } of partners) {
      if (authentication.method !== 'client_secret_basic') continue;
      expect(refuse).toThrow(`partners.${client}: uses a published demo secret`);
      expect(refuse).not.toThrow(authentication.secret);
    }
  });
});

test('production refuses a long secret too, and takes keys', () => {
  expect(problems(valid, { environment: 'production' })).toEqual([
    '2 partners.so-nha: uses a shared secret; production takes private_key_jwt or TLS certificates only (FAPI 2.0)',
  ]);
  expect(faults({}, { environment: 'production' })).toEqual([]);
});

test('production refuses a portal whose only log-in is the development one', () => {
  const portal = {
    login: { of: 'citizens', redirectUris: [] },
    purposes: [{ purpose: 'AUDIT', legalBasis: 'SELF', scopes: ['audit:self:read'] }],
  };
  expect(faults(portal, { environment: 'production' })).toEqual([
    expect.stringContaining('development login verifies nobody'),
  ]);
  expect(faults(portal)).toEqual([]);
});

test.each(['partners.md', 'partners.vi.md'])('the sample of docs/%s is admitted', (name) => {
  const page = readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
  const [, sample = ''] = /```yaml\n(partners:\n[\s\S]*?)```/.exec(page) ?? [];
  const text = sample.replace(/- \{ kty.*\}/, `- ${JSON.stringify(publicKey('2026'))}`);
  const [partner] = parseRegistry(text, name, { admittedAt: Date.parse('2026-11-22') });
  expect(partner).toMatchObject({ client: 'buu-dien', bound: 'dpop', hideDenied: true });
});
