import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPseudonyms, parseProvinceKey } from '@lienthong/kit';
import { developmentLogin } from './grants/names.ts';
import { type Answer, askToken, testIssuers, verified } from './testing/issuers.ts';

const issuers = testIssuers();
let issuer: Awaited<ReturnType<typeof issuers.start>>;

beforeAll(async () => {
  issuer = await issuers.start();
});
afterAll(() => issuers.stop());

const man = '051085000001';
const refusal = ({ status, body }: Answer) => [status, body.error];
const logIn = (form: Record<string, string>, client = 'cong-dan') =>
  askToken(issuer.url, client, { grant_type: developmentLogin, ...form });

test('gives a citizen a token about himself, with self scopes only', async () => {
  const { payload } = await verified(issuer, await logIn({ personal_number: man }));
  const { iat, exp, jti, sub, ...claims } = payload;
  const key = parseProvinceKey(readFileSync(issuers.config.provinceKeyFile ?? '', 'utf8'));
  expect(claims).toEqual({
    iss: issuer.url,
    aud: 'urn:gateway',
    client_id: 'cong-dan',
    scope: 'audit:self:read',
    org: 'H48',
    purpose: 'AUDIT',
    legal_basis: 'SELF',
    citizen: createPseudonyms(key).idOf(man),
  });
  expect(sub).toMatch(/^[\w-]{22}$/);
  expect(JSON.stringify(payload)).not.toContain(man);
});

test('gives a person one stable subject, over a restart too, and another person another', async () => {
  const again = await issuers.start();
  const [first, second, other] = await Promise.all([
    logIn({ personal_number: man }),
    askToken(again.url, 'cong-dan', { grant_type: developmentLogin, personal_number: man }),
    logIn({ personal_number: '051187000003' }),
  ]);
  const subjects = [
    (await verified(issuer, first)).payload.sub,
    (await verified(again, second)).payload.sub,
    (await verified(issuer, other)).payload.sub,
  ];
  expect(subjects[1]).toBe(subjects[0]);
  expect(subjects[2]).not.toBe(subjects[0]);
});

test.each(['05108500000', '0510850000012', '05108500000x', '', ' 051085000001'])(
  'a personal number %j of wrong shape is refused and not echoed',
  async (personal_number) => {
    const answer = await logIn({ personal_number });
    expect(answer.body).toEqual({
      error: 'invalid_request',
      error_description: 'personal_number must be exactly 12 digits',
    });
  },
);

test('a citizen gets no other scope, and cannot name a pseudonym', async () => {
  expect(refusal(await logIn({ personal_number: man, scope: 'citizens:basic:read' }))).toEqual([400, 'invalid_scope']);
  expect(refusal(await logIn({ personal_number: man, citizen: 'k1.x' }))).toEqual([400, 'invalid_request']);
});

test('an agency cannot log a citizen in, and the portal gets nothing without a citizen', async () => {
  expect(refusal(await logIn({ personal_number: man }, 'mot-cua'))).toEqual([400, 'invalid_request']);
  expect(refusal(await askToken(issuer.url, 'cong-dan'))).toEqual([400, 'invalid_request']);
});

test('without a province key there is no such grant', async () => {
  const { provinceKeyFile: _, ...config } = issuers.config;
  const { startIssuer } = await import('./issuer.ts');
  const plain = await startIssuer({ ...config, logLevel: 'silent' });
  try {
    const form = { grant_type: developmentLogin, personal_number: man };
    expect(refusal(await askToken(plain.url, 'cong-dan', form))).toEqual([400, 'unsupported_grant_type']);
    expect(refusal(await askToken(plain.url, 'mot-cua', form))).toEqual([400, 'unsupported_grant_type']);
  } finally {
    await plain.close();
  }
});
