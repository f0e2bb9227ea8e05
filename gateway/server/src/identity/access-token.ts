import type { TokenIdentity } from '@lienthong/state';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';

import { PublicError } from '../errors.ts';
import type { Authenticated } from '../policy/principal.ts';
import { scopesOnBasis } from '../policy/self.ts';
import { vouchedScopes } from './caps.ts';
import { Refusal, type TokenFault } from './challenge.ts';
import type { Issuer } from './issuers.ts';

export interface TokenRules {
  readonly audience: string;
  /** Milliseconds. */
  readonly clockTolerance: number;
  /** Milliseconds. */
  readonly maxTokenLifetime: number;
  readonly issuers: ReadonlyMap<string, Issuer>;
}

/** What a token is bound to (RFC 7800 `cnf`): the bearer has to prove that it holds each of them. */
export interface Confirmation {
  /** Thumbprint of the key that signs DPoP proofs (RFC 9449 §6.1). */
  readonly jkt?: string;
  /** SHA-256 thumbprint of the client certificate (RFC 8705 §3.1). */
  readonly x5t?: string;
}

/** A token that is in order by itself; whether its bearer may use it (binding, revocation) is asked for every request. */
export interface VerifiedToken {
  readonly principal: Authenticated;
  readonly confirmation: Confirmation | undefined;
  /** By what a revocation may name it. */
  readonly identity: TokenIdentity;
  readonly issuer: Issuer;
  /** Of the issuer's keys when it was verified. */
  readonly generation: number;
  /** Milliseconds since the epoch until which it is in order, clock tolerance included. */
  readonly validUntil: number;
}

/** No honest token is longer; parsing a huge one is work for an attacker's benefit. */
const MAX_TOKEN_LENGTH = 8_192;

/**
 * Verifies an access token by RFC 9068 and RFC 8725: the issuer is looked up by its exact `iss`, the key comes from that
 * issuer's own set (never from the token's `jwk`, `jku` or `x5u`), the algorithm from that issuer's list.
 *
 * @param now milliseconds since the epoch
 * @throws Refusal; PublicError ISSUER_UNAVAILABLE
 */
export const verifyAccessToken = async (token: string, rules: TokenRules, now: number): Promise<VerifiedToken> => {
  if (token.length > MAX_TOKEN_LENGTH) throw new Refusal('malformed');
  const issuer = rules.issuers.get(issuerOf(token));
  if (!issuer) throw new Refusal('unknown_issuer');
  const { config, keys } = issuer;
  const generation = keys.generation();
  const payload = await jwtVerify(token, keys.key, {
    issuer: config.issuer,
    audience: rules.audience,
    algorithms: [...config.algorithms],
    typ: 'at+jwt',
    clockTolerance: rules.clockTolerance / 1_000,
    requiredClaims: ['sub', config.claims.client, 'iat', 'exp', 'jti'],
    currentDate: new Date(now),
  }).then(
    (result) => result.payload,
    (error: unknown) => {
      throw refusalOf(error);
    },
  );
  checkLifetime(payload, rules, now);
  const principal = principalOf(payload, issuer);
  return {
    principal,
    identity: {
      issuer: config.issuer,
      jti: principal.jti,
      client: principal.clientId,
      subject: principal.subject,
      issuedAt: (payload.iat ?? 0) * 1_000,
      ancestors: ancestorsOf(payload.ancestors, config.issuer),
    },
    confirmation: confirmationOf(payload.cnf),
    issuer,
    // A first fetch changes the set; what it was before is then no reason to verify again.
    generation: generation === 0 ? keys.generation() : generation,
    validUntil: (payload.exp ?? 0) * 1_000 + rules.clockTolerance,
  };
};

const issuerOf = (token: string): string => {
  try {
    const { iss } = decodeJwt(token);
    if (typeof iss === 'string') return iss;
  } catch {
    // Not a JWT: refused below like one without an issuer.
  }
  throw new Refusal('malformed');
};

