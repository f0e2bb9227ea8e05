import { createHash, timingSafeEqual } from 'node:crypto';
import { decodeProtectedHeader, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Caller } from './caller.ts';
import type { Channel } from './channel.ts';
import { type ChannelMemory, createChannelMemory } from './channel-memory.ts';
import { callerOf } from './claims.ts';
import { signedClaims } from './jws.ts';
import { TokenRefused } from './reasons.ts';
import type { ReplayMemory } from './replay.ts';

/** What a valid token proves: that the gateway asks for a caller, or that the deployer asks for himself. */
export type Admission =
  | { readonly kind: 'caller'; readonly caller: Caller; readonly requestId: string }
  | { readonly kind: 'deployer'; readonly requestId: string };

/** A request as it was received, as far as it matters to who sent it. */
export interface Received {
  readonly authorization: string | undefined;
  /** `x-request-id`: what a token of `binding: channel` leaves out. */
  readonly requestId: string | undefined;
  readonly body: Buffer;
  readonly channel: Channel;
}

export interface TokenVerifier {
  /** Throws TokenRefused or TokenUndecided. A token that is known already is judged without a promise. */
  readonly verify: (received: Received) => Admission | Promise<Admission>;
}

/** `body`: a token for each request, bound to its bytes. `channel`: those, and tokens that are bound to the connection. */
export type TokenBinding = 'body' | 'channel';

export interface VerifierParts {
  readonly department: string;
  readonly keys: JWTVerifyGetKey;
  /** Absent: nobody may ask this department to describe itself. */
  readonly deployerKeys?: JWTVerifyGetKey | undefined;
  readonly binding: TokenBinding;
  readonly replay: ReplayMemory;
  readonly now: () => Date;
}

const GATEWAY = 'urn:gateway';
const INTERNAL = 'gw-internal+jwt';
const DEPLOY = 'department-deploy+jwt';
const DEPLOY_SCOPE = 'department:deploy';
const MAX_LIFETIME_SECONDS = 60;
/** A token of the channel serves many requests until it ends, so it ends sooner. */
const MAX_CHANNEL_LIFETIME_SECONDS = 30;
/** What the gateway allows an access token by default; less here would refuse the hop of a token that it accepts. */
const CLOCK_TOLERANCE_SECONDS = 10;
/** Ids longer than this are not ours, and would only fill the replay memory. */
const MAX_ID_CHARACTERS = 128;

const id = (value: unknown): string => {
  if (typeof value !== 'string' || value === '' || value.length > MAX_ID_CHARACTERS) throw new TokenRefused('claims');
  return value;
};

/** Unsigned, unlike the claim `req`: only what may stand in a log as it is. */
const headerId = (value: string | undefined): string => {
  if (value === undefined || !/^[\x21-\x7e]{1,128}$/.test(value)) throw new TokenRefused('claims');
  return value;
};

/** Returns `exp`. @param longest seconds from `iat` to `exp` */
const checkTimes = ({ iat, exp, nbf }: JWTPayload, now: number, longest: number): number => {
  if (typeof iat !== 'number' || typeof exp !== 'number') throw new TokenRefused('claims');
  if (nbf !== undefined && typeof nbf !== 'number') throw new TokenRefused('claims');
  if (Math.max(iat, nbf ?? iat) > now + CLOCK_TOLERANCE_SECONDS) throw new TokenRefused('not_yet_valid');
  if (exp <= now - CLOCK_TOLERANCE_SECONDS) throw new TokenRefused('expired');
  if (exp - iat > longest) throw new TokenRefused('lifetime');
  return exp;
};

/** `bh` binds the token to these bytes: a token taken from one request cannot carry another. */
const checkBody = (bh: unknown, body: Buffer) => {
  const actual = createHash('sha256').update(body).digest();
  const claimed = Buffer.from(typeof bh === 'string' ? bh : '', 'base64url');
  if (claimed.length !== actual.length || !timingSafeEqual(claimed, actual)) throw new TokenRefused('body');
};

/**
 * A token without a body hash may be sent by whoever reads it, so it counts only where nobody else can: on a connection
 * whose client certificate it names, or, unencrypted, from this machine.
 */
const checkChannel = (certificate: string | undefined, channel: Channel) => {
  const proven = channel.encrypted
    ? certificate !== undefined && certificate === channel.certificate
    : certificate === undefined && channel.loopback;
  if (!proven) throw new TokenRefused('channel');
};

