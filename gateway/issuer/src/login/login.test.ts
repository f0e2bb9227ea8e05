import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPseudonyms, parseProvinceKey } from '@lienthong/kit/citizen-id';
import { decodeJwt } from 'jose';
import { Browser, pick } from '../testing/browser.ts';
import { type Answer, post, testIssuers, verified } from '../testing/issuers.ts';
import {
  asserted,
  assertion,
  dpopProof,
  keysOf,
  type PartnerKey,
  partnerKey,
  writePartners,
} from '../testing/partners.ts';
import { startDevelopmentUpstream } from '../upstream-development/index.ts';

const issuers = testIssuers();
const redirect_uri = 'http://127.0.0.1:9/callback';
const verifier = randomBytes(32).toString('base64url');
const code_challenge = createHash('sha256').update(verifier).digest('base64url');

let upstream: Awaited<ReturnType<typeof startDevelopmentUpstream>>;
let issuer: Awaited<ReturnType<typeof issuers.start>>;
let key: PartnerKey;
let registry: ReturnType<typeof writePartners>;

beforeAll(async () => {
  upstream = await startDevelopmentUpstream(0);
  key = await partnerKey();
  const authentication = keysOf(key);
  registry = writePartners(issuers.folder, {
    'cong-dan': {
      org: 'H48',
      authentication,
      login: { of: 'citizens', redirectUris: [redirect_uri] },
      purposes: [{ purpose: 'AUDIT', legalBasis: 'SELF', scopes: ['audit:self:read'] }],
    },
    'mot-cua': { authentication, login: { of: 'officers', redirectUris: [redirect_uri] } },
    'rang-buoc': { authentication, bound: 'dpop', login: { of: 'officers', redirectUris: [redirect_uri] } },
    khac: { authentication },
  });
  const state = { file: `${issuers.folder}/state.jsonl` };
  issuer = await issuers.start({ registry, upstream: upstream.settings, state });
});
afterAll(async () => {
  await issuers.stop();
  await upstream.close();
});

type Form = Record<string, string>;
const authenticated = async (client: string, form: Form): Promise<URLSearchParams> =>
  new URLSearchParams({ ...asserted(await assertion(client, issuer.issuer, key)), ...form });

async function push(client: string, form: Form = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const request = { response_type: 'code', redirect_uri, code_challenge, code_challenge_method: 'S256', state: 's' };
  const whole = Object.fromEntries(Object.entries({ ...request, ...form }).filter(([, value]) => value !== ''));
  const body = await authenticated(client, { client_id: client, ...whole });
  const response = await fetch(`${issuer.url}/par`, { method: 'POST', headers, body });
  return { status: response.status, headers: response.headers, body: Object(await response.json()) };
}

const authorizeUrl = (client: string, { body }: Answer): string =>
  `${issuer.url}/authorize?${new URLSearchParams({ client_id: client, request_uri: String(body.request_uri) })}`;

/** Logs `person` in through a client; answers where the browser was sent in the end. */
async function logIn(
  client: string,
  person: string,
  form: Form = {},
  browser = new Browser(),
): Promise<URLSearchParams> {
  const page = await browser.open(authorizeUrl(client, await push(client, form)), redirect_uri);
  if ('redirected' in page) return page.redirected;
  const back = await browser.submit(pick(page, person), redirect_uri);
  if (!('redirected' in back)) throw new Error(`not redirected: ${back.status} ${back.html}`);
  return back.redirected;
}

const redeem = async (client: string, code: string | null, form: Form = {}, headers: Record<string, string> = {}) =>
  post(
    issuer.url,
    await authenticated(client, {
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri,
      code_verifier: verifier,
      ...form,
    }),
    headers,
  );
const refusal = ({ status, body }: Answer) => [status, body.error];

