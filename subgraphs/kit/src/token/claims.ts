import type { JWTPayload } from 'jose';
import type { Caller } from './caller.ts';
import { TokenRefused } from './reasons.ts';

/** Who a request without an access token is; such a caller has no scopes and no issuer. */
const ANONYMOUS = 'anonymous';

const optionalString = (claims: JWTPayload, name: string): string | undefined => {
  const value = claims[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new TokenRefused('claims');
  return value;
};

/** A scope claim of any other shape than a string grants nothing (AUTHORIZATION §1.2). */
const scopesOf = (claims: JWTPayload): ReadonlySet<string> =>
  new Set(typeof claims.scope === 'string' ? claims.scope.split(' ').filter((scope) => scope !== '') : []);

/** Reads the caller out of a verified token's claims. */
export const callerOf = (claims: JWTPayload): Caller => {
  const optional = {
    issuer: optionalString(claims, 'iss_user'),
    org: optionalString(claims, 'org'),
    purpose: optionalString(claims, 'purpose'),
    legalBasis: optionalString(claims, 'legal_basis'),
    caseId: optionalString(claims, 'case_id'),
    citizen: optionalString(claims, 'citizen'),
  };
  const present = Object.entries(optional).filter(([, value]) => value !== undefined);
  return Object.freeze({
    ...Object.fromEntries(present),
    subject: optionalString(claims, 'sub') ?? ANONYMOUS,
    clientId: optionalString(claims, 'client_id') ?? ANONYMOUS,
    scopes: scopesOf(claims),
  });
};
