/** Who asks, as far as a verified token says. Nothing here comes from the request itself. */
export type Principal = Anonymous | Authenticated;

/** A request without a token. A request with a bad one is refused, never anonymous. */
export interface Anonymous {
  readonly kind: 'anonymous';
  readonly scopes: ReadonlySet<string>;
}

/** The bearer of a verified access token (RFC 9068). Client, subject and jti are known by (issuer, value) only. */
export interface Authenticated {
  readonly kind: 'authenticated';
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  readonly scopes: ReadonlySet<string>;
  readonly org?: string;
  readonly purpose?: string;
  readonly legalBasis?: string;
  readonly caseId?: string;
  /** The person's own federated key, set at login. */
  readonly citizen?: string;
  /** Every claim of the token, for the policy decision point alone. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export const anonymous: Anonymous = { kind: 'anonymous', scopes: new Set() };
