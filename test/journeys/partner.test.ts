import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Browser, pick } from '@lienthong/issuer/testing';
import { createPseudonyms, parseProvinceKey } from '@lienthong/kit/citizen-id';
import { type CryptoKey, decodeJwt, exportJWK, generateKeyPair } from 'jose';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';

import { type Running, start, typescript } from '../kit/process.ts';
import { LINK, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(120_000);

const REDIRECT_URI = 'http://127.0.0.1:9/callback';
/** Of the invented person `cd-1`, who logs in. */
const PERSONAL_NUMBER = '051085000001';

const citizens = {
  sdl: `${LINK}
    type Query {
      matches(name: String!): Boolean @requiresScopes(scopes: [["citizens:match:verify"]])
      me: Citizen @tag(name: "public")
    }
    type Citizen @key(fields: "id") {
      id: ID! @tag(name: "public")
      visits: Int @requiresScopes(scopes: [["audit:self:read"]])
      fullName: String @requiresScopes(scopes: [["citizens:basic:read"]])
    }`,
  root: {
    matches: ({ name }: { name: string }) => name === 'Hiếu',
    me: () => ({ id: 'ME', visits: 3, fullName: 'NAME' }),
  },
};

/** What a test saw of the library's requests: where they went, what came back. */
interface Seen {
  readonly path: string;
  readonly status: number;
}

let folder: string;
let issuer: Running;
let federation: SmallFederation;
let key: { readonly privateKey: CryptoKey; readonly kid: string };
const provinceKey = `k1.${randomBytes(32).toString('base64url')}`;

/** The registration of a test partner and of the portal where citizens log in; JSON is YAML. */
const registry = (publicKey: object) => {
  const common = {
    contact: { name: 'A', email: 'it@partner.example' },
    expires: 'never',
    authentication: { method: 'private_key_jwt', keys: [publicKey] },
    bound: 'dpop',
  };
  return {
    partners: {
      partner: {
        ...common,
        name: { vi: 'Đối tác', en: 'Partner' },
        org: 'partner',
        purposes: [{ purpose: 'KYC', legalBasis: 'CONSENT', scopes: ['citizens:match:verify'] }],
      },
      portal: {
        ...common,
        name: { vi: 'Cổng', en: 'Portal' },
        org: 'H48',
        login: { of: 'citizens', redirectUris: [REDIRECT_URI] },
        purposes: [{ purpose: 'AUDIT', legalBasis: 'SELF', scopes: ['audit:self:read'] }],
      },
    },
  };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-partner-'));
  const file = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 });
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  key = { privateKey, kid: 'partner-2026' };
  const jwk = { ...(await exportJWK(publicKey)), kid: key.kid, alg: 'ES256', use: 'sig' };
  await Promise.all([file('partners.yaml', JSON.stringify(registry(jwk))), file('province.key', `${provinceKey}\n`)]);
  issuer = await start([...typescript('issuer'), 'gateway/issuer/src/main.ts'], {
    ISSUER_PORT: '0',
    ISSUER_REGISTRY: join(folder, 'partners.yaml'),
    ISSUER_KEYS_FILE: join(folder, 'issuer-keys.json'),
    ISSUER_STATE: join(folder, 'state.jsonl'),
    ISSUER_DPOP_NONCE: 'required',
    ISSUER_DEVELOPMENT_UPSTREAM_PORT: '0',
    PROVINCE_KEY_FILE: join(folder, 'province.key'),
  });
  federation = await startSmallFederation({
    departments: { citizens },
    trusted: [`{ issuer: "${issuer.url}", jwks: { url: "${issuer.url}/jwks" } }`],
    config: [
      `registry: { file: "${join(folder, 'partners.yaml')}", issuers: ["${issuer.url}"] }`,
      `state: { file: "${join(folder, 'state.jsonl')}" }`,
    ].join('\n'),
    env: { LIENTHONG_AUTHENTICATION_DPOP_NONCE: 'required' },
  });
});
afterAll(async () => {
  await federation?.close();
  await issuer?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The library, set up from nothing but the gateway's address, a name and a key. */
const clientOf = async (clientId: string) => {
  const resource = new URL(federation.url);
  const plain = { [oauth.allowInsecureRequests]: true };
  const described = await oauth.processResourceDiscoveryResponse(
    resource,
    await oauth.resourceDiscoveryRequest(resource, plain),
  );
  // The first two are issuers of the test's own, which serve nothing.
  const server = new URL(described.authorization_servers?.at(-1) ?? '');
  const config = await client.discovery(
    server,
    clientId,
    undefined,
    client.PrivateKeyJwt({ key: key.privateKey, kid: key.kid }),
    {
      algorithm: 'oauth2',
      execute: [client.allowInsecureRequests],
    },
  );
  const seen: Seen[] = [];
  config[client.customFetch] = async (url, options) => {
    const response = await fetch(url, options as RequestInit);
    seen.push({ path: new URL(url).pathname, status: response.status });
    return response;
  };
  return { config, seen, newKey: async () => client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) };
};
type Client = Awaited<ReturnType<typeof clientOf>>;

const ask = async ({ config }: Client, token: string, query: string, DPoP?: client.DPoPHandle) => {
  const headers = new Headers({ 'content-type': 'application/json', 'accept-language': 'en' });
  const body = JSON.stringify({ query });
  const url = new URL(federation.url);
  const response = await client.fetchProtectedResource(config, token, url, 'POST', body, headers, DPoP && { DPoP });
  return (await response.json()) as { data: unknown; errors?: { extensions: Record<string, unknown> }[] };
};
/** How the library reads the gateway's refusal: the parameters of its challenge. */
const challenge = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const { status, cause } = error as client.WWWAuthenticateChallengeError;
  return cause.map(({ scheme, parameters }) => [status, scheme, parameters.error, parameters.error_description]);
};
/** What departments were told of the caller. */
const vouchedFor = () =>
  federation.calls.map(({ headers }) => decodeJwt(String(headers.authorization).split(' ')[1] ?? ''));