const certificateIn = ({ cnf }: JWTPayload): string | undefined => {
  if (cnf === undefined) return undefined;
  const thumbprint = typeof cnf === 'object' && cnf !== null ? Reflect.get(cnf, 'x5t#S256') : undefined;
  // A binding of another kind is one that we would not check.
  if (typeof thumbprint !== 'string') throw new TokenRefused('channel');
  return thumbprint;
};

const bearer = (authorization: string | undefined): string => {
  if (authorization === undefined || authorization === '') throw new TokenRefused('missing');
  const [, token] = /^Bearer ([A-Za-z0-9._-]+)$/i.exec(authorization) ?? [];
  if (token === undefined) throw new TokenRefused('malformed');
  return token;
};

const isDeploy = (token: string): boolean => {
  try {
    return decodeProtectedHeader(token).typ === DEPLOY;
  } catch (error) {
    throw new TokenRefused('malformed', error);
  }
};

const BOUND_TO_BODY = ['req', 'jti', 'bh'] as const;
const isBoundToBody = (claims: JWTPayload): boolean => BOUND_TO_BODY.some((name) => claims[name] !== undefined);

/** Verifies the gateway's internal token (DESIGN §4) for one department, and its deployer's. */
export const createTokenVerifier = (parts: VerifierParts): TokenVerifier => {
  const { department, keys, deployerKeys, binding, replay, now } = parts;
  const audience = `urn:subgraph:${department}`;
  const channelTokens: ChannelMemory = createChannelMemory();

  const claimsOf = async (token: string, typ: string, from: JWTVerifyGetKey): Promise<JWTPayload> => {
    const claims = await signedClaims(token, typ, from);
    // One text, not a list that holds it: a token for several departments is one too many.
    if (claims.aud !== audience) throw new TokenRefused('audience');
    return claims;
  };

  /** Last of all checks, so that a token refused for another reason is not used up. */
  const useOnce = async (jti: string, exp: number, seconds: number) => {
    if (await replay.firstUse(jti, exp + CLOCK_TOLERANCE_SECONDS, seconds)) return;
    throw new TokenRefused('replayed');
  };

  const admitDeployer = async (token: string, from: JWTVerifyGetKey, { body }: Received): Promise<Admission> => {
    const seconds = now().getTime() / 1000;
    const claims = await claimsOf(token, DEPLOY, from);
    const exp = checkTimes(claims, seconds, MAX_LIFETIME_SECONDS);
    checkBody(claims.bh, body);
    const scopes = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
    if (!scopes.includes(DEPLOY_SCOPE)) throw new TokenRefused('scope');
    const jti = id(claims.jti);
    await useOnce(jti, exp, seconds);
    return { kind: 'deployer', requestId: jti };
  };

  const admit = async (token: string, received: Received): Promise<Admission> => {
    const seconds = now().getTime() / 1000;
    const claims = await claimsOf(token, INTERNAL, keys);
    if (claims.iss !== undefined && claims.iss !== GATEWAY) throw new TokenRefused('issuer');

    if (binding === 'channel' && !isBoundToBody(claims)) {
      const exp = checkTimes(claims, seconds, MAX_CHANNEL_LIFETIME_SECONDS);
      const certificate = certificateIn(claims);
      checkChannel(certificate, received.channel);
      const caller = callerOf(claims);
      const requestId = headerId(received.requestId);
      channelTokens.keep(received.authorization ?? '', { caller, certificate, until: exp + CLOCK_TOLERANCE_SECONDS });
      return { kind: 'caller', caller, requestId };
    }

    const exp = checkTimes(claims, seconds, MAX_LIFETIME_SECONDS);
    const jti = id(claims.jti);
    const admission: Admission = { kind: 'caller', caller: callerOf(claims), requestId: id(claims.req) };
    if (claims.bh === undefined) throw new TokenRefused('claims');
    checkBody(claims.bh, received.body);
    await useOnce(jti, exp, seconds);
    return admission;
  };

  return {
    verify(received) {
      if (binding === 'channel' && received.authorization !== undefined) {
        const known = channelTokens.find(received.authorization, now().getTime() / 1000);
        if (known) {
          checkChannel(known.certificate, received.channel);
          return { kind: 'caller', caller: known.caller, requestId: headerId(received.requestId) };
        }
      }
      const token = bearer(received.authorization);
      return deployerKeys && isDeploy(token) ? admitDeployer(token, deployerKeys, received) : admit(token, received);
    },
  };
};
