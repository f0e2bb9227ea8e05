import { createHash, randomUUID } from 'node:crypto';

import { SignJWT } from 'jose';

import type { Principal } from '../policy/principal.ts';
import { holdsSomewhere } from '../policy/self.ts';
import type { GatewayKey } from './keys.ts';

/** Seconds. Long enough for a slow department to begin, short enough that a stolen one is worthless. */
const LIFETIME = 30;

export interface Hop {
  readonly department: string;
  readonly requestId: string;
  readonly body: string;
  /** Scopes named in rules on coordinates that this department resolves: it learns of no others. */
  readonly departmentScopes: ReadonlySet<string>;
}

/**
 * The token with which the gateway vouches for a caller towards one department, for one request body
 * (`binding: body`). Never the client's own token, and never valid for longer than it.
 *
 * @param now seconds since the epoch
 */
export const signInternalToken = (key: GatewayKey, principal: Principal, hop: Hop, now: number): Promise<string> => {
  const caller =
    principal.kind === 'authenticated'
      ? {
          iss_user: principal.issuer,
          sub: principal.subject,
          client_id: principal.clientId,
          act: { sub: 'urn:gateway', act: { sub: principal.clientId } },
          org: principal.org,
          purpose: principal.purpose,
          legal_basis: principal.legalBasis,
          case_id: principal.caseId,
          citizen: principal.citizen,
        }
      : { act: { sub: 'urn:gateway' } };
  const expires = principal.kind === 'authenticated' ? Math.min(now + LIFETIME, principal.expiresAt) : now + LIFETIME;
  return new SignJWT({
    ...caller,
    scope: [...principal.scopes]
      .filter((scope) => hop.departmentScopes.has(scope) && holdsSomewhere(principal, scope))
      .join(' '),
    req: hop.requestId,
    bh: createHash('sha256').update(hop.body).digest('base64url'),
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'gw-internal+jwt', kid: key.kid })
    .setIssuer('urn:gateway')
    .setAudience(`urn:subgraph:${hop.department}`)
    .setIssuedAt(now)
    .setExpirationTime(expires)
    .setJti(randomUUID())
    .sign(key.privateKey);
};
