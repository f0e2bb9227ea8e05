import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { equal } from '../bytes.ts';
import { bits, boolean, context, count, integer, Malformed, oid, only, Reader, TAG, time, type Value } from './der.ts';

/** A certificate (RFC 5280), as far as time stamps need one. */
export interface Certificate {
  readonly bytes: Uint8Array;
  /** Names as they are written: they are compared byte by byte. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly serial: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly key: KeyObject;
  readonly keyIdentifier: Uint8Array | undefined;
  /** Undefined: it certifies nobody. */
  readonly authority: { readonly below: number } | undefined;
  /** Undefined: not restricted. */
  readonly usage: { readonly signs: boolean; readonly certifies: boolean } | undefined;
  readonly purposes: { readonly critical: boolean; readonly list: readonly string[] } | undefined;
  /** It says something that must be understood, and is not. */
  readonly unknown: boolean;
  /** The algorithm by which it is signed is one that still counts. */
  readonly strong: boolean;
}

const ID = {
  keyIdentifier: '2.5.29.14',
  usage: '2.5.29.15',
  constraints: '2.5.29.19',
  policies: '2.5.29.32',
  purposes: '2.5.29.37',
} as const;
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

/** Signature algorithms that certificates may be signed by: RSA, RSA-PSS and ECDSA with SHA-2, Ed25519. */
const STRONG: ReadonlySet<string> = new Set([
  ...['11', '12', '13', '10'].map((last) => `1.2.840.113549.1.1.${last}`),
  ...['2', '3', '4'].map((last) => `1.2.840.10045.4.3.${last}`),
  '1.3.101.112',
]);

/** @throws Malformed */
function readCertificate(bytes: Uint8Array): Certificate {
  const outer = new Reader(only(bytes, TAG.sequence).content);
  const body = outer.inside(TAG.sequence);
  const algorithm = outer.next(TAG.sequence);
  bits(outer.next(TAG.bitString));
  outer.end();
  // Version 3: the others have no extensions, and so no purposes.
  const version = body.inside(context(0));
  if (count(version.next(TAG.integer)) !== 2) throw new Malformed();
  version.end();
  const serial = integer(body.next(TAG.integer));
  if (!equal(body.next(TAG.sequence).bytes, algorithm.bytes)) throw new Malformed();
  const issuer = body.next(TAG.sequence).bytes;
  const validity = body.inside(TAG.sequence);
  const [from, until] = [time(validity.next()), time(validity.next())];
  validity.end();
  const subject = body.next(TAG.sequence).bytes;
  const key = keyOf(body.next(TAG.sequence).bytes);
  const extensions = body.inside(context(3));
  body.end();
  const read = readExtensions(extensions.next(TAG.sequence).content);
  extensions.end();
  const strong = STRONG.has(oid(new Reader(algorithm.content).next(TAG.oid)));
  return { bytes, issuer, subject, serial, from, until, key, strong, ...read };
}

function keyOf(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    throw new Malformed();
  }
}

function readExtensions(
  bytes: Uint8Array,
): Pick<Certificate, 'keyIdentifier' | 'authority' | 'usage' | 'purposes' | 'unknown'> {
  const found = new Map<string, { readonly critical: boolean; readonly value: Uint8Array }>();
  for (const { content } of new Reader(bytes).rest(TAG.sequence)) {
    const extension = new Reader(content);
    const id = oid(extension.next(TAG.oid));
    const flag = extension.optional(TAG.boolean);
    const value = extension.next(TAG.octetString).content;
    extension.end();
    // RFC 5280 §4.2: no extension stands twice.
    if (found.has(id)) throw new Malformed();
    found.set(id, { critical: flag !== undefined && boolean(flag), value });
  }
  const written = (id: string): Uint8Array | undefined => found.get(id)?.value;
  const known: ReadonlySet<string> = new Set(Object.values(ID));
  const purposes = found.get(ID.purposes);
  const keyIdentifier = written(ID.keyIdentifier);
  return {
    keyIdentifier: keyIdentifier && only(keyIdentifier, TAG.octetString).content,
    authority: authorityOf(written(ID.constraints)),
    usage: usageOf(written(ID.usage)),
    purposes: purposes && {
      critical: purposes.critical,
      list: new Reader(only(purposes.value, TAG.sequence).content).rest(TAG.oid).map(oid),
    },
    unknown: [...found].some(([id, { critical }]) => critical && !known.has(id)),
  };
}

