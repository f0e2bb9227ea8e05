import { createHash, timingSafeEqual } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Caller } from './caller.ts';
import { callerOf } from './claims.ts';
import { TokenRefused, TokenUndecided } from './reasons.ts';
import type { ReplayMemory } from './replay.ts';

/** What a valid internal token proves. */
export interface Admission {
  readonly caller: Caller;
  readonly requestId: string;
}

export interface TokenVerifier {
  /** Checks the `authorization` header against the body as it was received; throws TokenRefused or TokenUndecided. */
  readonly verify: (authorization: string | undefined, body: Buffer) => Promise<Admission>;
}

const GATEWAY = 'urn:gateway';
const MAX_LIFETIME_SECONDS = 60;
/** What the gateway allows an access token by default; less here would refuse the hop of a token that it accepts. */
const CLOCK_TOLERANCE_SECONDS = 10;
/** Ids longer than this are not ours, and would only fill the replay memory. */
const MAX_ID_CHARACTERS = 128;

const REFUSALS: Readonly<Record<string, TokenRefused['reason']>> = {
  typ: 'type',
  aud: 'audience',
  iss: 'issuer',
  nbf: 'not_yet_valid',
};

const refusalOf = (error: unknown): TokenRefused | TokenUndecided => {
  if (error instanceof errors.JWTExpired) return new TokenRefused('expired', error);
  if (error instanceof errors.JWTClaimValidationFailed)
    return new TokenRefused(REFUSALS[error.claim] ?? 'claims', error);
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return new TokenRefused('algorithm', error);
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return new TokenRefused('key', error);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return new TokenRefused('signature', error);
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) {
    return new TokenRefused('malformed', error);
  }
  // What is left comes from fetching or reading the key set, not from the token.
  return new TokenUndecided('keys_unavailable', error);
};

const id = (value: unknown): string => {
  if (typeof value !== 'string' || value === '' || value.length > MAX_ID_CHARACTERS) throw new TokenRefused('claims');
  return value;
};

const checkLifetime = ({ iat, exp }: JWTPayload, now: number): number => {
  if (typeof iat !== 'number' || typeof exp !== 'number') throw new TokenRefused('claims');
  if (iat > now + CLOCK_TOLERANCE_SECONDS) throw new TokenRefused('not_yet_valid');
  if (exp - iat > MAX_LIFETIME_SECONDS) throw new TokenRefused('lifetime');
  return exp;
};

/** `bh` binds the token to these bytes: a token taken from one request cannot carry another. */
const checkBody = (bh: unknown, body: Buffer) => {
  const actual = createHash('sha256').update(body).digest();
  const claimed = Buffer.from(typeof bh === 'string' ? bh : '', 'base64url');
  if (claimed.length !== actual.length || !timingSafeEqual(claimed, actual)) throw new TokenRefused('body');
};

const bearer = (authorization: string | undefined): string => {
  if (authorization === undefined || authorization === '') throw new TokenRefused('missing');
  const [, token] = /^Bearer ([A-Za-z0-9._-]+)$/i.exec(authorization) ?? [];
  if (token === undefined) throw new TokenRefused('malformed');
  return token;
};

/** Verifies the gateway's internal token (DESIGN §4) for one department. */
export const createTokenVerifier = ({
  department,
  keys,
  replay,
  now,
}: {
  readonly department: string;
  readonly keys: JWTVerifyGetKey;
  readonly replay: ReplayMemory;
  readonly now: () => Date;
}): TokenVerifier => {
  const audience = `urn:subgraph:${department}`;

  const claimsOf = async (token: string, currentDate: Date): Promise<JWTPayload> => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        // Only what we issue: `none` and the HMAC algorithms must not even be considered (RFC 8725 §3.1).
        algorithms: ['ES256'],
        typ: 'gw-internal+jwt',
        audience,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'iat', 'jti', 'req', 'bh'],
        currentDate,
      });
      return payload;
    } catch (error) {
      throw refusalOf(error);
    }
  };

  return {
    async verify(authorization, body) {
      const token = bearer(authorization);
      const currentDate = now();
      const seconds = currentDate.getTime() / 1000;
      const claims = await claimsOf(token, currentDate);
      // jose accepts a list that contains the audience; a token for several departments is one too many.
      if (claims.aud !== audience) throw new TokenRefused('audience');
      if (claims.iss !== undefined && claims.iss !== GATEWAY) throw new TokenRefused('issuer');
      const exp = checkLifetime(claims, seconds);
      checkBody(claims.bh, body);
      const admission = { caller: callerOf(claims), requestId: id(claims.req) };
      // Last of all, so that a token refused for another reason is not used up.
      if (!replay.firstUse(id(claims.jti), exp + CLOCK_TOLERANCE_SECONDS, seconds)) throw new TokenRefused('replayed');
      return admission;
    },
  };
};
