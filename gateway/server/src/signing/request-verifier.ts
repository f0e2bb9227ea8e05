import { createPublicKey, verify } from 'node:crypto';

import type { JWK } from 'jose';

/** Verifies with one registered key, by the one algorithm that this key has. */
export interface RequestVerifier {
  readonly algorithm: 'ecdsa-p256-sha256' | 'ed25519';
  verify(data: Uint8Array, signature: Uint8Array): boolean;
}

/** Made once for each key: the registry hands out the same objects until it changes. */
const verifiers = new WeakMap<JWK, RequestVerifier>();

/** The key of this name; undefined where there is none, or none with an algorithm of RFC 9421 that is taken here. */
export const verifierOf = (keys: readonly JWK[], keyid: string): RequestVerifier | undefined => {
  const jwk = keys.find(({ kid, kty }) => kid === keyid && (kty === 'EC' || kty === 'OKP'));
  if (!jwk) return undefined;
  const known = verifiers.get(jwk);
  if (known) return known;
  const key = createPublicKey({ key: jwk as never, format: 'jwk' });
  const verifier: RequestVerifier =
    jwk.kty === 'EC'
      ? {
          algorithm: 'ecdsa-p256-sha256',
          verify: (data, signature) => verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
        }
      : { algorithm: 'ed25519', verify: (data, signature) => verify(null, data, key, signature) };
  verifiers.set(jwk, verifier);
  return verifier;
};
