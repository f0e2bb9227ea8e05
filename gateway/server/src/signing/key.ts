import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, X509Certificate } from 'node:crypto';

import { calculateJwkThumbprint } from 'jose';

import type { SigningToken } from './token.ts';

/** A public key as `/.well-known/jwks.json` shows it (RFC 7517). */
export interface PublishedKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'ES256' | 'EdDSA';
  /** The certificate chain, leaf first: DER in base64 (RFC 7517 §4.7). */
  readonly x5c?: readonly string[];
  readonly 'x5t#S256'?: string;
  /** Seconds since the epoch: a signature that was made later is not good, and the key is published no longer. */
  readonly exp?: number;
}

/** A key that signs on behalf of the province: answers, and heads of the ledger. */
export interface SigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  /** Its name in a `Signature-Input` (RFC 9421 §6.2). */
  readonly algorithm: 'ecdsa-p256-sha256' | 'ed25519';
  readonly published: PublishedKey;
  /** Leaf first; empty where the key has no certificate. */
  readonly certificates: readonly X509Certificate[];
  /** The raw signature of RFC 9421 §3.3 and RFC 7518 §3.4: R and S, not DER. At once, unless the key is on a token. */
  sign(data: Uint8Array): Buffer | Promise<Buffer>;
}

const KINDS = {
  ec: { crv: 'P-256', algorithm: 'ecdsa-p256-sha256', alg: 'ES256' },
  ed25519: { crv: 'Ed25519', algorithm: 'ed25519', alg: 'EdDSA' },
} as const;

/**
 * Reads a private key, ES256 or Ed25519: a JWK, or PEM (PKCS #8 or SEC 1) with its certificates in the same file, leaf
 * first. One file, so that key and certificate are replaced together. Of a key on a token the file holds the public half.
 *
 * @param file names the key in errors
 * @throws Error for another kind of key, for certificates of another key, and for a chain out of order
 */
export const readSigningKey = async (
  text: string,
  file: string,
  token?: Pick<SigningToken, 'signerOf'>,
): Promise<SigningKey> => {
  const key = token ? publicKeyOf(text, file) : privateKeyOf(text, file);
  const publicKey = token ? key : createPublicKey(key);
  const certificates = certificatesOf(text, file);
  const published = await publishedKey(publicKey, certificates, file);
  checkChain(certificates, publicKey, file);
  if (token && published.alg !== 'ES256') throw new Error(`${file}: a key on a token has to be EC P-256 (ES256)`);
  return {
    kid: published.kid,
    algorithm: published.alg === 'ES256' ? 'ecdsa-p256-sha256' : 'ed25519',
    published,
    certificates,
    sign: token ? await token.signerOf(publicKey) : signerOf(key),
  };
};

/** Synchronously: on another thread the same signature takes a third more processor time, and no turn is worth it. */
const signerOf = (key: KeyObject): SigningKey['sign'] => {
  if (key.asymmetricKeyType === 'ed25519') return (data) => sign(null, data, key);
  const options = { key, dsaEncoding: 'ieee-p1363' } as const;
  return (data) => sign('sha256', data, options);
};

const privateKeyOf = (text: string, file: string): KeyObject => {
  try {
    return text.trimStart().startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
      : createPrivateKey(text);
  } catch {
    // What the library says may quote the file.
    throw new Error(`${file}: no private key in PEM, not encrypted, and no private JWK`);
  }
};

const publicKeyOf = (text: string, file: string): KeyObject => {
  try {
    return text.trimStart().startsWith('{')
      ? createPublicKey({ key: JSON.parse(text), format: 'jwk' })
      : createPublicKey(text);
  } catch {
    throw new Error(`${file}: no public key or certificate in PEM, and no public JWK`);
  }
};

/**
 * The public half with its certificates, under the name that is its thumbprint.
 *
 * @throws Error for a key that is neither P-256 nor Ed25519
 */
export const publishedKey = async (
  publicKey: KeyObject,
  certificates: readonly X509Certificate[],
  file: string,
): Promise<PublishedKey> => {
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  const kind = Object.values(KINDS).find((each) => each.crv === crv);
  if (!kind || kty === undefined || crv === undefined || x === undefined) {
    throw new Error(`${file}: neither an EC P-256 key (ES256) nor an Ed25519 key`);
  }
  const members = { kty, crv, x, ...(y === undefined ? {} : { y }) };
  const kid = await calculateJwkThumbprint(members);
  const [leaf] = certificates;
  return {
    ...members,
    kid,
    use: 'sig',
    alg: kind.alg,
    ...(leaf === undefined
      ? {}
      : {
          x5c: certificates.map(({ raw }) => raw.toString('base64')),
          'x5t#S256': createHash('sha256').update(leaf.raw).digest('base64url'),
        }),
  };
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const certificatesOf = (text: string, file: string): readonly X509Certificate[] => {
  const written = text.trimStart().startsWith('{') ? chainOfJwk(text) : (text.match(CERTIFICATE) ?? []);
  try {
    return written.map((each) => new X509Certificate(each));
  } catch {
    throw new Error(`${file}: a certificate that cannot be read`);
  }
};

const chainOfJwk = (text: string): readonly Buffer[] => {
  const { x5c } = JSON.parse(text) as { x5c?: unknown };
  return Array.isArray(x5c) ? x5c.map((each) => Buffer.from(String(each), 'base64')) : [];
};

/** Whoever verifies follows the chain from the leaf upwards: a wrong one would be noticed by partners first. */
const checkChain = (certificates: readonly X509Certificate[], publicKey: KeyObject, file: string): void => {
  const [leaf] = certificates;
  if (leaf && !leaf.publicKey.equals(publicKey)) {
    throw new Error(`${file}: the first certificate is for another key; put the certificate of this key first`);
  }
  certificates.forEach((certificate, index) => {
    const above = certificates[index + 1];
    if (!above || (certificate.checkIssued(above) && certificate.verify(above.publicKey))) return;
    throw new Error(
      `${file}: certificate ${index + 2} did not issue certificate ${index + 1}; order them leaf first, each followed by its issuer`,
    );
  });
};
