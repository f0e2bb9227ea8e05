// Takes an answer only where the province signed it, for this very request: npx tsx docs/examples/verify-answer.ts
// For anonymous, public data as it stands; TOKEN is sent where it is set. Needs no package.
import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';

const { GATEWAY_URL = 'http://127.0.0.1:4000/graphql', TOKEN } = process.env;

const digest = (bytes: string | Buffer) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

/** Whether one of the keys signed this answer, as it is, to this request (docs/signed-answers.md). */
function signedFor(request: string, status: number, headers: Headers, content: Buffer, keys: JsonWebKey[]): boolean {
  const [, names = '', rest = ''] =
    /^answer=\((.*)\)(;created=\d+;keyid="[\w-]+";alg="[\w-]+";tag="lienthong-answer")$/.exec(
      headers.get('signature-input') ?? '',
    ) ?? [];
  const covered = names.split(' ').map((name) => name.slice(1, -1));
  const lines = covered.map((name) => `"${name}": ${name === '@status' ? status : headers.get(name)}`);
  const base = Buffer.from([...lines, `"@signature-params": (${names})${rest}`].join('\n'));
  const jwk = keys.find((each) => rest.includes(`keyid="${each.kid}"`) && !('for' in each));
  const signature = Buffer.from(headers.get('signature')?.slice('answer=:'.length, -1) ?? '', 'base64');
  const key = jwk && createPublicKey({ key: jwk, format: 'jwk' });
  return (
    key !== undefined &&
    ['@status', 'content-type', 'content-digest', 'x-request-id', 'request-digest'].every((n) => covered.includes(n)) &&
    verify(jwk?.kty === 'EC' ? 'sha256' : null, base, { key, dsaEncoding: 'ieee-p1363' }, signature) &&
    headers.get('content-digest') === digest(content) &&
    headers.get('request-digest') === digest(request)
  );
}

const published = await fetch(new URL('/.well-known/jwks.json', GATEWAY_URL));
const { keys } = (await published.json()) as { keys: JsonWebKey[] };
const request = JSON.stringify({ query: '{ commune(code: "21289") { name } }' });
const answer = await fetch(GATEWAY_URL, {
  method: 'POST',
  headers: { 'content-type': 'application/json', ...(TOKEN ? { authorization: `Bearer ${TOKEN}` } : {}) },
  body: request,
});
const content = Buffer.from(await answer.arrayBuffer());
const holds = (bytes: Buffer) => signedFor(request, answer.status, answer.headers, bytes, keys);
console.log('as it came:     ', holds(content));
console.log('one byte more:  ', holds(Buffer.concat([content, Buffer.from(' ')])));
