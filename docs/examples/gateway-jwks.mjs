// Public halves of the gateway's keys as a JWK Set, certificates included where they stand in the same file:
//   node docs/examples/gateway-jwks.mjs KEY.pem… > gateway-jwks.json
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { calculateJwkThumbprint } from 'jose';

const keys = await Promise.all(
  process.argv.slice(2).map(async (file) => {
    const pem = readFileSync(file, 'utf8');
    const { kty, crv, x, y } = createPublicKey(pem).export({ format: 'jwk' });
    const key = { kty, crv, x, ...(y ? { y } : {}) };
    const chain = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
      (text) => new X509Certificate(text).raw,
    );
    const certificates = chain.length > 0 && {
      x5c: chain.map((der) => der.toString('base64')),
      'x5t#S256': createHash('sha256').update(chain[0]).digest('base64url'),
    };
    const alg = kty === 'EC' ? 'ES256' : 'EdDSA';
    return { ...key, kid: await calculateJwkThumbprint(key), use: 'sig', alg, ...certificates };
  }),
);
process.stdout.write(`${JSON.stringify({ keys }, null, 2)}\n`);
