// Signs a request (RFC 9421) with the key in KEY_FILE, and prints the header fields for curl -H @-:
//   node docs/examples/sign-request.mjs METHOD URL AUTHORIZATION [FILE-WITH-THE-CONTENT]
import { createHash, createPrivateKey, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';

const { KEY_FILE = 'partner.key' } = process.env;
const [method, url, authorization, file] = process.argv.slice(2);
const jwk = JSON.parse(readFileSync(KEY_FILE, 'utf8'));
const key = createPrivateKey({ key: jwk, format: 'jwk' });

// Exactly as they are sent; the URL is the address by which callers know the gateway, with its query.
const covered = { '@method': method, '@target-uri': url, authorization };
if (file) {
  covered['content-digest'] = `sha-256=:${createHash('sha256').update(readFileSync(file)).digest('base64')}:`;
}
const names = Object.keys(covered)
  .map((name) => `"${name}"`)
  .join(' ');
// One signature for each request: the nonce is remembered and refused when it comes again.
const parameters = `(${names});created=${Math.floor(Date.now() / 1000)};keyid="${jwk.kid}";nonce="${randomUUID()}";tag="lienthong-request"`;
const lines = Object.entries(covered).map(([name, value]) => `"${name}": ${value}`);
const base = Buffer.from([...lines, `"@signature-params": ${parameters}`].join('\n'));
// ES256 or Ed25519; R and S side by side, not DER.
const signature = sign(jwk.kty === 'EC' ? 'sha256' : null, base, { key, dsaEncoding: 'ieee-p1363' });

process.stdout.write(`authorization: ${authorization}\n`);
if (file) process.stdout.write(`content-type: application/json\ncontent-digest: ${covered['content-digest']}\n`);
process.stdout.write(`signature-input: request=${parameters}\nsignature: request=:${signature.toString('base64')}:\n`);
