import { fromBase64url } from './bytes.ts';
import type { Primitives } from './primitives.ts';

/** WebCrypto, as browsers have it (and Node). */
export const web: Primitives = {
  sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)),

  async verifies({ alg, jwk }, data, signature) {
    const bytes = fromBase64url(signature);
    if (bytes === undefined) return false;
    const kind = alg === 'EdDSA' ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('jwk', { ...jwk }, kind, false, ['verify']);
    return crypto.subtle.verify(kind, key, new Uint8Array(bytes), data);
  },
};
