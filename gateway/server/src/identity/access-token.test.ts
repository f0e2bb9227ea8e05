import { beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

import type { IssuerConfig } from '../config/index.ts';
import { type TokenRules, verifyAccessToken } from './access-token.ts';
import type { Issuer } from './issuers.ts';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const seconds = NOW / 1_000;
const PROVINCE = 'https://idp.tinh.example';
const NATION = 'https://idp.quocgia.example';

/** What the nation may vouch for: one agency for one purpose, another for two. */
const CAPS = [
  { scopes: ['a'], purposes: ['KYC'], orgs: ['G01'] },
  { scopes: ['b:c'], purposes: ['TTHC', 'STATS'], orgs: ['G02'] },
];

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let keys: Record<string, Pair>;
let rules: TokenRules;

/** Both issuers call their key `2026`: the key is chosen by issuer and kid, not by kid alone. */
const issuer = async (config: Partial<IssuerConfig> & { issuer: string }, key: Pair, alg: string): Promise<Issuer> => ({
  config: {
    jwks: { file: 'unused' },
    algorithms: ['ES256'],
    scopeClaim: 'scope',
    scopeFormat: 'string',
    claims: {
      client: 'client_id',
      org: 'org',
      purpose: 'purpose',
      legalBasis: 'legal_basis',
      caseId: 'case_id',
      citizen: 'citizen',
    },
    keysMaxStale: 1,
    allow: undefined,
    ...config,
  } as IssuerConfig,
  keys: {
    key: createLocalJWKSet({ keys: [{ ...(await exportJWK(key.publicKey)), kid: '2026', alg }] }),
    generation: () => 0,
  },
});

beforeAll(async () => {
  keys = {
    province: await generateKeyPair('ES256'),
    nation: await generateKeyPair('ES256'),
    rsa: await generateKeyPair('RS256'),
  };
  const { province, nation, rsa } = keys as { province: Pair; nation: Pair; rsa: Pair };
  const issuers = [
    await issuer({ issuer: PROVINCE }, province, 'ES256'),
    await issuer({ issuer: NATION, allow: CAPS }, nation, 'ES256'),
    await issuer({ issuer: 'https://array.example', scopeClaim: 'scp', scopeFormat: 'array' }, province, 'ES256'),
    await issuer({ issuer: 'https://rsa.example' }, rsa, 'RS256'),
  ];
  rules = {
    audience: 'urn:gateway',
    clockTolerance: 10_000,
    maxTokenLifetime: 3_600_000,
    issuers: new Map(issuers.map((each) => [each.config.issuer, each])),
  };
});

const claims: JWTPayload = {
  iss: PROVINCE,
  aud: 'urn:gateway',
  sub: 'mot-cua',
  client_id: 'mot-cua',
  jti: 'j1',
  iat: seconds,
  exp: seconds + 600,
  scope: 'a b:c',
};

const mint = (
  change: Record<string, unknown> = {},
  options: { key?: string; alg?: string; typ?: string; kid?: string } = {},
) => {
  const payload = Object.fromEntries(
    Object.entries({ ...claims, ...change }).filter(([, value]) => value !== undefined),
  );
  return new SignJWT(payload)
    .setProtectedHeader({ alg: options.alg ?? 'ES256', typ: options.typ ?? 'at+jwt', kid: options.kid ?? '2026' })
    .sign((keys[options.key ?? 'province'] as Pair).privateKey);
};

const verified = (token: string) => verifyAccessToken(token, rules, NOW);
const verify = async (token: string) => (await verified(token)).principal;
const refusal = (token: string) =>
  verified(token).then(
    () => 'accepted',
    (error) => error.reason,
  );

test('a proper token makes its bearer known', async () => {
  const token = await mint({
    org: 'H48.53',
    purpose: 'TTHC',
    legal_basis: 'MANDATORY_SHARE',
    case_id: 'c1',
    citizen: 'k1.x',
  });
  expect(await verify(token)).toMatchObject({
    kind: 'authenticated',
    issuer: PROVINCE,
    subject: 'mot-cua',
    clientId: 'mot-cua',
    jti: 'j1',
    expiresAt: seconds + 600,
    scopes: new Set(['a', 'b:c']),
    org: 'H48.53',
    purpose: 'TTHC',
    legalBasis: 'MANDATORY_SHARE',
    caseId: 'c1',
    citizen: 'k1.x',
  });
});

test.each<[string, Record<string, unknown>, string]>([
  ['expired beyond the tolerance', { iat: seconds - 700, exp: seconds - 11 }, 'expired'],
  ['without an end', { exp: undefined }, 'claim'],
  ['without a beginning', { iat: undefined }, 'not_yet_valid'],
  ['from the future', { iat: seconds + 11, exp: seconds + 100 }, 'not_yet_valid'],
  ['not valid yet', { nbf: seconds + 60 }, 'not_yet_valid'],
  ['that lives a year', { exp: seconds + 31_536_000 }, 'lifetime'],
  ['that lives a second too long', { exp: seconds + 3_601 }, 'lifetime'],
  ['for somebody else', { aud: 'urn:other' }, 'audience'],
  ['for nobody', { aud: undefined }, 'audience'],
  ['without a subject', { sub: undefined }, 'claim'],
  ['without a client', { client_id: undefined }, 'claim'],
  ['without an id', { jti: undefined }, 'claim'],
  ['whose client is no text', { client_id: 7 }, 'claim'],
  ['whose purpose is a list', { purpose: ['TTHC', 'KYC'] }, 'claim'],
  ['of nobody', { iss: undefined }, 'malformed'],
  ['of an issuer unknown here', { iss: 'https://idp.example' }, 'unknown_issuer'],
  ['of an issuer but for a slash', { iss: `${PROVINCE}/` }, 'unknown_issuer'],
  ['of an issuer but for case', { iss: PROVINCE.toUpperCase() }, 'unknown_issuer'],
  ['that calls itself another issuer', { iss: NATION }, 'signature'],
  ['bound to what is not understood here', { cnf: { kid: 'x' } }, 'binding_method'],
  ['bound to no text', { cnf: { jkt: 7 } }, 'claim'],
  ['bound to a text', { cnf: 'x' }, 'claim'],
  ['whose ancestors are no list', { ancestors: 'j0' }, 'claim'],
  ['whose ancestor names no client', { ancestors: [{ jti: 'j0', sub: 's', iat: 1 }] }, 'claim'],
  ['with a line of ancestors without end', { ancestors: Array(17).fill({}) }, 'claim'],
])('a token %s is refused', async (_what, change, reason) => {
  expect(await refusal(await mint(change))).toBe(reason);
});

test.each<[string, Parameters<typeof mint>[1] & object, string]>([
  ['an id token', { typ: 'JWT' }, 'type'],
  ['an internal token', { typ: 'gw-internal+jwt' }, 'type'],
  ['an algorithm that the issuer does not use', { alg: 'RS256', key: 'rsa' }, 'algorithm'],
  ['a key that is not in the set', { kid: 'other' }, 'signature'],
  ['the key of another issuer under the same kid', { key: 'nation' }, 'signature'],
])('%s is refused', async (_what, options, reason) => {
  expect(await refusal(await mint({}, options))).toBe(reason);
});

test('an algorithm off the list is refused even where the key fits it', async () => {
  const token = await mint({ iss: 'https://rsa.example' }, { alg: 'RS256', key: 'rsa' });
  expect(await refusal(token)).toBe('algorithm');
});

test.each(['', 'x', 'a.b', 'a.b.c.d.e', `${'x'.repeat(9_000)}`, 'bnVsbA.bnVsbA.bnVsbA'])(
  'what is no JWT is malformed: %#',
  async (token) => expect(await refusal(token)).toBe('malformed'),
);

test('what a token is bound to, and what it descends from, is told', async () => {
  const token = await mint({
    cnf: { jkt: 'k', 'x5t#S256': 'c', other: 1 },
    ancestors: [{ jti: 'j0', client_id: 'mot-cua', sub: 'can-bo', iat: seconds - 60 }],
  });
  expect(await verified(token)).toMatchObject({
    confirmation: { jkt: 'k', x5t: 'c' },
    identity: {
      jti: 'j1',
      issuedAt: NOW,
      ancestors: [{ issuer: PROVINCE, jti: 'j0', client: 'mot-cua', subject: 'can-bo', issuedAt: NOW - 60_000 }],
    },
    validUntil: NOW + 610_000,
  });
});

describe('scopes', () => {
  test.each<[string, unknown, string[]]>([
    ['a text', 'a b', ['a', 'b']],
    ['spaces around and between', ' a   b ', ['a', 'b']],
    ['a tab is part of a scope', 'a\tb', ['a\tb']],
    ['an array where a text is due', ['a'], []],
    ['a number', 5, []],
    ['an object', { a: true }, []],
    ['nothing', undefined, []],
    ['names of prototypes', '__proto__ constructor', ['__proto__', 'constructor']],
  ])('%s', async (_what, scope, expected) => {
    expect([...(await verify(await mint({ scope }))).scopes]).toEqual(expected);
  });

  test.each<[string, unknown, string[]]>([
    ['an array where one is due', ['a', 'b c'], ['a', 'b c']],
    ['a text where an array is due', 'a', []],
    ['an array that holds more than texts', ['a', 7], []],
  ])('%s', async (_what, scp, expected) => {
    const token = await mint({ iss: 'https://array.example', scp });
    expect([...(await verify(token)).scopes]).toEqual(expected);
  });
});

describe('the legal basis SELF', () => {
  test.each([[undefined], ['k1.x']])(
    'opens nobody else’s data, whoever vouches for it (citizen: %s)',
    async (citizen) => {
      const scope = 'audit:self:read citizens:basic:read';
      const own = await verify(await mint({ scope, citizen, legal_basis: 'SELF' }));
      expect([...own.scopes]).toEqual(['audit:self:read']);
      const other = await verify(await mint({ scope, citizen, legal_basis: 'CONSENT' }));
      expect([...other.scopes]).toEqual(scope.split(' '));
    },
  );
});

describe('an issuer with caps', () => {
  const capped = (change: Record<string, unknown>) => mint({ iss: NATION, ...change }, { key: 'nation' });

  test('vouches for no scope beyond them', async () => {
    expect([...(await verify(await capped({ org: 'G01', scope: 'a b:c' }))).scopes]).toEqual(['a']);
  });

  test('vouches for no other purpose or agency', async () => {
    expect(await refusal(await capped({ purpose: 'BHYT' }))).toBe('not_vouched_for');
    expect(await refusal(await capped({ org: 'H48' }))).toBe('not_vouched_for');
    expect(await refusal(await capped({ purpose: 'KYC', org: 'G01' }))).toBe('accepted');
  });

  test('vouches by whole caps: the agency of one and the purpose of another fit none', async () => {
    expect(await refusal(await capped({ purpose: 'KYC', org: 'G02' }))).toBe('not_vouched_for');
    const stats = await verify(await capped({ purpose: 'STATS', org: 'G02', scope: 'a b:c' }));
    expect([...stats.scopes]).toEqual(['b:c']);
  });
});

test('an issuer whose keys cannot be fetched is no fault of the token', async () => {
  const unreachable: Issuer = {
    config: (rules.issuers.get(PROVINCE) as Issuer).config,
    keys: {
      generation: () => 0,
      key: async () => {
        throw new TypeError('fetch failed');
      },
    },
  };
  const broken = { ...rules, issuers: new Map([[PROVINCE, unreachable]]) };
  await expect(verifyAccessToken(await mint(), broken, NOW)).rejects.toMatchObject({ code: 'ISSUER_UNAVAILABLE' });
});
