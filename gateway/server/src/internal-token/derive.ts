import { hkdfSync, KeyObject } from 'node:crypto';

import type { CryptoKey } from 'jose';

/**
 * A secret of its own for each use, from the gateway's signing key: the same in every process of one deployment, and it
 * tells nothing of the key nor of another use (HKDF, RFC 5869).
 */
export const derivedSecret = (gatewayKey: CryptoKey, use: string): Buffer => {
  const material = KeyObject.from(gatewayKey).export({ format: 'der', type: 'pkcs8' });
  return Buffer.from(hkdfSync('sha256', material, '', `lienthong ${use}`, 32));
};
