import { isObject, type Json } from './json.ts';

/** A public key that may sign heads. */
export interface PublicKey {
  readonly kid: string;
  readonly alg: 'ES256' | 'EdDSA';
  /** ISO 8601: what it signed later does not count (`exp` of the JWK). Absent: no end is known. */
  readonly until?: string;
  readonly jwk: { readonly kty: string; readonly crv: string; readonly x: string; readonly y?: string };
}

/** By `kid`. */
export type Keys = ReadonlyMap<string, PublicKey>;

/**
 * The keys of a JWKS (RFC 7517) that can sign heads: P-256 and Ed25519. Others are passed over, private members too.
 *
 * @returns undefined where it is no JWKS
 */
export function readKeys(jwks: unknown): Keys | undefined {
  const listed = isObject(jwks) ? jwks.keys : undefined;
  if (!Array.isArray(listed)) return undefined;
  const keys = (listed as readonly Json[]).map(readKey).filter((key) => key !== undefined);
  return new Map(keys.map((key) => [key.kid, key]));
}

function readKey(value: Json): PublicKey | undefined {
  if (!isObject(value)) return undefined;
  const { kid, kty, crv, x, y, exp, use = 'sig', alg, for: others } = value;
  if (typeof kid !== 'string' || typeof x !== 'string' || use !== 'sig') return undefined;
  // What a key is not meant for it does not vouch for: by its algorithm (RFC 7517 §4.4), or as it names tokens of another type.
  if (others !== undefined) return undefined;
  if (alg !== undefined && alg !== (kty === 'OKP' ? 'EdDSA' : 'ES256')) return undefined;
  const end = typeof exp === 'number' && exp > 0 && exp < LAST ? { until: new Date(exp * 1_000).toISOString() } : {};
  if (kty === 'OKP' && crv === 'Ed25519') return { kid, alg: 'EdDSA', jwk: { kty, crv, x }, ...end };
  if (kty === 'EC' && crv === 'P-256' && typeof y === 'string') {
    return { kid, alg: 'ES256', jwk: { kty, crv, x, y }, ...end };
  }
  return undefined;
}

/** Seconds: the year 10000, from which on dates are written otherwise. */
const LAST = 253_402_300_800;
