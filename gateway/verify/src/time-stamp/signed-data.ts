import { hash as digest } from 'node:crypto';
import { equal } from '../bytes.ts';
import { hashOf, isTrueSignature } from './algorithms.ts';
import { type Certificate, isIdentifiedBy, readableOf } from './certificate.ts';
import { context, count, Malformed, oid, only, Reader, TAG, type Value } from './der.ts';

const ID = {
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  timeStampInfo: '1.2.840.113549.1.9.16.1.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

/** More came with no token that anybody should read. */
const MOST_CERTIFICATES = 16;

/** A CMS message (RFC 5652) with one signer, around what a time stamp says (RFC 3161 §2.4.2). */
export interface SignedData {
  /** The DER of TSTInfo. */
  readonly content: Uint8Array;
  readonly certificates: readonly Certificate[];
  readonly signer: Signer;
}

interface Signer {
  readonly identifier: Value;
  /** Undefined: a hash that does not count. */
  readonly hash: string | undefined;
  /** What the signature is over. */
  readonly signed: Uint8Array;
  readonly attributes: ReadonlyMap<string, Value>;
  readonly algorithm: Value;
  readonly signature: Uint8Array;
}

/** @throws Malformed */
export function readSignedData(bytes: Uint8Array): SignedData {
  const outer = new Reader(only(bytes, TAG.sequence).content);
  if (oid(outer.next(TAG.oid)) !== ID.signedData) throw new Malformed();
  const explicit = outer.inside(context(0));
  outer.end();
  const data = explicit.inside(TAG.sequence);
  explicit.end();
  if (count(data.next(TAG.integer)) !== 3) throw new Malformed();
  const hashes = data.inside(TAG.set).rest(TAG.sequence).map(hashOf);
  const content = readContent(data.next(TAG.sequence));
  const listed = data.optional(context(0));
  data.optional(context(1));
  const [signer, ...more] = data.inside(TAG.set).rest(TAG.sequence);
  data.end();
  if (signer === undefined || more.length > 0) throw new Malformed();
  const certificates = listed === undefined ? [] : new Reader(listed.content).rest();
  if (certificates.length > MOST_CERTIFICATES) throw new Malformed();
  const read = readSigner(signer.content);
  if (!hashes.includes(read.hash)) throw new Malformed();
  return { content, certificates: readableOf(certificates.map((each) => each.bytes)), signer: read };
}

function readContent({ content }: Value): Uint8Array {
  const wrapped = new Reader(content);
  if (oid(wrapped.next(TAG.oid)) !== ID.timeStampInfo) throw new Malformed();
  const explicit = wrapped.inside(context(0));
  wrapped.end();
  const octets = explicit.next(TAG.octetString).content;
  explicit.end();
  return octets;
}

function readSigner(content: Uint8Array): Signer {
  const reader = new Reader(content);
  const version = count(reader.next(TAG.integer));
  const identifier = reader.next();
  // RFC 5652 §5.3: by issuer and number, or by the key's identifier.
  if (version !== (identifier.tag === TAG.sequence ? 1 : 3)) throw new Malformed();
  const hash = hashOf(reader.next(TAG.sequence));
  const attributes = reader.next(context(0));
  const algorithm = reader.next(TAG.sequence);
  const signature = reader.next(TAG.octetString).content;
  reader.optional(context(1));
  reader.end();
  // RFC 5652 §5.4: it is over the attributes as a SET, not as the [0] that they are sent as.
  const signed = Uint8Array.from(attributes.bytes);
  signed[0] = TAG.set;
  return { identifier, hash, signed, attributes: readAttributes(attributes.content), algorithm, signature };
}

/** Each once, with one value. */
function readAttributes(content: Uint8Array): ReadonlyMap<string, Value> {
  const attributes = new Map<string, Value>();
  for (const each of new Reader(content).rest(TAG.sequence)) {
    const reader = new Reader(each.content);
    const id = oid(reader.next(TAG.oid));
    const values = reader.inside(TAG.set);
    reader.end();
    const value = values.next();
    values.end();
    if (attributes.has(id)) throw new Malformed();
    attributes.set(id, value);
  }
  return attributes;
}

/** @throws Malformed @returns the certificate by whose key all of this is signed, if the signature is true */
export function signerOf(
  { content, certificates, signer }: SignedData,
  others: readonly Certificate[],
): Certificate | 'ALGORITHM' | 'SIGNATURE' | 'CERTIFICATE' {
  const { identifier, hash, signed, attributes, algorithm, signature } = signer;
  if (hash === undefined) return 'ALGORITHM';
  const type = attributes.get(ID.contentType);
  const message = attributes.get(ID.messageDigest);
  if (type === undefined || oid(type) !== ID.timeStampInfo || message?.tag !== TAG.octetString) return 'SIGNATURE';
  if (!equal(digest(hash, content, 'buffer'), message.content)) return 'SIGNATURE';
  const found = [...certificates, ...others].find((each) => isIdentifiedBy(each, identifier));
  if (found === undefined || !isNamed(found, attributes)) return 'CERTIFICATE';
  return isTrueSignature(algorithm, hash, found.key, signed, signature) ? found : 'SIGNATURE';
}

/**
 * RFC 5816 §2.2.1, RFC 5035 §5: what is signed names its certificate by hash, so that no other certificate of the same key
 * can be put in its place. In the older form the hash is SHA-1, which is enough to name one that is checked besides.
 */
function isNamed({ bytes }: Certificate, attributes: ReadonlyMap<string, Value>): boolean {
  const [one, two] = [attributes.get(ID.signingCertificate), attributes.get(ID.signingCertificateV2)];
  if (one === undefined && two === undefined) return false;
  return [one, two].every((value, version) => {
    if (value === undefined) return true;
    const id = new Reader(only(value.bytes, TAG.sequence).content).inside(TAG.sequence).inside(TAG.sequence);
    const algorithm = version === 1 ? id.optional(TAG.sequence) : undefined;
    const hash = version === 0 ? 'sha1' : algorithm === undefined ? 'sha256' : hashOf(algorithm);
    return hash !== undefined && equal(digest(hash, bytes, 'buffer'), id.next(TAG.octetString).content);
  });
}
