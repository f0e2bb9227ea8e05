import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, decodeJwt } from 'jose';
import { type Answer, askToken, post, testIssuers, verified } from '../testing/issuers.ts';
import { dpopProof, type PartnerKey, partnerKey, secretOf, writePartners } from '../testing/partners.ts';
import { tokenExchange } from './names.ts';

const issuers = testIssuers();
const secret = 'bi-mat-de-thu';
const type = 'urn:ietf:params:oauth:token-type:access_token';
let issuer: Awaited<ReturnType<typeof issuers.start>>;
let short: typeof issuer;
let key: PartnerKey;
/** An officer's client, asked by way of its own token. */
let subject: string;

beforeAll(async () => {
  const authentication = secretOf(secret);
  const narrow = [{ purpose: 'TTHC', legalBasis: 'CONSENT', scopes: ['citizens:basic:read', 'education:record:read'] }];
  const registry = writePartners(issuers.folder, {
    'mot-cua': { authentication },
    'tra-cuu': { authentication, purposes: narrow },
    'in-an': { authentication, purposes: narrow },
    'khac-co-quan': { authentication, org: 'H48.14' },
    'dat-dai': { authentication, purposes: [{ ...narrow[0], scopes: ['education:record:read'] }] },
    'rang-buoc': { authentication, bound: 'dpop' },
  });
  [issuer, key] = await Promise.all([issuers.start({ registry }), partnerKey()]);
  short = await issuers.start({ registry, tokenLifetime: 3_600, issuer: issuer.issuer });
  subject = await tokenOf('mot-cua', { case_id: 'H48-1' });
});
afterAll(() => issuers.stop());

const tokenOf = async (client: string, form = {}, at = issuer): Promise<string> =>
  String((await askToken(at.url, client, form, secret)).body.access_token);
const exchange = (client: string, form: Record<string, string>, at = issuer): Promise<Answer> =>
  askToken(
    at.url,
    client,
    { grant_type: tokenExchange, subject_token_type: type, subject_token: subject, ...form },
    secret,
  );
const refusal = ({ status, body }: Answer) => [status, body.error];

test('a token is exchanged for a narrower one, about the same subject, by the registration of the client', async () => {
  const answer = await exchange('tra-cuu', {});
  const former = decodeJwt(subject);
  const { payload } = await verified(issuer, answer);
  const { iat, exp, jti, ...claims } = payload;
  expect(claims).toEqual({
    iss: issuer.issuer,
    aud: 'urn:gateway',
    sub: 'tra-cuu',
    client_id: 'tra-cuu',
    scope: 'citizens:basic:read',
    org: 'H48.53',
    purpose: 'TTHC',
    legal_basis: 'CONSENT',
    case_id: 'H48-1',
    act: { sub: 'tra-cuu', act: { sub: 'mot-cua' } },
    ancestors: [{ jti: former.jti, client_id: 'mot-cua', sub: 'mot-cua', iat: former.iat }],
  });
  expect(Number(exp)).toBeLessThanOrEqual(Number(former.exp));
  expect(answer.body).toMatchObject({ issued_token_type: type, token_type: 'Bearer', scope: 'citizens:basic:read' });
});

test('an exchange of an exchange names every token and every actor', async () => {
  const first = String((await exchange('tra-cuu', {})).body.access_token);
  const { payload } = await verified(issuer, await exchange('in-an', { subject_token: first }));
  expect(payload.act).toEqual({ sub: 'in-an', act: { sub: 'tra-cuu', act: { sub: 'mot-cua' } } });
  const jtis = [first, subject].map((token) => decodeJwt(token).jti);
  expect((payload.ancestors as { jti: string }[]).map(({ jti }) => jti)).toEqual(jtis);
});

test('not exchanged for ever', async () => {
  let token = subject;
  for (const client of ['tra-cuu', 'in-an', 'tra-cuu']) {
    token = String((await exchange(client, { subject_token: token })).body.access_token);
  }
  expect(refusal(await exchange('in-an', { subject_token: token }))).toEqual([400, 'invalid_request']);
});

test('the actor token says who acts', async () => {
  const form = { actor_token: await tokenOf('in-an'), actor_token_type: type };
  const { payload } = await verified(issuer, await exchange('tra-cuu', form));
  expect(payload.act).toEqual({ sub: 'in-an', act: { sub: 'mot-cua' } });
  expect(payload.ancestors).toHaveLength(2);
});