function authorityOf(value: Uint8Array | undefined): Certificate['authority'] {
  if (value === undefined) return undefined;
  const constraints = new Reader(only(value, TAG.sequence).content);
  const flag = constraints.optional(TAG.boolean);
  const below = constraints.optional(TAG.integer);
  constraints.end();
  if (flag === undefined || !boolean(flag)) return undefined;
  return { below: below === undefined ? Number.POSITIVE_INFINITY : count(below) };
}

function usageOf(value: Uint8Array | undefined): Certificate['usage'] {
  if (value === undefined) return undefined;
  const [, first = 0] = only(value, TAG.bitString).content;
  // digitalSignature, contentCommitment; keyCertSign
  return { signs: (first & 0xc0) !== 0, certifies: (first & 0x04) !== 0 };
}

/** Those that can be read of what came along: a certificate that is of no use here makes no token wrong. */
export const readableOf = (all: readonly Uint8Array[]): readonly Certificate[] =>
  all.flatMap((bytes) => {
    try {
      return [readCertificate(bytes)];
    } catch (error) {
      if (error instanceof Malformed) return [];
      throw error;
    }
  });

/**
 * The certificates of a PEM file.
 *
 * @returns undefined where there is none, or one that cannot be read
 */
export function readCertificates(pem: string): readonly Certificate[] | undefined {
  const blocks = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)];
  try {
    const read = blocks.map(([, text = '']) => readCertificate(Buffer.from(text, 'base64')));
    return read.length === 0 ? undefined : read;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** RFC 3161 §2.3: this certificate is for time stamps and nothing else, and certifies nobody. */
export const isForTimeStamps = ({ purposes, usage, authority, unknown }: Certificate): boolean =>
  !unknown &&
  authority === undefined &&
  usage?.signs !== false &&
  purposes?.critical === true &&
  purposes.list.length === 1 &&
  purposes.list[0] === TIME_STAMPING;

/** Certificates that lie between the one that signed and one that is trusted. */
const LONGEST = 5;
/** Signatures that are checked on the way: certificates that all certify each other would lead round for ever. */
const MOST_SIGNATURES = 64;

/**
 * Whether a path leads from a certificate to one that is trusted, all of them valid at that moment (RFC 5280 §6). Names have
 * to be written alike; lists of what was revoked are not asked for.
 *
 * @param others certificates that came along, which are believed nothing
 */
export function isTrusted(
  certificate: Certificate,
  trusted: readonly Certificate[],
  others: readonly Certificate[],
  at: number,
): boolean {
  let left = MOST_SIGNATURES;
  /** @param below how many authorities lie between `of` and the certificate that signed */
  const leads = (of: Certificate, below: number): boolean => {
    if (at < of.from || at > of.until) return false;
    if (trusted.some((each) => equal(each.bytes, of.bytes))) return true;
    if (below > LONGEST || !of.strong) return false;
    const certifies = (issuer: Certificate): boolean =>
      mayCertify(issuer, of, at, below) && left-- > 0 && isSignedBy(of, issuer);
    return trusted.some(certifies) || others.some((issuer) => certifies(issuer) && leads(issuer, below + 1));
  };
  return leads(certificate, 0);
}

const mayCertify = (issuer: Certificate, { issuer: name }: Certificate, at: number, below: number): boolean =>
  equal(issuer.subject, name) &&
  !issuer.unknown &&
  issuer.authority !== undefined &&
  issuer.authority.below >= below &&
  issuer.usage?.certifies !== false &&
  (issuer.purposes === undefined || issuer.purposes.list.includes(TIME_STAMPING)) &&
  at >= issuer.from &&
  at <= issuer.until;

function isSignedBy({ bytes }: Certificate, { key }: Certificate): boolean {
  try {
    return new X509Certificate(bytes).verify(key);
  } catch {
    return false;
  }
}

/** Whether a CMS signer identifier (RFC 5652 §5.3) is of this certificate. */
export function isIdentifiedBy({ issuer, serial, keyIdentifier }: Certificate, identifier: Value): boolean {
  if (identifier.tag === 0x80) return keyIdentifier !== undefined && equal(keyIdentifier, identifier.content);
  if (identifier.tag !== TAG.sequence) throw new Malformed();
  const both = new Reader(identifier.content);
  const [name, number] = [both.next(TAG.sequence).bytes, integer(both.next(TAG.integer))];
  both.end();
  return number === serial && equal(name, issuer);
}
