import { hash } from 'node:crypto';

import type { ReplayStore } from '@lienthong/state';
import { StateUnavailable } from '@lienthong/state';
import { isSignatureError, verifySignature } from 'http-message-sig';
import type { JWK } from 'jose';

import type { ReceivedRequest } from '../context.ts';
import { Refusal } from '../identity/challenge.ts';
import { holdsDigest } from './digest-field.ts';
import { type PresentedSignature, presentedSignature } from './presented-signature.ts';
import { type RequestVerifier, verifierOf } from './request-verifier.ts';

/** What a signature has to cover (RFC 9421 §2); of a request with content, its digest as well. */
const COVERED = ['@method', '@target-uri', 'authorization'];
const PARAMETERS = ['created', 'keyid', 'nonce', 'tag'];
/** Seconds for which a signature is good. */
const LIFETIME = 60;
/** Seconds by which the caller's clock may differ. */
const CLOCK = 10;
/** No honest nonce is longer. */
const MAX_NONCE = 256;

/** Of the client that a request comes from, as far as it is registered. */
export interface SigningClient {
  readonly client: string;
  readonly keys: readonly JWK[];
  /** Requests without a signature are refused. */
  readonly only: boolean;
}

export interface SignedRequestRules {
  readonly replay: ReplayStore;
  /** Scheme, host and port by which callers know the gateway. */
  readonly publicOrigin: () => string;
}

/**
 * Checks the signature with which a client vouches for one request (RFC 9421), where there is one or has to be one. A bad
 * one is refused, never taken for none; one that is not tagged as ours was made for somebody else on the way.
 *
 * @param client undefined: the caller is anonymous, or not in the registry
 * @param now milliseconds since the epoch
 * @returns whether it could be made sure that the signature is used for the first time
 * @throws Refusal
 */
export const checkSignedRequest = async (
  request: ReceivedRequest,
  client: SigningClient | undefined,
  { replay, publicOrigin }: SignedRequestRules,
  now: number,
): Promise<boolean> => {
  const presented = presentedSignature(request);
  if (presented === undefined) {
    if (client?.only) throw new Refusal('unsigned_request');
    return true;
  }
  const { created, keyid, nonce } = presented;
  const verifier = client && verifierOf(client.keys, keyid);
  if (!verifier) throw new Refusal('request_signature_key');
  const age = now / 1_000 - created;
  if (age > LIFETIME + CLOCK || age < -CLOCK) throw new Refusal('request_signature_age');
  if (nonce === '' || nonce.length > MAX_NONCE) throw new Refusal('request_signature');
  await verified(request, `${publicOrigin()}${request.path}${request.search}`, presented, verifier, now);
  if (hasContent(request) && !holdsDigest(request.headers['content-digest'], request.body)) {
    throw new Refusal('request_digest');
  }
  try {
    const until = (created + LIFETIME + 2 * CLOCK) * 1_000;
    const use = hash('sha256', JSON.stringify([client.client, keyid, nonce]), 'base64url');
    if (await replay.firstUse('signature', use, until)) return true;
  } catch (error) {
    // The last thing that is asked of a signature: all else about it is in order.
    if (error instanceof StateUnavailable) return false;
    throw error;
  }
  throw new Refusal('request_signature_replayed');
};

const hasContent = (request: ReceivedRequest): request is ReceivedRequest & { readonly body: Buffer } =>
  request.body !== undefined && request.body.length > 0;

const verified = async (
  request: ReceivedRequest,
  targetUri: string,
  { label, fields }: PresentedSignature,
  verifier: RequestVerifier,
  now: number,
): Promise<void> => {
  try {
    await verifySignature(
      { kind: 'request', method: request.method, targetUri, fields },
      {
        label,
        policy: {
          algorithms: [verifier.algorithm],
          requiredComponents: hasContent(request) ? [...COVERED, 'content-digest'] : COVERED,
          requiredParameters: PARAMETERS,
          maxAge: LIFETIME,
          clockSkew: CLOCK,
          now: now / 1_000,
        },
        resolveVerifier: () => verifier,
      },
    );
  } catch (error) {
    if (isSignatureError(error)) throw new Refusal('request_signature');
    throw error;
  }
};
