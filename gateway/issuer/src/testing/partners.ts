import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RegistrySource } from '@lienthong/registry';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** Members of a registration that a test says; the rest is the same for all. */
export type Registration = Readonly<Record<string, unknown>>;

const common = {
  name: { vi: 'Đối tác thử', en: 'Test partner' },
  org: 'H48.53',
  contact: { name: 'Người thử', email: 'thu@tinh.example' },
  expires: 'never',
  bound: 'none',
  purposes: [
    {
      purpose: 'TTHC',
      legalBasis: 'MANDATORY_SHARE',
      scopes: ['citizens:basic:read', 'land:parcel:read', 'health:insurance:read'],
    },
    { purpose: 'LANDTX', legalBasis: 'MANDATORY_SHARE', scopes: ['citizens:basic:read', 'land:parcel:read'] },
  ],
};

/** Writes a registry file; JSON is YAML. */
export function writePartners(folder: string, partners: Readonly<Record<string, Registration>>): RegistrySource {
  const file = join(folder, `partners-${randomUUID()}.yaml`);
  const whole = Object.entries(partners).map(([client, partner]) => [client, { ...common, ...partner }]);
  writeFileSync(file, JSON.stringify({ partners: Object.fromEntries(whole) }));
  return { file };
}

export const secretOf = (secret: string): Registration => ({ method: 'client_secret_basic', secret });

/** A key pair of a partner, and how it is registered. */
export interface PartnerKey {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  readonly alg: string;
}

export async function partnerKey(alg: 'ES256' | 'PS256' | 'EdDSA' = 'ES256', kid = `k-${alg}`): Promise<PartnerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, alg, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export const keysOf = (...keys: readonly PartnerKey[]): Registration => ({
  method: 'private_key_jwt',
  keys: keys.map(({ publicJwk }) => publicJwk),
});

/** The form members of a client assertion (RFC 7523 §2.2). */
export const asserted = (assertion: string): Record<string, string> => ({
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: assertion,
});

/** A client assertion as it should be, but for `change`; undefined takes a claim away. */
export function assertion(
  client: string,
  issuer: string,
  { privateKey, alg, publicJwk }: PartnerKey,
  change: Record<string, unknown> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: client, sub: client, aud: issuer, jti: randomUUID(), iat: now, exp: now + 60, ...change };
  const payload = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  return new SignJWT(payload).setProtectedHeader({ alg, kid: publicJwk.kid ?? '' }).sign(privateKey);
}

/** A DPoP proof (RFC 9449 §4.2) as it should be, but for the changes. */
export async function dpopProof(
  url: string,
  { privateKey, alg, publicJwk }: PartnerKey,
  change: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const { kid: _, use: __, alg: ___, ...jwk } = publicJwk;
  const claims = { htm: 'POST', htu: url, jti: randomUUID(), iat: Math.floor(Date.now() / 1_000), ...change };
  const payload = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  return new SignJWT(payload).setProtectedHeader({ typ: 'dpop+jwt', alg, jwk, ...header }).sign(privateKey);
}
