import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { tokenExchange } from '../grants/names.ts';
import { askToken, testIssuers } from '../testing/issuers.ts';
import { secretOf, writePartners } from '../testing/partners.ts';

const issuers = testIssuers();
const secret = 'bi-mat-de-thu';
let issuer: Awaited<ReturnType<typeof issuers.start>>;
let stateless: typeof issuer;

beforeAll(async () => {
  const authentication = secretOf(secret);
  const registry = writePartners(issuers.folder, {
    'mot-cua': { authentication },
    'tra-cuu': { authentication },
    'so-y-te': { authentication, org: 'H48.14' },
  });
  const introspectors = ['so-y-te'];
  issuer = await issuers.start({ registry, introspectors, state: { file: `${issuers.folder}/state.jsonl` } });
  stateless = await issuers.start({ registry });
});
afterAll(() => issuers.stop());

const tokenOf = async (client: string, form = {}, at = issuer): Promise<string> =>
  String((await askToken(at.url, client, form, secret)).body.access_token);

async function call(path: string, client: string, form: Record<string, string>, at = issuer, password = secret) {
  const authorization = `Basic ${Buffer.from(`${client}:${password}`).toString('base64')}`;
  const body = new URLSearchParams(form);
  const response = await fetch(`${at.url}${path}`, { method: 'POST', headers: { authorization }, body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? '' : JSON.parse(text) };
}
const introspect = async (token: string, client = 'mot-cua', at = issuer) =>
  (await call('/introspect', client, { token }, at)).body;
const exchanged = (subject_token: string) =>
  tokenOf('tra-cuu', {
    grant_type: tokenExchange,
    subject_token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  });

describe('revocation (RFC 7009)', () => {
  test('revokes a token, and what was exchanged for it', async () => {
    const token = await tokenOf('mot-cua');
    const child = await exchanged(token);
    expect((await introspect(child, 'tra-cuu')).active).toBe(true);
    expect(await call('/revoke', 'mot-cua', { token })).toMatchObject({ status: 200, body: '' });
    expect(await introspect(token)).toEqual({ active: false });
    expect(await introspect(child, 'tra-cuu')).toEqual({ active: false });
    const again = await askToken(
      issuer.url,
      'tra-cuu',
      { grant_type: tokenExchange, subject_token: token, subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
      secret,
    );
    expect(again.body.error).toBe('invalid_request');
  });

  test('takes the exchanged token alone', async () => {
    const token = await tokenOf('mot-cua');
    const child = await exchanged(token);
    await call('/revoke', 'tra-cuu', { token: child });
    expect([(await introspect(child, 'tra-cuu')).active, (await introspect(token)).active]).toEqual([false, true]);
  });

  test('writes it where gateways read it', async () => {
    const { readFileSync } = await import('node:fs');
    const token = await tokenOf('mot-cua');
    const { jti, exp } = decodeJwt(token);
    await call('/revoke', 'mot-cua', { token });
    const entry = { kind: 'token', issuer: issuer.issuer, value: jti, until: Number(exp) * 1_000 };
    const lines = readFileSync(`${issuers.folder}/state.jsonl`, 'utf8').split('\n').filter(Boolean);
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(entry);
  });

  test.each(['x', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])(
    'what is no token (%s) is as good as revoked',
    async (token) => {
      expect((await call('/revoke', 'mot-cua', { token })).status).toBe(200);
    },
  );

  test("leaves another client's token alone, and says so", async () => {
    const token = await tokenOf('mot-cua');
    const answer = await call('/revoke', 'so-y-te', { token });
    expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client']);
    expect((await introspect(token)).active).toBe(true);
  });

  test('does not pretend where no list is configured', async () => {
    const token = await tokenOf('mot-cua', {}, stateless);
    const answer = await call('/revoke', 'mot-cua', { token }, stateless);
    expect([answer.status, answer.body.error, answer.headers.get('retry-after')]).toEqual([
      503,
      'temporarily_unavailable',
      '30',
    ]);
    const metadata = async (at: typeof issuer) =>
      (await (await fetch(`${at.url}/.well-known/oauth-authorization-server`)).json()) as object;
    expect(await metadata(stateless)).not.toHaveProperty('revocation_endpoint');
    expect(await metadata(issuer)).toHaveProperty('revocation_endpoint', `${issuer.url}/revoke`);
  });
});

describe('introspection (RFC 7662)', () => {
  test("tells a client about its own token, and a registered resource server about everybody's", async () => {
    const token = await tokenOf('mot-cua');
    const expected = { active: true, token_type: 'Bearer', ...decodeJwt(token) };
    expect(await introspect(token)).toEqual(expected);
    expect(await introspect(token, 'so-y-te')).toEqual(expected);
  });

  test('tells nobody else, in the words used for what is no token', async () => {
    const token = await tokenOf('mot-cua');
    for (const each of [token, 'x', 'a.b.c']) expect(await introspect(each, 'tra-cuu')).toEqual({ active: false });
  });
});

test.each(['/revoke', '/introspect'])('%s authenticates its client', async (path) => {
  const token = await tokenOf('mot-cua');
  const answer = await call(path, 'mot-cua', { token }, issuer, 'sai');
  expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  expect((await introspect(token)).active).toBe(true);
});