describe('a citizen', () => {
  test('logs in upstream and gets a token about himself, under the pseudonym that departments know', async () => {
    const back = await logIn('cong-dan', 'cd-1');
    expect([back.get('state'), back.get('iss')]).toEqual(['s', issuer.issuer]);
    const { payload } = await verified(issuer, await redeem('cong-dan', back.get('code')));
    const { iat, exp, jti, sub, ...claims } = payload;
    const pseudonyms = createPseudonyms(parseProvinceKey(readFileSync(issuers.config.provinceKeyFile ?? '', 'utf8')));
    expect(claims).toEqual({
      iss: issuer.issuer,
      aud: 'urn:gateway',
      client_id: 'cong-dan',
      scope: 'audit:self:read',
      org: 'H48',
      purpose: 'AUDIT',
      legal_basis: 'SELF',
      citizen: pseudonyms.idOf('051085000001'),
    });
    expect(Number(exp) - Number(iat)).toBe(600);
    expect(sub).toMatch(/^[\w-]{22}$/);
    expect(JSON.stringify(payload)).not.toContain('051085000001');
    expect(issuer.log()).not.toContain('051085000001');
  });

  test('is not logged in for whoever uses the browser next', async () => {
    const browser = new Browser();
    const subjects = [];
    for (const person of ['cd-1', 'cd-2']) {
      const { payload } = await verified(
        issuer,
        await redeem('cong-dan', (await logIn('cong-dan', person, {}, browser)).get('code')),
      );
      subjects.push(payload.sub);
    }
    expect(new Set(subjects).size).toBe(2);
  });

  test('gets nothing but self scopes', async () => {
    expect(refusal(await push('cong-dan', { scope: 'citizens:basic:read' }))).toEqual([400, 'invalid_scope']);
    expect(refusal(await push('cong-dan', { scope: 'openid' }))).toEqual([400, 'invalid_scope']);
  });

  test('may not log in, and the application hears so', async () => {
    const back = await logIn('cong-dan', '');
    expect([back.get('error'), back.get('state'), back.get('iss')]).toEqual(['access_denied', 's', issuer.issuer]);
  });
});

describe('an officer', () => {
  test('acts in his own name for the agency of the client', async () => {
    const form = { scope: 'citizens:basic:read', purpose: 'LANDTX', case_id: 'H48-7' };
    const answer = await redeem('mot-cua', (await logIn('mot-cua', 'cb-mot-cua-01', form)).get('code'));
    const { payload } = await verified(issuer, answer);
    expect(payload).toMatchObject({
      sub: 'cb-mot-cua-01',
      client_id: 'mot-cua',
      org: 'H48.53',
      purpose: 'LANDTX',
      scope: 'citizens:basic:read',
      case_id: 'H48-7',
    });
    expect(payload).not.toHaveProperty('citizen');
  });

  test('of another agency is turned away, and so is a citizen', async () => {
    for (const [person, message] of [
      ['cb-so-y-te-01', /another agency/],
      ['cd-1', /another agency/],
    ] as const) {
      const browser = new Browser();
      const page = await browser.open(authorizeUrl('mot-cua', await push('mot-cua')), redirect_uri);
      if ('redirected' in page) throw new Error('redirected');
      const refused = await browser.submit(pick(page, person), redirect_uri);
      expect(refused).toMatchObject({ status: 403, html: expect.stringMatching(message) });
    }
  });

  test('is no citizen', async () => {
    const browser = new Browser();
    const page = await browser.open(authorizeUrl('cong-dan', await push('cong-dan')), redirect_uri);
    if ('redirected' in page) throw new Error('redirected');
    expect(await browser.submit(pick(page, 'cb-mot-cua-01'), redirect_uri)).toMatchObject({ status: 403 });
  });

  test("has his token exchanged by a service of the agency, which stays the officer's act", async () => {
    const token = await redeem('mot-cua', (await logIn('mot-cua', 'cb-mot-cua-01')).get('code'));
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: String(token.body.access_token),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      scope: 'land:parcel:read',
    };
    const { payload } = await verified(issuer, await post(issuer.url, await authenticated('khac', form)));
    expect(payload).toMatchObject({
      sub: 'cb-mot-cua-01',
      client_id: 'khac',
      scope: 'land:parcel:read',
      act: { sub: 'khac', act: { sub: 'mot-cua' } },
    });
  });
});

