import { createHash } from 'node:crypto';

import type { ReplayStore } from '@lienthong/state';
import { type CryptoKey, calculateJwkThumbprint, EmbeddedJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';

import { PROOF_ALGORITHMS, Refusal } from './challenge.ts';
import type { DpopNonces } from './dpop-nonce.ts';

/** No honest proof is longer. */
const MAX_PROOF_LENGTH = 4_096;
/** Milliseconds by which the clocks of two processes may differ. */
const CLOCKS_APART = 60_000;
/** Keys of callers kept ready, so that a key is parsed once and not with every proof. */
const KEYS_KEPT = 2_000;

export interface DpopRules {
  /** Milliseconds that a proof is good for, before and after its `iat`. */
  readonly proofLifetime: number;
  /** Absent where no nonce is demanded. */
  readonly nonces: DpopNonces | undefined;
  readonly replay: ReplayStore;
}

/** The request that a proof has to have been made for. */
export interface ProvenRequest {
  readonly method: string;
  /** Scheme, host and path, without query and fragment. */
  readonly url: string;
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Checks a DPoP proof (RFC 9449 §4.3) for one request.
 *
 * @param proof the one DPoP header
 * @param jkt thumbprint of the key that the token is bound to
 * @throws Refusal; StateUnavailable when it cannot be known whether the proof was used before
 */
export const checkProof = async (
  proof: string,
  jkt: string,
  { method, url, token, now }: ProvenRequest,
  { proofLifetime, nonces, replay }: DpopRules,
): Promise<void> => {
  if (proof.length > MAX_PROOF_LENGTH) throw new Refusal('dpop_proof');
  const { payload, thumbprint } = await verified(proof);
  if (thumbprint !== jkt) throw new Refusal('dpop_proof');
  const { htm, htu, ath, iat, jti, nonce } = payload;
  if (htm !== method || typeof htu !== 'string' || !sameTarget(htu, url)) throw new Refusal('dpop_proof');
  if (ath !== createHash('sha256').update(token).digest('base64url')) throw new Refusal('dpop_proof');
  if (typeof iat !== 'number' || Math.abs(now - iat * 1_000) > proofLifetime) throw new Refusal('dpop_proof');
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) throw new Refusal('dpop_proof');
  if (nonces && (typeof nonce !== 'string' || !nonces.accepts(nonce, now))) throw new Refusal('dpop_nonce');
  // Known by key and id together: two partners may happen to choose the same id.
  const use = createHash('sha256').update(`${jkt} ${jti}`).digest('base64url');
  // Longer than the proof is good for: by the clock of another process it may be good for a while yet.
  const until = iat * 1_000 + proofLifetime + CLOCKS_APART;
  if (!(await replay.firstUse('dpop', use, until))) throw new Refusal('dpop_replayed');
};

const verified = async (proof: string): Promise<{ payload: JWTPayload; thumbprint: string }> => {
  try {
    const { key, thumbprint } = await keyOf(proof);
    const { payload } = await jwtVerify(proof, key, { typ: 'dpop+jwt', algorithms: [...PROOF_ALGORITHMS] });
    return { payload, thumbprint };
  } catch {
    throw new Refusal('dpop_proof');
  }
};

interface ProofKey {
  readonly key: CryptoKey;
  readonly thumbprint: string;
}

/** By the proof's protected header as it was sent, which holds the key and little else. */
const keys = new Map<string, ProofKey>();

const keyOf = async (proof: string): Promise<ProofKey> => {
  const header = proof.slice(0, proof.indexOf('.'));
  const known = keys.get(header);
  if (known) return known;
  const parsed = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { alg?: unknown; jwk?: JWK };
  const { alg, jwk } = parsed;
  if (!PROOF_ALGORITHMS.some((each) => each === alg)) throw new Refusal('dpop_proof');
  // A private key that was sent is no secret any more (RFC 9449 §4.3 step 7).
  if (!jwk || ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].some((member) => Object.hasOwn(jwk, member))) {
    throw new Refusal('dpop_proof');
  }
  const key = { key: await EmbeddedJWK(parsed as never), thumbprint: await calculateJwkThumbprint(jwk) };
  if (keys.size >= KEYS_KEPT) keys.clear();
  keys.set(header, key);
  return key;
};

/** Compared after syntax-based and scheme-based normalisation (RFC 9449 §4.3 step 9), query and fragment left out. */
const sameTarget = (htu: string, url: string): boolean => {
  if (htu === url) return true;
  if (!URL.canParse(htu)) return false;
  const target = new URL(htu);
  if (target.username !== '' || target.password !== '') return false;
  return `${target.origin}${target.pathname}` === url;
};
