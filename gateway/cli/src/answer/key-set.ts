import { createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CommandError } from '../command-error.ts';

/** A key of the set as it is needed here. */
export interface VerifyingKey {
  readonly kid: string;
  readonly algorithm: 'ecdsa-p256-sha256' | 'ed25519';
  /** Seconds since the epoch: what was signed later is not good. */
  readonly exp?: number;
  /** Leaf first. */
  readonly certificates: readonly X509Certificate[];
  verify(data: Uint8Array, signature: Uint8Array): boolean;
}

export interface KeySet {
  readonly keys: readonly VerifyingKey[];
  /** Of keys that are meant for this and cannot be read: which, and why. */
  readonly unreadable: readonly string[];
}

const FETCH_TIMEOUT = 10_000;

/**
 * The keys of a JWK Set, from a file or an address. Keys for anything else are passed over, and so are those that cannot be
 * read: the others are as good without them (RFC 7517 §5).
 *
 * @throws CommandError
 */
export async function readKeySet(source: string): Promise<KeySet> {
  try {
    const { keys: listed }: { keys?: unknown } = Object(JSON.parse(await textOf(source)));
    if (!Array.isArray(listed)) throw new TypeError('not a JWK Set');
    const [keys, unreadable]: [VerifyingKey[], string[]] = [[], []];
    for (const jwk of listed.map(Object)) {
      try {
        keys.push(...keyOf(jwk));
      } catch (error) {
        unreadable.push(`${JSON.stringify(jwk.kid)}: ${String(error)}`);
      }
    }
    return { keys, unreadable };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      'KEYS_UNREADABLE',
      {
        vi: `Không đọc được JWKS từ ${source}. Tải lại: curl ĐỊA-CHỈ-CỔNG/.well-known/jwks.json -o jwks.json. Lý do:`,
        en: `No JWKS can be read from ${source}. Fetch it: curl GATEWAY/.well-known/jwks.json -o jwks.json. The reason:`,
      },
      String(error),
    );
  }
}

const textOf = async (source: string): Promise<string> => {
  if (!/^https?:\/\//.test(source)) return readFileSync(source, 'utf8');
  const { protocol, hostname } = new URL(source);
  if (protocol === 'http:' && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    throw new CommandError('KEYS_INSECURE', {
      vi: 'Khoá tải qua http:// có thể là của bất kỳ ai. Dùng https://, hoặc một tệp.',
      en: 'Keys that come over http:// may be anybody’s. Use https://, or a file.',
    });
  }
  const answer = await fetch(source, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT) });
  if (answer.status !== 200) throw new Error(`it answers ${answer.status}`);
  return answer.text();
};

const keyOf = (jwk: Readonly<Record<string, unknown>>): readonly VerifyingKey[] => {
  const { kid, kty, crv, exp, x5c, use = 'sig' } = jwk;
  const algorithm = { 'P-256': 'ecdsa-p256-sha256', Ed25519: 'ed25519' } as const;
  const names = { 'P-256': 'ES256', Ed25519: 'EdDSA' } as const;
  if (typeof kid !== 'string' || (kty !== 'EC' && kty !== 'OKP') || (crv !== 'P-256' && crv !== 'Ed25519')) return [];
  // RFC 7517 §4.2, §4.4: what a key is not meant for it does not vouch for. `for`: only for tokens of that type.
  if (use !== 'sig' || jwk.for !== undefined || (jwk.alg ?? names[crv]) !== names[crv]) return [];
  const key = createPublicKey({ key: jwk as never, format: 'jwk' });
  return [
    {
      kid,
      algorithm: algorithm[crv],
      ...(typeof exp === 'number' ? { exp } : {}),
      certificates: certificatesOf(x5c, key),
      verify: (data, signature) =>
        crv === 'P-256'
          ? verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
          : verify(null, data, key, signature),
    },
  ];
};

/** A chain whose leaf is for another key says nothing of this one. */
const certificatesOf = (x5c: unknown, key: KeyObject): readonly X509Certificate[] => {
  const chain = Array.isArray(x5c) ? x5c.map((each) => new X509Certificate(Buffer.from(String(each), 'base64'))) : [];
  return chain[0]?.publicKey.equals(key) ? chain : [];
};
