// The public half of the gateway's signing keys, for departments: node docs/examples/gateway-jwks.mjs KEY.pem… > gateway-jwks.json
import { readFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, importPKCS8 } from 'jose';

const keys = await Promise.all(
  process.argv.slice(2).map(async (file) => {
    const { kty, crv, x, y } = await exportJWK(
      await importPKCS8(readFileSync(file, 'utf8'), 'ES256', { extractable: true }),
    );
    return { kty, crv, x, y, kid: await calculateJwkThumbprint({ kty, crv, x, y }), use: 'sig', alg: 'ES256' };
  }),
);
process.stdout.write(`${JSON.stringify({ keys }, null, 2)}\n`);
