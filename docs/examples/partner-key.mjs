// A partner's customer check with a key of its own: private_key_jwt, DPoP, openid-client. node docs/examples/partner-key.mjs
import { readFileSync } from 'node:fs';
import { decodeJwt, importJWK } from 'jose';
import * as client from 'openid-client';

const { GATEWAY_URL = 'http://127.0.0.1:4000/graphql', ISSUER_URL = 'http://127.0.0.1:4100' } = process.env;
const { CLIENT_ID = 'ngan-hang', KEY_FILE = 'partner.key' } = process.env;

const jwk = JSON.parse(readFileSync(KEY_FILE, 'utf8'));
const key = { key: await importJWK(jwk, jwk.alg), kid: jwk.kid };
const issuer = new URL(ISSUER_URL);
const config = await client.discovery(issuer, CLIENT_ID, undefined, client.PrivateKeyJwt(key), {
  // http is for a trial on one machine; without this line the library refuses it.
  execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [],
});
// Tokens are bound to this key, which never leaves the process: whoever steals a token can do nothing with it.
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));

let token = { value: '', usableUntil: 0 };

/** One token for all calls, renewed a minute before it ends. */
async function accessToken() {
  if (Date.now() < token.usableUntil) return token.value;
  const answer = await client.clientCredentialsGrant(config, { purpose: 'KYC' }, { DPoP });
  token = { value: answer.access_token, usableUntil: Date.now() + (answer.expires_in - 60) * 1000 };
  return token.value;
}

const query = `query Match($number: PersonalNumber!, $name: String!, $birth: PartialDate!) {
  matchCitizen(personalNumber: $number, fullName: $name, birthDate: $birth)
}`;

/** true or false; throws with the gateway's code where there is no answer. Personal data stay out of the text. */
async function matches(number, name, birth) {
  const body = JSON.stringify({ query, variables: { number, name, birth } });
  const headers = new Headers({ 'content-type': 'application/json' });
  const response = await client.fetchProtectedResource(
    config,
    await accessToken(),
    new URL(GATEWAY_URL),
    'POST',
    body,
    headers,
    { DPoP },
  );
  const { data, errors } = await response.json();
  if (typeof data?.matchCitizen === 'boolean') return data.matchCitizen;
  const { code, reason } = errors?.[0]?.extensions ?? {};
  throw new Error(`${code ?? response.status} ${reason ?? ''} x-request-id ${response.headers.get('x-request-id')}`);
}

console.log('right name:  ', await matches('051085000001', 'Phạm Văn Hiếu', '1985-03-12'));
console.log('other accent:', await matches('051085000001', 'Phạm Văn Hiểu', '1985-03-12'));
console.log('bound to key:', decodeJwt(token.value).cnf.jkt === (await DPoP.calculateThumbprint()));
