import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { developmentRegistry, loadRegistryFile } from '@lienthong/registry';
import { type Answer, askToken, demoSecret, post, publishedKeys, testIssuers, verified } from './testing/issuers.ts';

const issuers = testIssuers();
let issuer: Awaited<ReturnType<typeof issuers.start>>;

beforeAll(async () => {
  issuer = await issuers.start();
});
afterAll(() => issuers.stop());

const ask = (client: string, form = {}) => askToken(issuer.url, client, form);
const refusal = ({ status, body }: Answer) => [status, body.error];
const scopesOf = (client: string, purpose: string) =>
  loadRegistryFile(developmentRegistry)
    .find((partner) => partner.client === client)
    ?.purposes.find((each) => each.purpose === purpose)?.scopes;

describe('access token (RFC 9068)', () => {
  test('holds exactly the contracted claims, from the registry entry', async () => {
    const answer = await ask('mot-cua', { case_id: 'H48.53-251001-0001' });
    const { payload, protectedHeader } = await verified(issuer, answer);
    const [next, current] = await publishedKeys(issuer.url);
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: current?.kid });
    expect(next?.kid).not.toBe(current?.kid);
    const { iat, exp, jti, ...claims } = payload;
    expect(claims).toEqual({
      iss: issuer.url,
      aud: 'urn:gateway',
      sub: 'mot-cua',
      client_id: 'mot-cua',
      scope: scopesOf('mot-cua', 'TTHC')?.join(' '),
      org: 'H48.53',
      purpose: 'TTHC',
      legal_basis: 'MANDATORY_SHARE',
      case_id: 'H48.53-251001-0001',
    });
    expect(Number(exp) - Number(iat)).toBe(600);
    expect(jti).toMatch(/^[\w-]{20,}$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect({ ...answer.body, access_token: '' }).toEqual({
      access_token: '',
      token_type: 'Bearer',
      expires_in: 600,
      scope: claims.scope,
    });
  });

  test('has no case_id unless one was asserted', async () => {
    const { payload } = await verified(issuer, await ask('viettel'));
    expect(payload).not.toHaveProperty('case_id');
    expect(payload).toMatchObject({ org: 'viettel', purpose: 'KYC', legal_basis: 'CONSENT' });
    expect(payload.scope).toBe('citizens:match:verify');
  });

  test('is another one for each of many parallel requests, with its own purpose and case', async () => {
    const purposes = ['TTHC', 'ENROL', 'LANDTX'];
    const requests = Array.from({ length: 60 }, (_, index) => ({
      purpose: purposes[index % 3] ?? '',
      case_id: `case-${index}`,
    }));
    const tokens = await Promise.all(requests.map(async (form) => verified(issuer, await ask('mot-cua', form))));
    expect(tokens.map(({ payload }) => ({ purpose: payload.purpose, case_id: payload.case_id }))).toEqual(requests);
    expect(new Set(tokens.map(({ payload }) => payload.jti)).size).toBe(60);
  });

  test('lives as long as configured', async () => {
    const short = await issuers.start({ tokenLifetime: 90 });
    const answer = await askToken(short.url, 'viettel');
    const { payload } = await verified(short, answer);
    expect([answer.body.expires_in, Number(payload.exp) - Number(payload.iat)]).toEqual([90, 90]);
  });

  test('names the configured issuer, wherever the process listens', async () => {
    const behindProxy = await issuers.start({ issuer: 'https://idp.tinh.example' });
    const { payload } = await verified(behindProxy, await askToken(behindProxy.url, 'viettel'));
    expect(payload.iss).toBe('https://idp.tinh.example');
  });
});

describe('client authentication', () => {
  test('takes client_secret_post as well as client_secret_basic', async () => {
    const form = { grant_type: 'client_credentials', client_id: 'viettel', client_secret: demoSecret('viettel') };
    expect((await post(issuer.url, new URLSearchParams(form))).status).toBe(200);
  });

  test.each([
    ['a wrong secret', 'mot-cua', 'sai'],
    ["another client's secret", 'mot-cua', demoSecret('viettel')],
    ['an unknown client', 'khong-co', demoSecret('mot-cua')],
    ['a name of Object.prototype', '__proto__', 'sai'],
  ])('%s is 401 invalid_client', async (_case, client, secret) => {
    const answer = await askToken(issuer.url, client, {}, secret);
    expect(refusal(answer)).toEqual([401, 'invalid_client']);
    expect(answer.body.error_description).toBe('client authentication failed');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  });

  test('a client without a secret is refused', async () => {
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'mot-cua' });
    expect(refusal(await post(issuer.url, form))).toEqual([401, 'invalid_client']);
  });
});

