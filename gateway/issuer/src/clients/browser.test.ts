import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser, pick } from '../testing/browser.ts';
import { post, testIssuers, verified } from '../testing/issuers.ts';
import { dpopProof, type PartnerKey, partnerKey } from '../testing/partners.ts';
import { startDevelopmentUpstream } from '../upstream-development/index.ts';

const issuers = testIssuers();
let upstream: Awaited<ReturnType<typeof startDevelopmentUpstream>>;
let issuer: Awaited<ReturnType<typeof issuers.start>>;
let key: PartnerKey;

beforeAll(async () => {
  upstream = await startDevelopmentUpstream(0);
  issuer = await issuers.start({ upstream: upstream.settings });
  key = await partnerKey();
});
afterAll(async () => {
  await issuers.stop();
  await upstream.close();
});

/** The page's own client in the development registry. */
const client_id = 'ai-da-xem';
const origin = 'http://127.0.0.1:45678';
const redirect_uri = `${origin}/my-data`;
const verifier = randomBytes(32).toString('base64url');
const code_challenge = createHash('sha256').update(verifier).digest('base64url');

const push = (change: Record<string, string> = {}, from = origin) =>
  fetch(`${issuer.url}/par`, {
    method: 'POST',
    headers: { origin: from },
    body: new URLSearchParams({
      client_id,
      response_type: 'code',
      redirect_uri,
      code_challenge,
      code_challenge_method: 'S256',
      state: 's',
      ...change,
    }),
  });

describe('a page in a browser', () => {
  test.each(['/par', '/token'])('may ask whether it may call %s', async (path) => {
    const answer = await fetch(issuer.url + path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'dpop' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-headers')).toBe('dpop');
    // No cookie of the issuer's ever goes along.
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test.each(['/revoke', '/introspect'])('calls nothing else: %s', async (path) => {
    const answer = await fetch(issuer.url + path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([405, null]);
  });

  test('logs a citizen in without a secret, on any port of this machine, and binds the token to its key', async () => {
    const pushed = await push();
    expect(pushed.headers.get('access-control-allow-origin')).toBe(origin);
    const { request_uri } = (await pushed.json()) as { request_uri: string };
    const browser = new Browser();
    const address = `${issuer.url}/authorize?${new URLSearchParams({ client_id, request_uri })}`;
    const page = await browser.open(address, redirect_uri);
    if ('redirected' in page) throw new Error('redirected');
    const back = await browser.submit(pick(page, 'cd-1'), redirect_uri);
    if (!('redirected' in back)) throw new Error(`not redirected: ${back.html}`);

    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id,
      code: back.redirected.get('code') ?? '',
      redirect_uri,
      code_verifier: verifier,
    });
    const answer = await post(issuer.url, form, { origin, dpop: await dpopProof(`${issuer.url}/token`, key) });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.body.token_type).toBe('DPoP');
    const { payload } = await verified(issuer, answer);
    expect(payload).toMatchObject({
      client_id,
      purpose: 'AUDIT',
      legal_basis: 'SELF',
      scope: 'audit:self:read',
      citizen: expect.stringMatching(/^k1\./),
      cnf: { jkt: expect.any(String) },
    });
  });

  test.each([
    'https://attacker.example',
    'http://127.0.0.2:4000',
    'http://127.0.0.1.attacker.example',
    'https://127.0.0.1:4000',
    'null',
  ])('at %s is refused, and may not read why', async (from) => {
    const answer = await push({}, from);
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([400, null]);
  });

  test.each(['http://127.0.0.1:4000/elsewhere', 'http://127.0.0.2:4000/my-data', 'https://127.0.0.1:4000/my-data'])(
    'is not sent back to %s',
    async (elsewhere) => {
      const answer = await push({ redirect_uri: elsewhere });
      expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([400, 'invalid_request']);
    },
  );

  test('does not ask as a client that has a secret', async () => {
    const credentials = Buffer.from('cong-dan:demo-cong-dan-khong-dung-that').toString('base64');
    const answer = await fetch(`${issuer.url}/par`, {
      method: 'POST',
      headers: { origin: 'http://127.0.0.1:4180', authorization: `Basic ${credentials}` },
      body: new URLSearchParams({ response_type: 'code', redirect_uri: 'http://127.0.0.1:4180/callback' }),
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([400, null]);
  });
});
