import type { Principal } from '@lienthong/server/testing';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

import type { Token } from './model.ts';

/** The two trusted issuers of the tables: by the form in which they write scopes. */
export const ISSUERS = { string: 'https://issuer.example', array: 'https://lists.example' } as const;

const SUBJECT = { sub: 'client', client_id: 'client' };

/** Makes the tokens of the tables. */
export interface Issuer {
  readonly jwks: { readonly keys: readonly JWK[] };
  /** The value of the Authorization header; undefined for a caller without a token. */
  authorization(token: Token): Promise<string | undefined>;
}

export const createIssuer = async (): Promise<Issuer> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
  return {
    jwks: { keys: [jwk] },
    async authorization(token) {
      if (token.kind === 'anonymous') return undefined;
      const signed = await new SignJWT({ ...SUBJECT, ...token.claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k' })
        .setIssuer(ISSUERS[token.issuer])
        .setAudience('urn:gateway')
        .setIssuedAt()
        .setExpirationTime('10m')
        .setJti('jti')
        .sign(privateKey);
      return `Bearer ${signed}`;
    },
  };
};

/**
 * Who a token speaks for, read off the tables and not by the product's own code: scopes are words of a text, or members of
 * a list where the issuer writes lists; anything else grants nothing.
 */
export const principalOf = (token: Token): Principal => {
  if (token.kind === 'anonymous') return { kind: 'anonymous', scopes: new Set() };
  const { claims, issuer } = token;
  const { scope } = claims;
  const words = issuer === 'string' ? (typeof scope === 'string' ? scope.split(' ') : []) : scope;
  const scopes = Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : [];
  const named = { org: 'org', purpose: 'purpose', legalBasis: 'legal_basis', caseId: 'case_id', citizen: 'citizen' };
  return {
    kind: 'authenticated',
    issuer: ISSUERS[issuer],
    subject: SUBJECT.sub,
    clientId: SUBJECT.client_id,
    jti: 'jti',
    expiresAt: 4_102_444_800,
    scopes: new Set(scopes.filter((word) => word !== '')),
    claims,
    ...Object.fromEntries(
      Object.entries(named).flatMap(([member, claim]) => (claim in claims ? [[member, claims[claim]]] : [])),
    ),
  };
};
