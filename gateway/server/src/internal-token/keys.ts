import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  type JWK,
} from 'jose';

import { readOrMakeKey } from '../key-file.ts';

/** The gateway's signing key, and what departments verify with. */
export interface GatewayKey {
  readonly privateKey: CryptoKey;
  readonly kid: string;
  /** `{keys: [...]}` as served at `/.well-known/departments-jwks.json`: the public half alone. */
  readonly jwks: { readonly keys: readonly JWK[] };
}

/** `typ` of internal tokens (docs/departments/verifying.md). */
export const INTERNAL_TOKEN = 'gw-internal+jwt';

/**
 * Reads the ES256 key (PKCS #8, PEM) of `internalToken.keyFile`; in development makes it when there is none.
 *
 * @param create whether a missing file is made; two processes that start at once end up with one key
 */
export const loadGatewayKey = async (file: string, create: boolean): Promise<GatewayKey> => {
  const privateKey = await importPKCS8(await readOrMakeKey(file, create ? makeKey : undefined), 'ES256', {
    extractable: true,
  });
  const { kty, crv, x, y } = await exportJWK(privateKey);
  if (kty !== 'EC' || crv !== 'P-256' || !x || !y) throw new Error(`${file}: not an EC P-256 key`);
  const kid = await calculateJwkThumbprint({ kty, crv, x, y });
  return { privateKey, kid, jwks: { keys: [{ kty, crv, x, y, kid, use: 'sig', alg: 'ES256' }] } };
};

/**
 * The same keys for `/.well-known/jwks.json`, where those of answers and heads stand beside them: with `for`, by which
 * verifiers of these pass them over: whoever steals a key from this machine must not be able to make evidence.
 */
export const publishedKeys = ({ jwks }: Pick<GatewayKey, 'jwks'>): readonly (JWK & { readonly for: string })[] =>
  jwks.keys.map((key) => ({ ...key, for: INTERNAL_TOKEN }));

const makeKey = async (): Promise<string> =>
  exportPKCS8((await generateKeyPair('ES256', { extractable: true })).privateKey);
