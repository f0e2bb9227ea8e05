import { createHash, createPublicKey, verify } from 'node:crypto';

import { httpbis } from 'http-message-signatures';
import type { JWK } from 'jose';

/** An answer, byte for byte. */
export interface Bytes {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Buffer;
}

const digest = (content: string | Uint8Array) => `sha-256=:${createHash('sha256').update(content).digest('base64')}:`;

/**
 * Verifies a signed answer as a client would that knows docs/signed-answers.md alone, by an implementation of RFC 9421 that
 * the product does not use.
 *
 * @param request what was sent; null: the gateway refused before it had read it
 * @returns what does not hold; undefined where all does
 */
export const fault = async (
  { status, headers, content }: Bytes,
  keys: readonly JWK[],
  request: string | Uint8Array | null,
): Promise<string | undefined> => {
  const input = headers['signature-input'] ?? '';
  const [, covered, parameters] = /^answer=\(([^)]*)\)(;.*)$/.exec(input) ?? [];
  if (covered === undefined || parameters === undefined) return 'unsigned';
  const expected = [
    ...['@status', 'content-type', 'content-digest', 'x-request-id', 'request-digest'],
    ...['lienthong-record', 'lienthong-record-nonce'],
  ]
    .filter((name) => name.startsWith('@') || headers[name] !== undefined)
    .map((name) => `"${name}"`)
    .join(' ');
  if (covered !== expected) return `covers ${covered}`;
  if (!/^;created=\d+;keyid="[\w-]{43}";alg="[a-z0-9-]+";tag="lienthong-answer"$/.test(parameters)) return parameters;
  const holds = await httpbis
    .verifyMessage(
      {
        keyLookup: async ({ keyid, alg }) => {
          // One with `for` signs no answers.
          const jwk = keys.find((each) => each.kid === keyid && !('for' in each));
          if (!jwk) return null;
          const key = createPublicKey({ key: jwk as never, format: 'jwk' });
          return {
            algs: [String(alg)],
            verify: async (data, signature) =>
              jwk.alg === 'EdDSA'
                ? verify(null, data, key, signature)
                : verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
          };
        },
      },
      { status, headers: { ...headers } },
    )
    .catch(() => false);
  if (holds !== true) return 'signature';
  if (headers['content-digest'] !== digest(content)) return 'content';
  return headers['request-digest'] === (request === null ? undefined : digest(request)) ? undefined : 'request';
};