describe('what the authorization request may not be', () => {
  test.each<[string, string, Form, string]>([
    ['without PKCE', 'mot-cua', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with plain PKCE', 'mot-cua', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['without a PKCE method', 'mot-cua', { code_challenge_method: '' }, 'invalid_request'],
    ['to another address', 'mot-cua', { redirect_uri: 'https://evil.example/cb' }, 'invalid_request'],
    ['to its own address with more behind', 'mot-cua', { redirect_uri: `${redirect_uri}/x` }, 'invalid_request'],
    ['without an address', 'mot-cua', { redirect_uri: '' }, 'invalid_request'],
    ['for a token at once', 'mot-cua', { response_type: 'token' }, 'unsupported_response_type'],
    ['for another purpose', 'mot-cua', { purpose: 'KYC' }, 'invalid_request'],
    [
      'for a scope of another purpose',
      'mot-cua',
      { purpose: 'LANDTX', scope: 'health:insurance:read' },
      'invalid_scope',
    ],
    ['for another resource', 'mot-cua', { resource: 'urn:other' }, 'invalid_target'],
    ['with a claim of the caller', 'mot-cua', { org: 'H48' }, 'invalid_request'],
    ['of a client that logs nobody in', 'khac', {}, 'invalid_request'],
  ])('%s', async (_case, client, form, error) => {
    expect(refusal(await push(client, form))).toEqual([400, error]);
  });

  test('unauthenticated, or not pushed at all', async () => {
    const form = new URLSearchParams({ client_id: 'mot-cua', response_type: 'code', redirect_uri });
    const unauthenticated = await fetch(`${issuer.url}/par`, { method: 'POST', body: form });
    expect(unauthenticated.status).toBe(401);
    const query = new URLSearchParams({ client_id: 'mot-cua', response_type: 'code', redirect_uri, code_challenge });
    const back = await new Browser().open(`${issuer.url}/authorize?${query}`, redirect_uri);
    expect('redirected' in back && back.redirected.get('error')).toBe('invalid_request');
  });

  test('used twice', async () => {
    const pushed = await push('mot-cua');
    const browser = new Browser();
    const page = await browser.open(authorizeUrl('mot-cua', pushed), redirect_uri);
    if ('redirected' in page) throw new Error('redirected');
    const back = await browser.submit(pick(page, 'cb-mot-cua-01'), redirect_uri);
    expect('redirected' in back && back.redirected.has('code')).toBe(true);
    const again = await new Browser().open(authorizeUrl('mot-cua', pushed), redirect_uri);
    expect(again).toMatchObject({ status: 400, html: expect.stringContaining('invalid_request_uri') });
  });

  test("another client's", async () => {
    const page = await new Browser().open(authorizeUrl('cong-dan', await push('mot-cua')), redirect_uri);
    expect('redirected' in page ? page.redirected.get('error') : page.status).toEqual(expect.anything());
    expect('redirected' in page && page.redirected.has('code')).toBe(false);
  });
});

describe('a code', () => {
  const codeOf = async (client = 'mot-cua') => (await logIn(client, 'cb-mot-cua-01')).get('code');

  test.each<[string, string, Form]>([
    ['with another verifier', 'mot-cua', { code_verifier: randomBytes(32).toString('base64url') }],
    ['for another address', 'mot-cua', { redirect_uri: 'https://evil.example/cb' }],
    ['by another client', 'rang-buoc', {}],
  ])('%s is refused', async (_case, client, form) => {
    expect(refusal(await redeem(client, await codeOf(), form))).toEqual([400, 'invalid_grant']);
  });

  test('without a verifier is refused', async () => {
    const form = { grant_type: 'authorization_code', code: (await codeOf()) ?? '', redirect_uri };
    expect(refusal(await post(issuer.url, await authenticated('mot-cua', form)))).toEqual([400, 'invalid_grant']);
  });

  test('used twice revokes what it gave', async () => {
    const code = await codeOf();
    const { jti } = decodeJwt(String((await redeem('mot-cua', code)).body.access_token));
    expect(refusal(await redeem('mot-cua', code))).toEqual([400, 'invalid_grant']);
    const revoked = () => readFileSync(`${issuers.folder}/state.jsonl`, 'utf8').includes(String(jti));
    while (!revoked()) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  test('from before its person was revoked gives no token', async () => {
    const first = await redeem('cong-dan', (await logIn('cong-dan', 'cd-3')).get('code'));
    const { payload } = await verified(issuer, first);
    const code = (await logIn('cong-dan', 'cd-3')).get('code');
    const whose = { kind: 'subject', issuer: issuer.issuer, value: payload.sub };
    const revocation = { ...whose, issuedBefore: Date.now(), until: Date.now() + 600_000 };
    appendFileSync(`${issuers.folder}/state.jsonl`, `${JSON.stringify(revocation)}\n`);
    // Known to the issuer once it takes the first token for none any more.
    for (let active = true; active; ) {
      const body = await authenticated('cong-dan', { token: String(first.body.access_token) });
      const response = await fetch(`${issuer.url}/introspect`, { method: 'POST', body });
      active = Object(await response.json()).active;
    }
    expect(refusal(await redeem('cong-dan', code))).toEqual([400, 'invalid_grant']);
  });

  test('used many times at once gives one token', async () => {
    const code = await codeOf();
    const answers = await Promise.all(Array.from({ length: 5 }, () => redeem('mot-cua', code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('of a bound client is worth nothing without the key', async () => {
    const { payload: free } = { payload: refusal(await redeem('rang-buoc', await codeOf('rang-buoc'))) };
    expect(free).toEqual([400, 'invalid_grant']);
    const dpop = await dpopProof(`${issuer.url}/token`, key);
    const answer = await redeem('rang-buoc', await codeOf('rang-buoc'), {}, { dpop });
    expect((await verified(issuer, answer)).payload.cnf).toEqual({ jkt: expect.any(String) });
  });
});

describe('at the browser', () => {
  test('a login belongs to the browser that began it', async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    const page = await attacker.open(authorizeUrl('mot-cua', await push('mot-cua')), redirect_uri);
    if ('redirected' in page) throw new Error('redirected');
    const callback = await attacker.submit(pick(page, 'cb-mot-cua-01'), `${issuer.url}/login/callback`);
    if (!('redirected' in callback)) throw new Error('not redirected');
    const planted = await victim.open(`${issuer.url}/login/callback?${callback.redirected}`, redirect_uri);
    expect(planted).toMatchObject({ status: 400, html: expect.stringContaining('another browser') });
  });

  test.each(['?state=x&code=y', '', '?error=access_denied', '?state[]=a'])(
    'a made-up callback %s is refused',
    async (query) => {
      const page = await new Browser().open(`${issuer.url}/login/callback${query}`, redirect_uri);
      expect(page).toMatchObject({ status: 400, html: expect.stringContaining('Chưa đăng nhập được') });
    },
  );

  test('an answer in the name of another provider is refused (RFC 9207)', async () => {
    const browser = new Browser();
    const page = await browser.open(authorizeUrl('mot-cua', await push('mot-cua')), redirect_uri);
    if ('redirected' in page) throw new Error('redirected');
    const callback = await browser.submit(pick(page, 'cb-mot-cua-01'), `${issuer.url}/login/callback`);
    if (!('redirected' in callback)) throw new Error('not redirected');
    callback.redirected.set('iss', 'https://evil.example');
    const refused = await browser.open(`${issuer.url}/login/callback?${callback.redirected}`, redirect_uri);
    expect(refused).toMatchObject({ status: 503 });
  });

  test('an upstream provider that is down is told as such, and the login goes on when it is back', async () => {
    const other = await startDevelopmentUpstream(0);
    const port = Number(new URL(other.url).port);
    await other.close();
    const own = await issuers.start({ registry, upstream: other.settings });
    const form = { response_type: 'code', redirect_uri, code_challenge, code_challenge_method: 'S256' };
    const body = new URLSearchParams({
      ...asserted(await assertion('mot-cua', own.issuer, key)),
      client_id: 'mot-cua',
      ...form,
    });
    const pushed = (await (await fetch(`${own.url}/par`, { method: 'POST', body })).json()) as { request_uri: string };
    const browser = new Browser();
    const query = new URLSearchParams({ client_id: 'mot-cua', request_uri: pushed.request_uri });
    const down = await browser.open(`${own.url}/authorize?${query}`, redirect_uri);
    expect(down).toMatchObject({ status: 503, html: expect.stringContaining('does not answer') });
    if ('redirected' in down) throw new Error('redirected');
    const again = await startDevelopmentUpstream(port);
    try {
      expect(await browser.open(down.url, redirect_uri)).toMatchObject({ status: 200 });
    } finally {
      await again.close();
    }
  });

  test('pages run nothing, load nothing and are framed by nobody', async () => {
    const response = await fetch(`${issuer.url}/login/callback`);
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });
});

test('metadata tells of all this', async () => {
  const metadata = await (await fetch(`${issuer.url}/.well-known/oauth-authorization-server`)).json();
  expect(metadata).toMatchObject({
    authorization_endpoint: `${issuer.url}/authorize`,
    pushed_authorization_request_endpoint: `${issuer.url}/par`,
    require_pushed_authorization_requests: true,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: expect.arrayContaining(['authorization_code']),
  });
});