const checkLifetime = ({ iat, exp }: JWTPayload, rules: TokenRules, now: number): void => {
  if (iat === undefined || exp === undefined) throw new Refusal('claim');
  if (iat * 1_000 > now + rules.clockTolerance) throw new Refusal('not_yet_valid');
  if ((exp - iat) * 1_000 > rules.maxTokenLifetime) throw new Refusal('lifetime');
};

const principalOf = (payload: JWTPayload, { config }: Issuer): Authenticated => {
  const { claims } = config;
  const org = word(payload, claims.org);
  const purpose = word(payload, claims.purpose);
  const legalBasis = word(payload, claims.legalBasis);
  const claimed = scopesOf(payload[config.scopeClaim], config.scopeFormat);
  const vouched = vouchedScopes(config.allow, { org, purpose, scopes: claimed });
  return {
    kind: 'authenticated',
    issuer: config.issuer,
    subject: required(payload, 'sub'),
    clientId: required(payload, claims.client),
    jti: required(payload, 'jti'),
    expiresAt: payload.exp ?? 0,
    scopes: new Set(scopesOnBasis(vouched, legalBasis)),
    ...optional({ org, purpose, legalBasis }),
    ...optional({ caseId: word(payload, claims.caseId), citizen: word(payload, claims.citizen) }),
    claims: payload,
  };
};

/** One whole token each, case-sensitive. A claim of any other shape than the configured one grants nothing. */
const scopesOf = (claim: unknown, format: 'string' | 'array'): string[] => {
  if (format === 'string') return typeof claim === 'string' ? claim.split(' ').filter((scope) => scope !== '') : [];
  return Array.isArray(claim) && claim.every((scope) => typeof scope === 'string') ? claim : [];
};

/**
 * The tokens that this one was exchanged for (RFC 8693), nearest first: revoking one of them revokes this one. A claim
 * of any other shape is a broken token: passed over, it would outlive its revocation.
 */
const ancestorsOf = (claim: unknown, issuer: string): TokenIdentity['ancestors'] => {
  if (claim === undefined) return [];
  if (!Array.isArray(claim) || claim.length > 16) throw new Refusal('claim');
  return claim.map((ancestor: unknown) => {
    if (typeof ancestor !== 'object' || ancestor === null) throw new Refusal('claim');
    const { jti, client_id: client, sub, iat } = ancestor as Record<string, unknown>;
    if (typeof jti !== 'string' || typeof client !== 'string' || typeof sub !== 'string' || typeof iat !== 'number') {
      throw new Refusal('claim');
    }
    return { issuer, jti, client, subject: sub, issuedAt: iat * 1_000 };
  });
};

/** Members that are not understood are passed over (RFC 7800 §3.1), but not all of them: that token is bound to something. */
const confirmationOf = (cnf: unknown): Confirmation | undefined => {
  if (cnf === undefined) return undefined;
  if (typeof cnf !== 'object' || cnf === null) throw new Refusal('claim');
  const { jkt, 'x5t#S256': x5t } = cnf as Record<string, unknown>;
  for (const thumbprint of [jkt, x5t]) {
    if (thumbprint !== undefined && (typeof thumbprint !== 'string' || thumbprint === '')) throw new Refusal('claim');
  }
  if (jkt === undefined && x5t === undefined) throw new Refusal('binding_method');
  return optional({ jkt: jkt as string | undefined, x5t: x5t as string | undefined });
};

const required = (payload: JWTPayload, claim: string): string => {
  const value = word(payload, claim);
  if (value === undefined) throw new Refusal('claim');
  return value;
};

/** A claim that is a non-empty string; of any other shape it is a broken token, not a missing claim. */
const word = (payload: JWTPayload, claim: string): string | undefined => {
  const value = Object.hasOwn(payload, claim) ? payload[claim] : undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > 512) throw new Refusal('claim');
  return value;
};

const optional = <T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };

/** A key set that cannot be fetched is no fault of the token: 503, so that an honest caller tries again. */
const refusalOf = (error: unknown): Error => {
  const fault = faultOf(error);
  return fault ? new Refusal(fault) : new PublicError('ISSUER_UNAVAILABLE', { headers: { 'retry-after': '5' } });
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