describe('purpose', () => {
  test.each([
    [undefined, 'TTHC'],
    ['', 'TTHC'],
    ['ENROL', 'ENROL'],
    ['LANDTX', 'LANDTX'],
  ])('%j gives %s with all its scopes', async (asked, granted) => {
    const { payload } = await verified(issuer, await ask('mot-cua', asked === undefined ? {} : { purpose: asked }));
    expect([payload.purpose, payload.scope]).toEqual([granted, scopesOf('mot-cua', granted)?.join(' ')]);
  });

  test.each(['KYC', 'tthc', 'TTHC ENROL', '051085000001', '__proto__'])('%s is not registered', async (purpose) => {
    const answer = await ask('mot-cua', { purpose });
    expect(refusal(answer)).toEqual([400, 'invalid_request']);
    expect(answer.body.error_description).toBe(
      'purpose is not registered for this client; registered: TTHC, ENROL, LANDTX',
    );
  });

  test('brings the legal basis registered for it', async () => {
    const bases = ['BHYT', 'EMERGENCY'].map(async (purpose) => {
      const { payload } = await verified(issuer, await ask('so-y-te', { purpose }));
      return payload.legal_basis;
    });
    expect(await Promise.all(bases)).toEqual(['MANDATORY_SHARE', 'NO_CONSENT']);
  });
});

describe('scope', () => {
  test('a subset is granted, once each', async () => {
    const scope = 'land:parcel:read citizens:basic:read land:parcel:read';
    const answer = await ask('mot-cua', { scope });
    const { payload } = await verified(issuer, answer);
    expect([payload.scope, answer.body.scope]).toEqual(Array(2).fill('citizens:basic:read land:parcel:read'));
  });

  test.each([
    ['one the client never has', {}, 'citizens:identity:read'],
    ['one it has for another purpose only', { purpose: 'ENROL' }, 'land:owner:read'],
    ['one that nobody has', {}, 'no:such:scope'],
    ['another case', {}, 'Citizens:basic:read'],
    ['openid', {}, 'openid'],
    ['offline_access', {}, 'offline_access'],
  ])('%s is invalid_scope, never dropped', async (_case, form, scope) => {
    const answer = await ask('mot-cua', { ...form, scope: `citizens:basic:read ${scope}` });
    expect(refusal(answer)).toEqual([400, 'invalid_scope']);
    expect(answer.body).not.toHaveProperty('access_token');
    if (!/[A-Z]/.test(scope)) {
      expect(answer.body.scope).toBe(scope);
      expect(answer.body.error_description).toContain(`: ${scope};`);
    }
  });

  test('a personal number sent as a scope is not echoed', async () => {
    const answer = await ask('mot-cua', { scope: '051085000001' });
    expect(refusal(answer)).toEqual([400, 'invalid_scope']);
    expect(JSON.stringify(answer.body)).not.toContain('051085000001');
    expect(answer.body).not.toHaveProperty('scope');
  });
});

describe('resource and case', () => {
  test('the gateway is the resource, named or not', async () => {
    expect((await ask('viettel', { resource: 'urn:gateway' })).status).toBe(200);
  });

  test.each([
    ['another', [['resource', 'urn:other']]],
    ['two', [...Array(2)].map(() => ['resource', 'urn:gateway'])],
    ['the gateway and another', ['urn:gateway', 'urn:other'].map((urn) => ['resource', urn])],
  ])('%s is invalid_target', async (_case, form) => {
    expect(refusal(await ask('viettel', form))).toEqual([400, 'invalid_target']);
  });

  test.each(['x'.repeat(64), 'Hồ sơ số 12', '000.00.53.H48-220921-0099'])('case %s is recorded', async (case_id) => {
    const { payload } = await verified(issuer, await ask('viettel', { case_id }));
    expect(payload.case_id).toBe(case_id);
  });

  test.each(['x'.repeat(65), 'a\nb', 'a\u0000b', 'a\u202eb', 'a\u200bb'])('case %j is refused', async (case_id) => {
    expect(refusal(await ask('viettel', { case_id }))).toEqual([400, 'invalid_request']);
  });
});

describe('what callers may not say', () => {
  test.each(['org', 'legal_basis', 'citizen', 'sub', 'act', 'cnf'])('%s is refused', async (name) => {
    const answer = await ask('mot-cua', { [name]: 'H48' });
    expect(refusal(answer)).toEqual([400, 'invalid_request']);
    expect(answer.body.error_description).toContain(name);
  });

  test.each(['purpose', 'scope', 'case_id', 'grant_type', 'client_id'])('%s twice is refused', async (name) => {
    const values: Record<string, string> = {
      purpose: 'TTHC',
      grant_type: 'client_credentials',
      client_id: 'mot-cua',
      scope: 'citizens:basic:read',
    };
    const twice = [...Array(2)].map(() => [name, values[name] ?? 'x']);
    expect(refusal(await ask('mot-cua', twice))).toEqual([400, 'invalid_request']);
  });

  test.each(['password', 'refresh_token', 'authorization_code', 'implicit'])(
    'grant %s is unsupported',
    async (grant) => {
      expect(refusal(await ask('mot-cua', { grant_type: grant }))).toEqual([400, 'unsupported_grant_type']);
    },
  );
});