describe('a partner with openid-client', () => {
  const QUERY = '{ matches(name: "Hiếu") }';
  let partner: Client;
  let DPoP: client.DPoPHandle;
  let token: string;
  beforeAll(async () => {
    partner = await clientOf('partner');
    DPoP = await partner.newKey();
  });
  const granted = async (parameters: Record<string, string> = {}, handle = DPoP) =>
    (await client.clientCredentialsGrant(partner.config, { purpose: 'KYC', ...parameters }, { DPoP: handle }))
      .access_token;

  test('gets a token that is bound to its key, with the nonce that the issuer demands', async () => {
    token = await granted();
    expect(partner.seen.splice(0)).toEqual([
      { path: '/token', status: 400 },
      { path: '/token', status: 200 },
    ]);
    const { iat, exp, jti, ...claims } = decodeJwt(token);
    expect(claims).toEqual({
      iss: issuer.url,
      aud: 'urn:gateway',
      sub: 'partner',
      client_id: 'partner',
      scope: 'citizens:match:verify',
      org: 'partner',
      purpose: 'KYC',
      legal_basis: 'CONSENT',
      cnf: { jkt: await DPoP.calculateThumbprint() },
    });
  });

  test('calls the gateway with it, with the nonce that the gateway demands, and again with what it was given', async () => {
    federation.calls.length = 0;
    expect(await ask(partner, token, QUERY, DPoP)).toEqual({ data: { matches: true } });
    expect(await ask(partner, token, '{ matches(name: "Hiểu") }', DPoP)).toEqual({ data: { matches: false } });
    expect(partner.seen.splice(0)).toEqual([401, 200, 200].map((status) => ({ path: '/graphql', status })));
    const caller = {
      iss_user: issuer.url,
      client_id: 'partner',
      org: 'partner',
      purpose: 'KYC',
      legal_basis: 'CONSENT',
    };
    expect(vouchedFor()).toEqual([expect.objectContaining(caller), expect.objectContaining(caller)]);
    expect(JSON.stringify(federation.calls)).not.toContain(token);
  });

  test('is told by the challenge what a stolen token lacks', async () => {
    expect(await challenge(ask(partner, token, QUERY))).toEqual([
      [401, 'dpop', 'invalid_token', 'bound_token_without_proof'],
    ]);
    const thief = await partner.newKey();
    expect(await challenge(ask(partner, token, QUERY, thief))).toEqual([
      [401, 'dpop', 'invalid_dpop_proof', 'dpop_proof'],
    ]);
  });

  test.each([
    [{ purpose: 'TTHC' }, 'invalid_request'],
    [{ scope: 'citizens:basic:read' }, 'invalid_scope'],
    [{ resource: 'https://elsewhere.example' }, 'invalid_target'],
    [{ org: 'H48' }, 'invalid_request'],
  ])('gets nothing beyond its registration: %j', async (parameters, error) => {
    await expect(granted(parameters as Record<string, string>)).rejects.toMatchObject({ error, status: 400 });
  });

  test('without a key of its own gets no token', async () => {
    const grant = client.clientCredentialsGrant(partner.config, { purpose: 'KYC' });
    await expect(grant).rejects.toMatchObject({ error: 'invalid_dpop_proof', status: 400 });
  });

  test('exchanges its token for one that is narrower, by the same rules', async () => {
    const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const subject = { subject_token: token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' };
    const other = await partner.newKey();
    const { access_token: exchanged } = await client.genericGrantRequest(partner.config, grant, subject, {
      DPoP: other,
    });
    expect(decodeJwt(exchanged)).toMatchObject({ sub: 'partner', cnf: { jkt: await other.calculateThumbprint() } });
    expect(await ask(partner, exchanged, QUERY, other)).toEqual({ data: { matches: true } });
  });

  test('asks whether its token is good, puts it away, and the gateway refuses it from then on', async () => {
    expect(await client.tokenIntrospection(partner.config, token)).toMatchObject({
      active: true,
      client_id: 'partner',
    });
    await client.tokenRevocation(partner.config, token);
    expect(await client.tokenIntrospection(partner.config, token)).toEqual({ active: false });
    const deadline = Date.now() + 10_000;
    let refused: unknown;
    while (refused === undefined && Date.now() < deadline) {
      refused = await ask(partner, token, QUERY, DPoP).then(
        () => undefined,
        (error: unknown) => error,
      );
    }
    expect(await challenge(Promise.reject(refused))).toEqual([[401, 'dpop', 'invalid_token', 'revoked']]);
  });
});

describe('a citizen who logs in, with openid-client', () => {
  const QUERY = '{ me { id visits fullName } matches(name: "Hiếu") }';
  let portal: Client;
  let DPoP: client.DPoPHandle;
  beforeAll(async () => {
    portal = await clientOf('portal');
    DPoP = await portal.newKey();
  });

  /** Pushed request, PKCE, the browser, the code, the token. */
  const logIn = async (parameters: Record<string, string> = {}) => {
    const [pkceCodeVerifier, expectedState] = [client.randomPKCECodeVerifier(), client.randomState()];
    const address = await client.buildAuthorizationUrlWithPAR(
      portal.config,
      {
        redirect_uri: REDIRECT_URI,
        state: expectedState,
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        ...parameters,
      },
      { DPoP },
    );
    // Nothing of the request goes through the browser but its name.
    expect([...address.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const browser = new Browser();
    const page = await browser.open(address.href, REDIRECT_URI);
    if ('redirected' in page) throw new Error('nobody was asked who he is');
    const back = await browser.submit(pick(page, 'cd-1'), REDIRECT_URI);
    if (!('redirected' in back)) throw new Error(`not redirected: ${back.status}`);
    const url = new URL(`${REDIRECT_URI}?${back.redirected}`);
    const redeem = (checks = {}, handle = DPoP) =>
      client.authorizationCodeGrant(portal.config, url, { pkceCodeVerifier, expectedState, ...checks }, undefined, {
        DPoP: handle,
      });
    return { url, redeem };
  };

  test('sees what is his own and nothing else, from the login to the department', async () => {
    const { redeem } = await logIn();
    const { access_token: token, scope, token_type: type } = await redeem();
    expect([type, scope]).toEqual(['dpop', 'audit:self:read']);
    const citizen = createPseudonyms(parseProvinceKey(provinceKey)).idOf(PERSONAL_NUMBER);
    expect(decodeJwt(token)).toMatchObject({
      client_id: 'portal',
      scope: 'audit:self:read',
      purpose: 'AUDIT',
      legal_basis: 'SELF',
      citizen,
    });

    federation.calls.length = 0;
    const { data, errors = [] } = await ask(portal, token, QUERY, DPoP);
    expect(data).toEqual({ me: { id: 'ME', visits: 3, fullName: null }, matches: null });
    expect(errors.map(({ extensions }) => extensions.affectedPath).sort()).toEqual(['matches', 'me.fullName']);
    expect(vouchedFor()).toEqual([expect.objectContaining({ citizen, scope: 'audit:self:read', org: 'H48' })]);
    expect(`${JSON.stringify(federation.calls)}${issuer.log()}${federation.gateway.log()}`).not.toContain(
      PERSONAL_NUMBER,
    );
  });

  test('gets no scope that is not about himself', async () => {
    await expect(logIn({ scope: 'citizens:basic:read' })).rejects.toMatchObject({
      error: 'invalid_scope',
      status: 400,
    });
  });

  test('is not logged in by an answer that is not his: state, issuer, verifier, key', async () => {
    const { url, redeem } = await logIn();
    await expect(redeem({ expectedState: 'another' })).rejects.toMatchObject({ code: 'OAUTH_INVALID_RESPONSE' });
    url.searchParams.set('iss', 'https://elsewhere.example');
    await expect(redeem()).rejects.toMatchObject({ code: 'OAUTH_INVALID_RESPONSE' });
    url.searchParams.set('iss', issuer.url);
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    await expect(redeem({ pkceCodeVerifier })).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
    const again = await logIn();
    await expect(again.redeem({}, await portal.newKey())).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    });
  });
});
