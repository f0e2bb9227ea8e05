import { hash as digest } from 'node:crypto';
import { equal } from '../bytes.ts';
import { hashOf } from './algorithms.ts';
import { type Certificate, isForTimeStamps, isTrusted } from './certificate.ts';
import { boolean, context, count, integer, Malformed, oid, only, primitive, Reader, TAG, time } from './der.ts';
import { readSignedData, signerOf } from './signed-data.ts';

/** Why a time stamp proves nothing: the first step that failed. */
export const TIME_STAMP_FAULTS = [
  /** Not the DER of a time stamp token. */
  'FORM',
  /** It is of something else. */
  'IMPRINT',
  /** It answers another request. */
  'NONCE',
  'POLICY',
  /** Hash or signature by an algorithm that does not count any more. */
  'ALGORITHM',
  /** Altered, or not by the key that it names. */
  'SIGNATURE',
  /** The certificate is missing, another one, or not for time stamps alone. */
  'CERTIFICATE',
  /** No path leads from it to a certificate that is trusted, or one on it was not valid then. */
  'CHAIN',
] as const;
export type TimeStampFault = (typeof TIME_STAMP_FAULTS)[number];

export type TimeStampVerdict =
  | {
      readonly ok: true;
      /** When what is stamped was there, ISO 8601 in UTC. */
      readonly time: string;
      readonly policy: string;
      /** In hex; the authority gives each number once. */
      readonly serial: string;
    }
  | { readonly ok: false; readonly fault: TimeStampFault };

export interface TimeStampOptions {
  /** Certificates of authorities, or of the time stamp authority itself. */
  readonly trusted: readonly Certificate[];
  /** The policy under which it has to be made; absent: any. */
  readonly policy?: string | undefined;
  /** In hex, as it was sent; absent: nobody asked just now. */
  readonly nonce?: string | undefined;
}

/**
 * Whether a token (RFC 3161, DER) shows that these bytes were there at its time. Of the authority's certificates none is
 * asked whether it was revoked.
 */
export function verifyTimeStamp(
  token: Uint8Array,
  message: Uint8Array,
  { trusted, policy, nonce }: TimeStampOptions,
): TimeStampVerdict {
  const wrong = (fault: TimeStampFault): TimeStampVerdict => ({ ok: false, fault });
  try {
    const signed = readSignedData(token);
    const info = readInfo(signed.content);
    const hash = hashOf(info.imprint.algorithm);
    if (hash === undefined) return wrong('ALGORITHM');
    if (!equal(digest(hash, message, 'buffer'), info.imprint.digest)) return wrong('IMPRINT');
    if (nonce !== undefined && info.nonce !== nonce) return wrong('NONCE');
    if (policy !== undefined && info.policy !== policy) return wrong('POLICY');
    const signer = signerOf(signed, trusted);
    if (typeof signer === 'string') return wrong(signer);
    if (!isForTimeStamps(signer)) return wrong('CERTIFICATE');
    if (!isTrusted(signer, trusted, signed.certificates, info.time)) return wrong('CHAIN');
    return { ok: true, time: new Date(info.time).toISOString(), policy: info.policy, serial: info.serial };
  } catch (error) {
    if (error instanceof Malformed) return wrong('FORM');
    throw error;
  }
}

/** TSTInfo, RFC 3161 §2.4.2. */
function readInfo(bytes: Uint8Array) {
  const info = new Reader(only(bytes, TAG.sequence).content);
  if (count(info.next(TAG.integer)) !== 1) throw new Malformed();
  const policy = oid(info.next(TAG.oid));
  const imprint = info.inside(TAG.sequence);
  const [algorithm, hashed] = [imprint.next(TAG.sequence), imprint.next(TAG.octetString).content];
  imprint.end();
  const serial = integer(info.next(TAG.integer));
  const made = time(info.next(TAG.generalizedTime));
  const accuracy = info.optional(TAG.sequence);
  if (accuracy !== undefined) readAccuracy(accuracy.content);
  const ordering = info.optional(TAG.boolean);
  if (ordering !== undefined) boolean(ordering);
  const nonce = info.optional(TAG.integer);
  // Who it is says the certificate.
  info.optional(context(0));
  const extensions = info.optional(context(1));
  info.end();
  for (const { content } of extensions === undefined ? [] : new Reader(extensions.content).rest(TAG.sequence)) {
    const extension = new Reader(content);
    extension.next(TAG.oid);
    const critical = extension.optional(TAG.boolean);
    // Whatever it is, it is not understood here.
    if (critical !== undefined && boolean(critical)) throw new Malformed();
  }
  return { policy, imprint: { algorithm, digest: hashed }, serial, time: made, nonce: nonce && integer(nonce) };
}

function readAccuracy(content: Uint8Array): void {
  const accuracy = new Reader(content);
  for (const tag of [TAG.integer, primitive(0), primitive(1)]) accuracy.optional(tag);
  accuracy.end();
}

/** What an authority answers (RFC 3161 §2.4.2): a token, or the number of the status by which it gives none. */
export function readTimeStampResponse(bytes: Uint8Array): { readonly token: Uint8Array } | { readonly status: number } {
  try {
    const response = new Reader(only(bytes, TAG.sequence).content);
    const status = count(response.inside(TAG.sequence).next(TAG.integer));
    const token = response.optional(TAG.sequence);
    response.end();
    // 0 granted, 1 granted with changes, which the token itself then shows.
    if (status > 1) return { status };
    return token === undefined ? { status: MALFORMED } : { token: token.bytes };
  } catch (error) {
    if (error instanceof Malformed) return { status: MALFORMED };
    throw error;
  }
}

/** In place of a status: no answer of RFC 3161. */
export const MALFORMED = -1;