describe('what can be reached', () => {
  test.each(['openid-configuration', 'oauth-authorization-server'])('%s tells what is offered', async (name) => {
    const response = await fetch(`${issuer.url}/.well-known/${name}`);
    expect(await response.json()).toEqual({
      issuer: issuer.url,
      token_endpoint: `${issuer.url}/token`,
      jwks_uri: `${issuer.url}/jwks`,
      introspection_endpoint: `${issuer.url}/introspect`,
      grant_types_supported: [
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:token-exchange',
        'urn:lienthong:params:oauth:grant-type:development-login',
      ],
      token_endpoint_auth_methods_supported: [
        'private_key_jwt',
        'tls_client_auth',
        'self_signed_tls_client_auth',
        'client_secret_basic',
        'client_secret_post',
      ],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA', 'Ed25519'],
      dpop_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA', 'Ed25519'],
      tls_client_certificate_bound_access_tokens: true,
      response_types_supported: [],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    });
  });

  test('the published keys hold nothing private', async () => {
    const keys = await publishedKeys(issuer.url);
    expect(keys.map((key) => Object.keys(key).sort())).toEqual(
      Array(2).fill(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']),
    );
  });

  test.each(['/', '/auth', '/request', '/me', '/session/end', '/interaction/x', '/device', '/reg', '/TOKEN', '/jwks/'])(
    '%s is not found',
    async (path) => {
      const accept = { accept: 'text/html' };
      const statuses = ['GET', 'POST'].map(async (method) => {
        const response = await fetch(issuer.url + path, { method, headers: accept });
        return [response.status, response.headers.get('content-type')];
      });
      const notFound = [404, 'application/json; charset=utf-8'];
      expect(await Promise.all(statuses)).toEqual([notFound, notFound]);
    },
  );

  test('a browser gets its refusal as JSON too, and another method the right one', async () => {
    const headers = { accept: 'text/html' };
    const refused = await post(issuer.url, new URLSearchParams({ grant_type: 'client_credentials' }), headers);
    expect(refusal(refused)).toEqual([400, 'invalid_request']);
    const got = await fetch(`${issuer.url}/token`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('a page of another origin gets no token', async () => {
    const form = { grant_type: 'client_credentials', client_id: 'viettel', client_secret: demoSecret('viettel') };
    const answer = await post(issuer.url, new URLSearchParams(form), { origin: 'https://evil.example' });
    expect([...refusal(answer), answer.headers.get('access-control-allow-origin')]).toEqual([
      400,
      'invalid_request',
      null,
    ]);
  });

  test('a forged Host header does not move the endpoints', async () => {
    const { request } = await import('node:http');
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { host: 'evil.example' };
      const asked = request(`${issuer.url}/.well-known/openid-configuration`, { headers }, async (response) => {
        resolve((await response.toArray()).join(''));
      });
      asked.on('error', reject).end();
    });
    expect(text).not.toContain('evil.example');
  });
});

describe('keys and log', () => {
  test('a restart keeps the key, so tokens stay good', async () => {
    const keysFile = `${issuers.folder}/restart/keys.json`;
    const first = await issuers.start({ keysFile, issuer: 'http://127.0.0.1:4100' });
    const answer = await askToken(first.url, 'viettel');
    await first.close();
    const second = await issuers.start({ keysFile, issuer: 'http://127.0.0.1:4100' });
    expect((await verified(second, answer)).payload.client_id).toBe('viettel');
    expect(statSync(keysFile).mode & 0o777).toBe(0o600);
  });

  test('two issuers that start at once share one key', async () => {
    const keysFile = `${issuers.folder}/race/keys.json`;
    const [one, two] = await Promise.all([issuers.start({ keysFile }), issuers.start({ keysFile })]);
    const kids = [one, two].map(async ({ url }) => (await publishedKeys(url))[0]?.kid);
    const [first, second] = await Promise.all(kids);
    expect(second).toBe(first);
  });

  test('the log tells who got and who did not, and holds no secret, token, case or person', async () => {
    const fresh = await issuers.start();
    const granted = await askToken(fresh.url, 'mot-cua', { case_id: 'ho-so-kin' });
    await askToken(fresh.url, 'mot-cua', {}, 'bi-mat-sai');
    await askToken(fresh.url, 'mot-cua', { scope: '051085000001', purpose: 'TTHC' });
    const login = 'urn:lienthong:params:oauth:grant-type:development-login';
    const person = await askToken(fresh.url, 'cong-dan', { grant_type: login, personal_number: '051085000001' });
    const { payload } = await verified(fresh, person);
    const entries = fresh
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const told = entries.map(({ msg, client, error }) => [msg, client, error]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['token issued', 'mot-cua', undefined],
        ['token refused', 'mot-cua', 'invalid_client'],
        ['token refused', 'mot-cua', 'invalid_scope'],
        ['token issued', 'cong-dan', undefined],
      ]),
    );
    const privateKey = JSON.parse(readFileSync(issuers.config.keysFile, 'utf8')).keys[0].d;
    const secrets = [granted.body.access_token, person.body.access_token, payload.citizen, payload.sub, privateKey];
    for (const secret of [...secrets, 'khong-dung-that', 'bi-mat-sai', 'ho-so-kin', '051085000001']) {
      expect(fresh.log()).not.toContain(secret);
    }
  });
});
