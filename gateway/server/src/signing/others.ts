import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { type PublishedKey, publishedKey } from './key.ts';

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * Reads a JWK Set of public keys that are published beside the one that signs: the next one, and former ones with their
 * end (`exp`). Keys with `for`, as they stand in a set that was fetched from the gateway and kept, are passed over: what is
 * published here signs answers, and those never may.
 *
 * @throws Error where the file is none, holds a private key, or a key that cannot have signed
 */
export const readOtherKeys = async (file: string): Promise<readonly PublishedKey[]> => {
  const { keys } = parsed(readFileSync(file, 'utf8'), file);
  if (!Array.isArray(keys)) throw new Error(`${file}: not a JWK Set: {"keys": [...]}`);
  const read = keys.map(async (key, index) =>
    Object(key).for === undefined ? [await readOtherKey(key, `${file} keys[${index}]`)] : [],
  );
  return (await Promise.all(read)).flat();
};

const parsed = (text: string, file: string): { readonly keys?: unknown } => {
  try {
    return Object(JSON.parse(text));
  } catch {
    throw new Error(`${file}: not JSON`);
  }
};

const readOtherKey = async (key: unknown, place: string): Promise<PublishedKey> => {
  const jwk: Readonly<Record<string, unknown>> = Object(key);
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member))) {
    throw new Error(`${place}: a private key; this file is published, and takes public keys alone`);
  }
  const { exp, x5c = [] } = jwk;
  if (exp !== undefined && !Number.isSafeInteger(exp)) throw new Error(`${place}.exp: seconds since the epoch`);
  if (!Array.isArray(x5c)) throw new Error(`${place}.x5c: a list of certificates, DER in base64`);
  const { publicKey, certificates } = read(jwk, x5c, place);
  const [leaf] = certificates;
  if (leaf && !leaf.publicKey.equals(publicKey)) throw new Error(`${place}.x5c: the certificate of another key`);
  const published = await publishedKey(publicKey, certificates, place);
  return exp === undefined ? published : { ...published, exp: Number(exp) };
};

const read = (jwk: object, x5c: readonly unknown[], place: string) => {
  try {
    return {
      publicKey: createPublicKey({ key: jwk as never, format: 'jwk' }),
      certificates: x5c.map((each) => new X509Certificate(Buffer.from(String(each), 'base64'))),
    };
  } catch {
    throw new Error(`${place}: no public key, or a certificate that cannot be read`);
  }
};
