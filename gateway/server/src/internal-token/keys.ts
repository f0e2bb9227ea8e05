import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  type JWK,
} from 'jose';

/** The gateway's signing key, and what departments verify with. */
export interface GatewayKey {
  readonly privateKey: CryptoKey;
  readonly kid: string;
  /** `{keys: [...]}` as served at `/.well-known/jwks.json`: the public half alone. */
  readonly jwks: { readonly keys: readonly JWK[] };
}

/**
 * Reads the ES256 key (PKCS #8, PEM) of `internalToken.keyFile`; in development makes it when there is none.
 *
 * @param create whether a missing file is made; two processes that start at once end up with one key
 */
export const loadGatewayKey = async (file: string, create: boolean): Promise<GatewayKey> => {
  const privateKey = await importPKCS8(await readOrCreate(file, create), 'ES256', { extractable: true });
  const { kty, crv, x, y } = await exportJWK(privateKey);
  if (kty !== 'EC' || crv !== 'P-256' || !x || !y) throw new Error(`${file}: not an EC P-256 key`);
  const kid = await calculateJwkThumbprint({ kty, crv, x, y });
  return { privateKey, kid, jwks: { keys: [{ kty, crv, x, y, kid, use: 'sig', alg: 'ES256' }] } };
};

const readOrCreate = async (file: string, create: boolean): Promise<string> => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (!create || codeOf(error) !== 'ENOENT') throw error;
  }
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, await exportPKCS8(privateKey), { mode: 0o600, flag: 'wx' });
  try {
    // A link fails where the file exists by now: whoever came first wins, and nobody reads half a key.
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return readFileSync(file, 'utf8');
};

/** By shape, not by class: where a gateway runs inside a test, the file system's errors are of another realm's `Error`. */
const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
