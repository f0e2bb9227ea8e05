// What curl cannot do: signs a client assertion (RFC 7523) or a DPoP proof (RFC 9449) with the key in KEY_FILE.
//   node docs/examples/sign.mjs assertion CLIENT_ID ISSUER
//   node docs/examples/sign.mjs proof METHOD URL [ACCESS-TOKEN]
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { importJWK, SignJWT } from 'jose';

const { KEY_FILE = 'partner.key', DPOP_NONCE } = process.env;
const jwk = JSON.parse(readFileSync(KEY_FILE, 'utf8'));
const { kid, alg = 'ES256', kty, crv, x, y, n, e } = jwk;
const key = await importJWK(jwk, alg);

const made = {
  // For the issuer alone, for a minute, for one request: `jti` is remembered and refused when it comes again.
  assertion: (client, issuer) =>
    new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg, kid })
      .setIssuer(client)
      .setSubject(client)
      .setAudience(issuer)
      .setIssuedAt()
      .setExpirationTime('60s'),
  // One for each request; `ath` ties it to the token that it is sent with.
  proof: (method, url, token) =>
    new SignJWT({
      jti: randomUUID(),
      htm: method,
      htu: url,
      ...(token ? { ath: createHash('sha256').update(token).digest('base64url') } : {}),
      ...(DPOP_NONCE ? { nonce: DPOP_NONCE } : {}),
    })
      // The public members only: a private key in a proof would be given away, and is refused.
      .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: { kty, crv, x, y, n, e } })
      .setIssuedAt(),
};

const [kind, ...rest] = process.argv.slice(2);
process.stdout.write(await made[kind](...rest).sign(key));
