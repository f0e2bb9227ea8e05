import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';

import { PublicError } from '../errors.ts';
import type { Authenticated } from '../policy/principal.ts';
import type { Issuer } from './issuers.ts';

/** Why a token was refused: stable words for logs, metrics and `extensions.reason`. */
export type TokenFault =
  | 'malformed'
  | 'unknown_issuer'
  | 'algorithm'
  | 'signature'
  | 'type'
  | 'audience'
  | 'expired'
  | 'not_yet_valid'
  | 'lifetime'
  | 'claim'
  | 'not_vouched_for'
  | 'bound_token_without_proof';

export interface TokenRules {
  readonly audience: string;
  /** Milliseconds. */
  readonly clockTolerance: number;
  /** Milliseconds. */
  readonly maxTokenLifetime: number;
  readonly issuers: ReadonlyMap<string, Issuer>;
}

/** No honest token is longer; parsing a huge one is work for an attacker's benefit. */
const MAX_TOKEN_LENGTH = 8_192;

/**
 * Verifies an access token by RFC 9068 and RFC 8725: the issuer is looked up by its exact `iss`, the key comes from that
 * issuer's own set (never from the token's `jwk`, `jku` or `x5u`), the algorithm from that issuer's list.
 *
 * @param now milliseconds since the epoch
 * @throws PublicError UNAUTHENTICATED with `reason`
 */
export const verifyAccessToken = async (token: string, rules: TokenRules, now: number): Promise<Authenticated> => {
  if (token.length > MAX_TOKEN_LENGTH) throw refused('malformed');
  const issuer = rules.issuers.get(issuerOf(token));
  if (!issuer) throw refused('unknown_issuer');
  const { config } = issuer;
  const payload = await jwtVerify(token, issuer.keys, {
    issuer: config.issuer,
    audience: rules.audience,
    algorithms: [...config.algorithms],
    typ: 'at+jwt',
    clockTolerance: rules.clockTolerance / 1_000,
    requiredClaims: ['sub', 'client_id', 'iat', 'exp', 'jti'],
    currentDate: new Date(now),
  }).then(
    (result) => result.payload,
    (error: unknown) => {
      throw refusalOf(error);
    },
  );
  checkLifetime(payload, rules, now);
  // A token bound to a key (RFC 9449, RFC 8705) is worth nothing without the proof, and this version takes no proofs.
  if (payload.cnf !== undefined) throw refused('bound_token_without_proof');
  return principalOf(payload, issuer);
};

const issuerOf = (token: string): string => {
  try {
    const { iss } = decodeJwt(token);
    if (typeof iss === 'string') return iss;
  } catch {
    // Not a JWT: refused below like one without an issuer.
  }
  throw refused('malformed');
};

const checkLifetime = ({ iat, exp }: JWTPayload, rules: TokenRules, now: number): void => {
  if (iat === undefined || exp === undefined) throw refused('claim');
  if (iat * 1_000 > now + rules.clockTolerance) throw refused('not_yet_valid');
  if ((exp - iat) * 1_000 > rules.maxTokenLifetime) throw refused('lifetime');
};

const principalOf = (payload: JWTPayload, { config }: Issuer): Authenticated => {
  const { allow } = config;
  const org = word(payload, 'org');
  const purpose = word(payload, 'purpose');
  if (org !== undefined && allow?.orgs && !allow.orgs.includes(org)) throw refused('not_vouched_for');
  if (purpose !== undefined && allow?.purposes && !allow.purposes.includes(purpose)) throw refused('not_vouched_for');
  const scopes = scopesOf(payload[config.scopeClaim], config.scopeFormat);
  return {
    kind: 'authenticated',
    issuer: config.issuer,
    subject: required(payload, 'sub'),
    clientId: required(payload, 'client_id'),
    jti: required(payload, 'jti'),
    expiresAt: payload.exp ?? 0,
    scopes: new Set(allow?.scopes ? scopes.filter((scope) => allow.scopes?.includes(scope)) : scopes),
    ...optional({ org, purpose, legalBasis: word(payload, 'legal_basis') }),
    ...optional({ caseId: word(payload, 'case_id'), citizen: word(payload, 'citizen') }),
    claims: payload,
  };
};

/** One whole token each, case-sensitive. A claim of any other shape than the configured one grants nothing. */
const scopesOf = (claim: unknown, format: 'string' | 'array'): string[] => {
  if (format === 'string') return typeof claim === 'string' ? claim.split(' ').filter((scope) => scope !== '') : [];
  return Array.isArray(claim) && claim.every((scope) => typeof scope === 'string') ? claim : [];
};

const required = (payload: JWTPayload, claim: string): string => {
  const value = word(payload, claim);
  if (value === undefined) throw refused('claim');
  return value;
};

/** A claim that is a non-empty string; of any other shape it is a broken token, not a missing claim. */
const word = (payload: JWTPayload, claim: string): string | undefined => {
  const value = payload[claim];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > 512) throw refused('claim');
  return value;
};

const optional = <T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };

/** A key set that cannot be fetched is no fault of the token: 503, so that an honest caller tries again. */
const refusalOf = (error: unknown): PublicError => {
  const fault = faultOf(error);
  return fault ? refused(fault) : new PublicError('ISSUER_UNAVAILABLE', { headers: { 'retry-after': '5' } });
};

const faultOf = (error: unknown): TokenFault | undefined => {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'audience';
    if (error.claim === 'typ') return 'type';
    if (error.claim === 'nbf' || error.claim === 'iat') return 'not_yet_valid';
    return 'claim';
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'algorithm';
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return 'signature';
  }
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'signature';
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return 'malformed';
  return undefined;
};

/** 401 with the challenge of RFC 6750 §3. The reason is a word of ours, never a text from the token. */
export const refused = (reason: TokenFault): PublicError =>
  new PublicError('UNAUTHENTICATED', {
    data: { reason },
    headers: { 'www-authenticate': `Bearer error="invalid_token", error_description="${reason}"` },
  });
