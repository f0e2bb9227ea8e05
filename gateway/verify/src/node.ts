import { createPublicKey, type KeyObject, hash as nodeHash, verify } from 'node:crypto';
import { fromBase64url } from './bytes.ts';
import type { PublicKey } from './keys.ts';

/** Node's own cryptography: at once, for millions of records. */
export const node = {
  sha256: (bytes: Uint8Array): Uint8Array => nodeHash('sha256', bytes, 'buffer'),

  verifies(key: PublicKey, data: Uint8Array, signature: string): boolean {
    const bytes = fromBase64url(signature);
    const imported = importOnce(key);
    if (bytes === undefined || imported === undefined) return false;
    return verify(key.alg === 'EdDSA' ? null : 'sha256', data, { key: imported, dsaEncoding: 'ieee-p1363' }, bytes);
  },
};

/** @returns undefined where its numbers are no key: what they should have signed is not true then */
function importOnce(key: PublicKey): KeyObject | undefined {
  if (!imported.has(key)) {
    try {
      imported.set(key, createPublicKey({ key: { ...key.jwk }, format: 'jwk' }));
    } catch {
      imported.set(key, undefined);
    }
  }
  return imported.get(key);
}
const imported = new WeakMap<PublicKey, KeyObject | undefined>();
