import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** What the issuer verifies a partner's assertions and proofs with. */
export const keyAlgorithms = ['ES256', 'PS256', 'EdDSA'] as const;
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

/** A new key pair for a partner; `kid` is the key's thumbprint (RFC 7638) unless given. */
export async function makeKeyPair(alg: KeyAlgorithm, kid?: string): Promise<{ privateKey: JWK; publicKey: JWK }> {
  const pair = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 });
  const publicKey = await exportJWK(pair.publicKey);
  const named = { kid: kid ?? (await calculateJwkThumbprint(publicKey)), alg, use: 'sig' };
  return { privateKey: { ...(await exportJWK(pair.privateKey)), ...named }, publicKey: { ...publicKey, ...named } };
}
