import { type KeyObject, sign } from 'node:crypto';

/** Who signs heads: a key in a file, or a device that hands out signatures only. */
export interface JwsSigner {
  readonly kid: string;
  readonly alg: 'ES256' | 'EdDSA';
  /** The signature as JWS wants it (RFC 7518 §3.4: R and S, not DER). */
  sign(data: Uint8Array): Promise<Uint8Array> | Uint8Array;
}

/**
 * A signer with a private key in memory: P-256 or Ed25519.
 *
 * @throws TypeError for a key of another kind
 */
export const keySigner = (key: KeyObject, kid: string): JwsSigner => {
  if (key.asymmetricKeyType === 'ed25519') return { kid, alg: 'EdDSA', sign: (data) => sign(null, data, key) };
  if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') {
    return { kid, alg: 'ES256', sign: (data) => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }) };
  }
  throw new TypeError('heads are signed with a key on P-256 or Ed25519');
};

/** A JWS in compact form. */
export const signJws = async (signer: JwsSigner, typ: string, payload: object): Promise<string> => {
  const { alg, kid } = signer;
  const text = [{ alg, kid, typ }, payload].map((part) => encode(JSON.stringify(part))).join('.');
  return `${text}.${encode(await signer.sign(Buffer.from(text)))}`;
};

const encode = (data: string | Uint8Array): string => Buffer.from(data as string).toString('base64url');
