import { constants, type KeyObject, verify } from 'node:crypto';
import { context, count, Malformed, oid, Reader, TAG, type Value } from './der.ts';

/** Hashes that count: SHA-2. A token over another proves nothing any more. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** An AlgorithmIdentifier that takes no parameters: they are left out, or NULL. */
function idOf({ content }: Value): string {
  const algorithm = new Reader(content);
  const id = oid(algorithm.next(TAG.oid));
  if ((algorithm.optional(TAG.nothing)?.content.length ?? 0) > 0) throw new Malformed();
  algorithm.end();
  return id;
}

/** The hash that an AlgorithmIdentifier names; undefined for one that does not count. */
export const hashOf = (algorithm: Value): string | undefined => HASHES.get(idOf(algorithm));

const RSA = '1.2.840.113549.1.1';
const ECDSA = '1.2.840.10045.4.3';
const WITH_HASH: ReadonlyMap<string, string> = new Map([
  [`${RSA}.11`, 'sha256'],
  [`${RSA}.12`, 'sha384'],
  [`${RSA}.13`, 'sha512'],
  [`${ECDSA}.2`, 'sha256'],
  [`${ECDSA}.3`, 'sha384'],
  [`${ECDSA}.4`, 'sha512'],
]);
const SMALLEST_RSA = 2_048;

/**
 * Whether a signature of a CMS signer is true (RFC 5652 §5.6; RFC 3370, 4056, 5754, 8419).
 *
 * @param hash of the signer's digest algorithm, which plain rsaEncryption is used with
 */
export function isTrueSignature(
  algorithm: Value,
  hash: string,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const id = oid(new Reader(algorithm.content).next(TAG.oid));
  const type = key.asymmetricKeyType;
  const isRsa = type === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= SMALLEST_RSA;
  try {
    if (id === '1.3.101.112') return type === 'ed25519' && verify(null, data, key, signature);
    if (id === `${RSA}.10`) return isRsa && isTruePss(algorithm, key, data, signature);
    const own = idOf(algorithm) === `${RSA}.1` ? hash : WITH_HASH.get(id);
    const fits = id.startsWith(`${RSA}.`) ? isRsa : type === 'ec';
    return own !== undefined && fits && verify(own, data, key, signature);
  } catch (error) {
    if (error instanceof Malformed) throw error;
    return false;
  }
}

/** RFC 4055 §3.1: one hash for message and mask. */
function isTruePss(algorithm: Value, key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  const outer = new Reader(algorithm.content);
  outer.next(TAG.oid);
  const parameters = outer.inside(TAG.sequence);
  outer.end();
  const hash = hashOf(parameters.inside(context(0)).next(TAG.sequence));
  const mask = new Reader(parameters.inside(context(1)).next(TAG.sequence).content);
  const isMgf1 = oid(mask.next(TAG.oid)) === `${RSA}.8` && hashOf(mask.next(TAG.sequence)) === hash;
  const saltLength = count(parameters.inside(context(2)).next(TAG.integer));
  if (hash === undefined || !isMgf1) return false;
  return verify(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
}
