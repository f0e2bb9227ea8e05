import { PublicError } from '../errors.ts';
import { REQUEST_TAG } from '../signing/tags.ts';

/** Why a token was refused: stable words for logs, metrics and `extensions.reason`. docs/errors.md explains each. */
export const TOKEN_FAULTS = [
  'malformed',
  'unknown_issuer',
  'algorithm',
  'signature',
  'type',
  'audience',
  'expired',
  'not_yet_valid',
  'lifetime',
  'claim',
  'not_vouched_for',
  'client_unknown',
  'client_suspended',
  'client_removed',
  'client_expired',
  'not_registered',
  'revoked',
  'unbound_token',
  'binding_method',
  'bound_token_without_proof',
  'dpop_proof',
  'dpop_replayed',
  'dpop_nonce',
  'certificate',
  'unsigned_request',
  'request_signature',
  'request_signature_key',
  'request_signature_age',
  'request_signature_replayed',
  'request_digest',
] as const;

export type TokenFault = (typeof TOKEN_FAULTS)[number];

/** No error of OAuth: the token is as it should be, and another one would not help. */
const UNSIGNED = 'invalid_request_signature';

/** What to sign, told to whoever did not (RFC 9421 §5.1). */
const ACCEPT_SIGNATURE = `request=("@method" "@target-uri" "authorization" "content-digest");created;tag="${REQUEST_TAG}"`;

/** What RFC 9449 §7.1 and §9 call the faults of a proof; every other fault is one of the token. */
const OAUTH_ERROR: Partial<Record<TokenFault, string>> = {
  dpop_proof: 'invalid_dpop_proof',
  dpop_replayed: 'invalid_dpop_proof',
  dpop_nonce: 'use_dpop_nonce',
  unsigned_request: UNSIGNED,
  request_signature: UNSIGNED,
  request_signature_key: UNSIGNED,
  request_signature_age: UNSIGNED,
  request_signature_replayed: UNSIGNED,
  request_digest: UNSIGNED,
};

/** Algorithms of proofs: asymmetric, and those of FAPI 2.0. */
export const PROOF_ALGORITHMS = ['ES256', 'PS256', 'EdDSA'] as const;

/** How a refused caller is told what to bring: RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1. */
export interface ChallengeFacts {
  readonly scheme: 'Bearer' | 'DPoP';
  /** Address of this gateway's metadata. */
  readonly resourceMetadata?: string | undefined;
  /** A nonce to use from now on. */
  readonly nonce?: string | undefined;
}

/**
 * 401 with its challenge. The reason is a word of ours, never a text from the token.
 *
 * @param what the scheme by which the token came, so that the challenge names the one to use
 */
export const refused = (
  reason: TokenFault,
  { scheme, resourceMetadata, nonce }: ChallengeFacts = BEARER,
): PublicError => {
  const parameters = [
    `error="${OAUTH_ERROR[reason] ?? 'invalid_token'}"`,
    `error_description="${reason}"`,
    ...(scheme === 'DPoP' ? [`algs="${PROOF_ALGORITHMS.join(' ')}"`] : []),
    ...(resourceMetadata === undefined ? [] : [`resource_metadata="${resourceMetadata}"`]),
  ];
  return new PublicError('UNAUTHENTICATED', {
    data: { reason },
    headers: {
      'www-authenticate': `${scheme} ${parameters.join(', ')}`,
      ...(nonce === undefined ? {} : { 'dpop-nonce': nonce }),
      ...(OAUTH_ERROR[reason] === UNSIGNED ? { 'accept-signature': ACCEPT_SIGNATURE } : {}),
    },
  });
};

const BEARER: ChallengeFacts = { scheme: 'Bearer' };

/** A fault that is still to be told with the facts of its request. */
export class Refusal extends Error {
  readonly reason: TokenFault;

  constructor(reason: TokenFault) {
    super(reason);
    this.name = 'Refusal';
    this.reason = reason;
  }
}
