/**
 * One decision that tokens are worth nothing any more. Tokens, clients and subjects are known by (issuer, value) only.
 * Times are milliseconds since the epoch.
 */
export type Revocation = TokenRevocation | HolderRevocation;

/** One token, and every token that was exchanged for it. */
export interface TokenRevocation {
  readonly kind: 'token';
  readonly issuer: string;
  readonly value: string;
  /** When the last token that this can concern has expired, and the entry may be forgotten. */
  readonly until: number;
}

/** Every token that a client or a subject was issued at or before a moment, and what was exchanged for those. */
export interface HolderRevocation {
  readonly kind: 'client' | 'subject';
  readonly issuer: string;
  readonly value: string;
  readonly issuedBefore: number;
  readonly until: number;
}

/** What is known of a token when it is asked whether it was revoked. */
export interface TokenIdentity {
  readonly issuer: string;
  readonly jti: string;
  readonly client: string;
  readonly subject: string;
  /** Milliseconds since the epoch; `iat` has whole seconds. */
  readonly issuedAt: number;
  /** The tokens that this one was exchanged for, however many exchanges ago. */
  readonly ancestors: readonly Omit<TokenIdentity, 'ancestors'>[];
}

export const writeRevocation = (revocation: Revocation): string => JSON.stringify(revocation);

/** @throws TypeError that says which member is wrong: an entry that cannot be read must never pass in silence */
export const readRevocation = (text: string): Revocation => {
  const entry: unknown = parsed(text);
  if (typeof entry !== 'object' || entry === null) throw new TypeError('a revocation is a JSON object');
  const { kind, issuer, value, until, issuedBefore } = entry as Record<string, unknown>;
  if (typeof issuer !== 'string' || issuer === '') throw new TypeError('a revocation names its issuer');
  if (typeof value !== 'string' || value === '') throw new TypeError('a revocation names what is revoked in value');
  if (!isTime(until)) throw new TypeError('a revocation says until when it is kept');
  if (kind === 'token') return { kind, issuer, value, until };
  if (kind !== 'client' && kind !== 'subject') throw new TypeError('a revocation is of a token, a client or a subject');
  if (!isTime(issuedBefore)) throw new TypeError('a revocation of a holder says issuedBefore');
  return { kind, issuer, value, issuedBefore, until };
};

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError('a revocation is a JSON object');
  }
};
