import type { KoaContextWithOIDC } from 'oidc-provider';
import { errors } from '../oidc.ts';

/** Seconds by which a client's clock may be ahead of or behind ours (FAPI 2.0 §5.3.2.1: at least 10). */
export const clockTolerance = 10;
/** Seconds; an assertion is made for one request, and is remembered for as long as it lives. */
const maxLifetime = 600;

/**
 * What FAPI 2.0 asks of a client assertion (RFC 7523) besides what oidc-provider has checked: signature, algorithm,
 * `iss`, `sub`, `exp`, and afterwards that it comes for the first time.
 */
export function checkAssertion({ oidc }: KoaContextWithOIDC, claims: Record<string, unknown>): void {
  const { aud, sub, iat, nbf, exp } = claims;
  // Not the token endpoint, not a list: an assertion for another server, or for both, could be replayed here.
  if (aud !== oidc.issuer) throw refused('aud must be the issuer, as one string');
  if (sub !== claims.iss) throw refused('sub must be the client_id');
  const now = Date.now() / 1_000;
  const latest = now + clockTolerance;
  if (typeof exp !== 'number' || exp > latest + maxLifetime) throw refused('exp is too far away');
  for (const instant of [iat, nbf]) {
    if (instant !== undefined && (typeof instant !== 'number' || instant > latest))
      throw refused('issued in the future');
  }
}

const refused = (detail: string): Error => new errors.InvalidClientAuth(detail);
