import { type Heads, type LedgerReader, openHeads, openReader } from '@lienthong/ledger';
import { encodeHash, type JwsSigner } from '@lienthong/ledger/format';
import type { JSONWebKeySet } from 'jose';
import type { Logger } from 'pino';

import type { SigningKeys } from '../signing/keys.ts';
import type { AuditConfig } from './open.ts';

/** What the gateway tells anybody of its ledger (docs/ledger.md §8): hashes and signatures, nothing of a record. */
export interface LedgerWitness {
  /** The head that was signed last, as a compact JWS; undefined while there is none. */
  head(): Promise<string | undefined>;
  /**
   * That the ledger of one size is the beginning of the ledger of another (RFC 9162 §2.1.4); undefined where it has not
   * been that large.
   */
  consistency(first: number, second: number): Promise<readonly string[] | undefined>;
}

export interface KeptHeads extends LedgerWitness {
  readonly heads: Pick<Heads, 'sign' | 'forked' | 'failing'>;
  close(): Promise<void>;
}

/** Milliseconds for which a head that was read is not read again. */
const KNOWN = 1_000;
/** Sizes between which the last proofs lie: witnesses ask for the same ones. */
const PROOFS = 64;

/** Signs heads on a schedule, by the key that signs answers, and tells of them. */
export const openKeptHeads = (
  { database, origin, heads: { every, file } }: AuditConfig,
  { signing, log, now }: { readonly signing: SigningKeys; readonly log: Logger; readonly now: () => number },
): KeptHeads => {
  const heads = openHeads({
    database,
    origin,
    signer: signerOf(signing),
    keys: keysOf(signing),
    every,
    file,
    log,
    now,
  });
  const reader = openReader({ database, origin, log, now });
  let known: { readonly jws: Promise<string | undefined>; readonly at: number } | undefined;
  const proofs = new Map<string, Promise<readonly string[] | undefined>>();
  return {
    heads,
    head: () => {
      if (known === undefined || now() - known.at > KNOWN) {
        const jws = reader.head();
        known = { jws, at: now() };
        jws.catch(() => {
          known = undefined;
        });
      }
      return known.jws;
    },
    consistency: (first, second) => {
      const key = `${first} ${second}`;
      let proof = proofs.get(key);
      if (!proof) {
        proof = consistencyOf(reader, first, second);
        proofs.set(key, proof);
        proof.then(
          // It may be that large tomorrow.
          (found) => void (found === undefined && proofs.delete(key)),
          () => void proofs.delete(key),
        );
        const [oldest = key] = proofs.keys();
        if (proofs.size > PROOFS) proofs.delete(oldest);
      }
      return proof;
    },
    async close() {
      await Promise.all([heads.close(), reader.close()]);
    },
  };
};

const consistencyOf = async (
  reader: LedgerReader,
  first: number,
  second: number,
): Promise<readonly string[] | undefined> => {
  try {
    return (await reader.consistency(first, second)).map(encodeHash);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

/** Keys change while the gateway runs: each head by the one that signs then. */
const signerOf = (signing: SigningKeys): JwsSigner => ({
  get kid() {
    return signing.current.kid;
  },
  get alg() {
    return signing.current.published.alg;
  },
  sign: (data) => signing.current.sign(data),
});

const keysOf = (signing: SigningKeys): JSONWebKeySet => ({
  get keys() {
    return signing.known().map(({ kty, crv, x, y, kid, alg, exp }) => ({
      ...{ kty, crv, x, kid, alg },
      ...(y && { y }),
      ...(exp !== undefined && { exp }),
    }));
  },
});
