import type { RevocationList } from '@lienthong/state';
import { createLocalJWKSet, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { gatewayResource } from '../grants/decide.ts';
import type { Actor } from '../grants/mint.ts';

/** What names a token, in the words of its claims. */
export interface TokenName {
  readonly jti: string;
  readonly client_id: string;
  readonly sub: string;
  /** Seconds since the epoch. */
  readonly iat: number;
}

/** An access token of this issuer, verified. */
export interface OwnToken {
  readonly name: TokenName;
  /** Seconds since the epoch. */
  readonly expires: number;
  readonly scopes: readonly string[];
  readonly purpose?: string;
  readonly caseId?: string;
  readonly citizen?: string;
  readonly bound: boolean;
  readonly act?: Actor;
  /** The tokens that it was exchanged for, the nearest first. */
  readonly ancestors: readonly TokenName[];
  readonly payload: JWTPayload;
}

/** Reads a token that this issuer signed; undefined for anything else, expired or revoked tokens included. */
export type ReadOwnToken = (token: string) => Promise<OwnToken | undefined>;

/** No token of ours is longer. */
const maxLength = 8_192;

export function ownTokens(issuer: string, keys: readonly JWK[], revocations: RevocationList | undefined): ReadOwnToken {
  const publicKeys = createLocalJWKSet({
    keys: keys.map(({ kty, crv, x, y, kid }) => ({ kty, crv, x, y, kid, alg: 'ES256' }) as JWK),
  });
  return async (token) => {
    if (token.length > maxLength) return undefined;
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, publicKeys, {
        issuer,
        audience: gatewayResource,
        typ: 'at+jwt',
        algorithms: ['ES256'],
        requiredClaims: ['sub', 'client_id', 'jti', 'iat', 'exp'],
      }));
    } catch {
      return undefined;
    }
    const own = ownToken(payload);
    const [identity, ...ancestors] = [own.name, ...own.ancestors].map((name) => identityOf(issuer, name));
    const revoked = identity && revocations?.has({ ...identity, ancestors });
    return revoked ? undefined : own;
  };
}

const identityOf = (issuer: string, { jti, client_id: client, sub: subject, iat }: TokenName) => ({
  issuer,
  jti,
  client,
  subject,
  issuedAt: iat * 1_000,
});

/** The claims are ours, signed by us: their shapes are known. */
function ownToken(payload: JWTPayload): OwnToken {
  const { purpose, case_id: caseId, citizen, scope, act } = payload as Record<string, string | undefined> & JWTPayload;
  return {
    name: {
      jti: String(payload.jti),
      client_id: String(payload.client_id),
      sub: String(payload.sub),
      iat: Number(payload.iat),
    },
    expires: Number(payload.exp),
    scopes: scope ? scope.split(' ') : [],
    bound: payload.cnf !== undefined,
    ancestors: Array.isArray(payload.ancestors) ? (payload.ancestors as TokenName[]) : [],
    payload,
    ...(purpose === undefined ? {} : { purpose }),
    ...(caseId === undefined ? {} : { caseId }),
    ...(citizen === undefined ? {} : { citizen }),
    ...(act === undefined ? {} : { act: act as unknown as Actor }),
  };
}
