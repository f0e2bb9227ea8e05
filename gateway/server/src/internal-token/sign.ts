import { createHash, KeyObject, randomUUID, sign as signBytes } from 'node:crypto';

import type { JWTPayload } from 'jose';

import type { Principal } from '../policy/principal.ts';
import { holdsSomewhere } from '../policy/self.ts';
import { type GatewayKey, INTERNAL_TOKEN } from './keys.ts';

/** Seconds. Long enough for a slow department to begin, short enough that a stolen one is worthless. */
const LIFETIME = 30;

export interface Hop {
  readonly department: string;
  readonly requestId: string;
  readonly body: string | Uint8Array;
  /** Scopes named in rules on coordinates that this department resolves: it learns of no others. */
  readonly departmentScopes: ReadonlySet<string>;
}

/** What a token of `binding: channel` is for: every request of one principal to one department, over one kind of channel. */
export interface Channel {
  readonly department: string;
  readonly departmentScopes: ReadonlySet<string>;
  /** `x5t#S256` of the gateway's client certificate; undefined: plain HTTP on this machine. */
  readonly certificate: string | undefined;
}

/** What is vouched for: who asks, for whom, why, and with which of his scopes. */
export const callerClaims = (principal: Principal, departmentScopes: ReadonlySet<string>): JWTPayload => {
  const scope = [...principal.scopes]
    .filter((name) => departmentScopes.has(name) && holdsSomewhere(principal, name))
    .join(' ');
  if (principal.kind === 'anonymous') return { act: { sub: 'urn:gateway' }, scope };
  return {
    iss_user: principal.issuer,
    sub: principal.subject,
    client_id: principal.clientId,
    act: { sub: 'urn:gateway', act: { sub: principal.clientId } },
    org: principal.org,
    purpose: principal.purpose,
    legal_basis: principal.legalBasis,
    case_id: principal.caseId,
    citizen: principal.citizen,
    scope,
  };
};

/** Seconds since the epoch; never later than the end of the caller's own token. */
const expiryOf = (principal: Principal, now: number): number =>
  principal.kind === 'authenticated' ? Math.min(now + LIFETIME, principal.expiresAt) : now + LIFETIME;

/** Converted once: signing takes half the time that the Web Cryptography API needs for it, and no turn of another thread. */
const keyObjects = new WeakMap<GatewayKey, KeyObject>();
const keyObjectOf = (key: GatewayKey): KeyObject => {
  let object = keyObjects.get(key);
  if (!object) {
    object = KeyObject.from(key.privateKey);
    keyObjects.set(key, object);
  }
  return object;
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** JWS compact serialization with ES256 (RFC 7515 §7.1, RFC 7518 §3.4): R and S, not DER. Undefined claims are left out. */
const sign = async (key: GatewayKey, department: string, claims: JWTPayload, exp: number, iat: number) => {
  const header = encode({ alg: 'ES256', typ: INTERNAL_TOKEN, kid: key.kid });
  const payload = encode({ ...claims, iss: 'urn:gateway', aud: `urn:subgraph:${department}`, iat, exp });
  const input = `${header}.${payload}`;
  const signer = { key: keyObjectOf(key), dsaEncoding: 'ieee-p1363' } as const;
  return `${input}.${signBytes('sha256', Buffer.from(input), signer).toString('base64url')}`;
};

/**
 * The token with which the gateway vouches for a caller towards one department, for one request body
 * (`binding: body`). Never the client's own token, and never valid for longer than it.
 *
 * @param now seconds since the epoch
 */
export const signInternalToken = (key: GatewayKey, principal: Principal, hop: Hop, now: number): Promise<string> => {
  const claims = {
    ...callerClaims(principal, hop.departmentScopes),
    req: hop.requestId,
    bh: createHash('sha256').update(hop.body).digest('base64url'),
    jti: randomUUID(),
  };
  return sign(key, hop.department, claims, expiryOf(principal, now), now);
};

/**
 * The token of `binding: channel`: the same without request, id and body, so that it may serve again. What it lacks, the
 * channel gives: only this machine, or the holder of the named certificate, can send it.
 */
export const signChannelToken = (
  key: GatewayKey,
  principal: Principal,
  channel: Channel,
  now: number,
): Promise<string> => {
  const { department, departmentScopes, certificate } = channel;
  const bound = certificate === undefined ? {} : { cnf: { 'x5t#S256': certificate } };
  const claims = { ...callerClaims(principal, departmentScopes), ...bound };
  return sign(key, department, claims, expiryOf(principal, now), now);
};