describe('never wider', () => {
  test.each<[string, string, Record<string, string>, string]>([
    ['a scope that the subject token lacks', 'tra-cuu', { scope: 'education:record:read' }, 'invalid_scope'],
    ['a scope that the client lacks', 'tra-cuu', { scope: 'land:parcel:read' }, 'invalid_scope'],
    ['no scope in common', 'dat-dai', {}, 'invalid_scope'],
    ['another purpose', 'mot-cua', { purpose: 'LANDTX' }, 'invalid_request'],
    ['another case', 'tra-cuu', { case_id: 'H48-2' }, 'invalid_request'],
    ['another resource', 'tra-cuu', { resource: 'urn:other' }, 'invalid_target'],
    ['another audience', 'tra-cuu', { audience: 'urn:other' }, 'invalid_target'],
    ['claims of the caller', 'tra-cuu', { act: 'x' }, 'invalid_request'],
  ])('%s is refused', async (_case, client, form, error) => {
    expect(refusal(await exchange(client, form))).toEqual([400, error]);
  });

  test('not longer than the subject token, wherever the issuer grants more', async () => {
    const { payload } = await verified(short, await exchange('tra-cuu', {}, short));
    expect(payload.exp).toBe(decodeJwt(subject).exp);
  });

  test('nor for a client of another agency', async () => {
    const answer = await exchange('khac-co-quan', {});
    expect([...refusal(answer), answer.body.error_description]).toEqual([
      400,
      'invalid_request',
      'this client may not act on tokens that were issued to that client',
    ]);
  });
});

describe('tokens that are none', () => {
  test.each<[string, Record<string, string>]>([
    ['no token', { subject_token: 'x' }],
    ['an empty one', { subject_token: '' }],
    ['of another type', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }],
    ['for a token of another type', { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }],
    ['an actor token without a type', { actor_token: 'x' }],
    ['an actor type without a token', { actor_token_type: type }],
  ])('%s is invalid_request', async (_case, form) => {
    expect(refusal(await exchange('tra-cuu', form))).toEqual([400, 'invalid_request']);
  });

  test('a token of another issuer, a changed and an expired one', async () => {
    const other = await issuers.start({ keysFile: `${issuers.folder}/other.json`, issuer: issuer.issuer });
    const foreign = String((await askToken(other.url, 'mot-cua')).body.access_token);
    const [header, , signature] = subject.split('.');
    const changed = Buffer.from(JSON.stringify({ ...decodeJwt(subject), scope: 'x' })).toString('base64url');
    const brief = await issuers.start({ tokenLifetime: 1, issuer: issuer.issuer });
    const expired = String((await askToken(brief.url, 'mot-cua')).body.access_token);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    for (const subject_token of [foreign, `${header}.${changed}.${signature}`, expired]) {
      expect(refusal(await exchange('tra-cuu', { subject_token }))).toEqual([400, 'invalid_request']);
    }
  });
});

describe('bound tokens', () => {
  const bound = async (client: string, form: Record<string, string>) => {
    const whole = { grant_type: tokenExchange, client_id: client, client_secret: secret, ...form };
    return post(issuer.url, new URLSearchParams(whole), { dpop: await dpopProof(`${issuer.url}/token`, key) });
  };

  test("are exchanged for tokens bound to the exchanging client's own key, and for no others", async () => {
    const subject_token = String((await bound('rang-buoc', { grant_type: 'client_credentials' })).body.access_token);
    expect(refusal(await exchange('tra-cuu', { subject_token }))).toEqual([400, 'invalid_request']);
    const own = await partnerKey();
    const form = new URLSearchParams({
      grant_type: tokenExchange,
      client_id: 'tra-cuu',
      client_secret: secret,
      subject_token,
      subject_token_type: type,
    });
    const proof = await dpopProof(`${issuer.url}/token`, own);
    const { payload } = await verified(issuer, await post(issuer.url, form, { dpop: proof }));
    expect(payload.cnf).toEqual({ jkt: await calculateJwkThumbprint(own.publicJwk) });
  });

  test('are all that a bound client gets', async () => {
    expect(refusal(await exchange('rang-buoc', {}))).toEqual([400, 'invalid_dpop_proof']);
  });
});
