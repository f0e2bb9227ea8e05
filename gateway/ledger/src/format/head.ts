import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { type JwsSigner, signJws } from './jws.ts';
import { decodeHash, encodeHash, type Hash } from './sha256.ts';

/** What a head says: so many records, over which the tree has this root. */
export interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** ISO 8601, UTC, milliseconds: when it was signed. */
  readonly time: string;
}

/** A head and its proof. */
export interface SignedHead extends Head {
  readonly jws: string;
}

const HEAD = 'lienthong-head+jwt';
const RETENTION = 'lienthong-retention+jwt';

export const signHead = async (head: Head, signer: JwsSigner): Promise<SignedHead> => {
  const { origin, size, root, time } = head;
  return { ...head, jws: await signJws(signer, HEAD, { origin, size, root: encodeHash(root), time }) };
};

/** Signs what a RETENTION record says; bound to its id, so that it cannot stand in another record. */
export const signRetention = (
  retention: { origin: string; id: string; from: number; to: number; before: string },
  signer: JwsSigner,
): Promise<string> => {
  const { origin, id, from, to, before } = retention;
  return signJws(signer, RETENTION, { origin, id, from, to, before });
};

/** Reads a head of this ledger; undefined unless one of the keys signed it, before that key's end (`exp`) if it has one. */
export const verifyHead = async (jws: string, origin: string, keys: JSONWebKeySet): Promise<SignedHead | undefined> => {
  try {
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(keys), {
      algorithms: ['ES256', 'EdDSA'],
    });
    const head = parseHead(Buffer.from(payload).toString());
    if (head?.origin !== origin || typeOf(jws) !== HEAD) return undefined;
    return Date.parse(head.time) / 1_000 <= endOf(protectedHeader.kid, keys) ? { ...head, jws } : undefined;
  } catch {
    return undefined;
  }
};

/** Seconds since the epoch after which a key signs nothing any more. */
const endOf = (kid: string | undefined, { keys }: JSONWebKeySet): number => {
  const key: object = keys.find((each) => each.kid === kid) ?? {};
  return 'exp' in key && typeof key.exp === 'number' ? key.exp : Number.POSITIVE_INFINITY;
};

/** A signature of another kind must not pass for a head. */
const typeOf = (jws: string): unknown => {
  const header: { typ?: unknown } = JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString());
  return header.typ;
};

const parseHead = (text: string): Head | undefined => {
  const { origin, size, root, time }: { [member: string]: unknown } = JSON.parse(text);
  const hash = typeof root === 'string' ? decodeHash(root) : undefined;
  if (hash === undefined || typeof origin !== 'string' || typeof time !== 'string') return undefined;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 1) return undefined;
  return { origin, size, root: hash, time };
};
