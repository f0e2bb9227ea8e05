// A person logs in: pushed authorization request, PKCE, code, by openid-client. node docs/examples/login.mjs
import { once } from 'node:events';
import { createServer } from 'node:http';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';

const { ISSUER_URL = 'http://127.0.0.1:4100', CLIENT_ID = 'cong-dan' } = process.env;
const { CLIENT_SECRET = `demo-${CLIENT_ID}-khong-dung-that` } = process.env;
const redirect_uri = 'http://127.0.0.1:4180/callback';

const config = await client.discovery(
  new URL(ISSUER_URL),
  CLIENT_ID,
  undefined,
  client.ClientSecretBasic(CLIENT_SECRET),
  // http is for a trial on one machine; without this line the library refuses it.
  { execute: ISSUER_URL.startsWith('http:') ? [client.allowInsecureRequests] : [] },
);
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
const [pkceCodeVerifier, expectedState] = [client.randomPKCECodeVerifier(), client.randomState()];

const server = createServer().listen(4180, '127.0.0.1');
await once(server, 'listening');
// The request goes from here to the issuer; the browser carries nothing but its name.
const address = await client.buildAuthorizationUrlWithPAR(
  config,
  {
    redirect_uri,
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  },
  { DPoP },
);
console.log(`Mở trong trình duyệt · Open in a browser:\n${address.href}`);

const [request, response] = await once(server, 'request');
const back = new URL(request.url, redirect_uri);
const checks = { pkceCodeVerifier, expectedState };
const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP }).catch((error) => error);
response.setHeader('content-type', 'text/plain; charset=utf-8');
response.end(tokens.access_token ? 'Đã đăng nhập · Logged in' : 'Chưa đăng nhập · Not logged in');
server.close();
if (!tokens.access_token) throw tokens;

const { sub, org, purpose, scope, citizen } = decodeJwt(tokens.access_token);
console.log({ type: tokens.token_type, sub, org, purpose, scope, citizen: citizen !== undefined });
