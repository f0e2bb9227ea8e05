import type { Principal } from '../policy/principal.ts';
import type { GatewayKey } from './keys.ts';
import { callerClaims, signChannelToken, signInternalToken } from './sign.ts';

/** Makes, or finds, the token for one call to one department; nobody has to wait for one that is there. */
export type TokenSigner = (
  principal: Principal,
  requestId: string,
  body: string | Uint8Array,
) => Promise<string> | string;

export interface SignerParts {
  readonly key: GatewayKey;
  readonly department: { readonly name: string; readonly scopes: ReadonlySet<string> };
  readonly binding: 'body' | 'channel';
  /** `x5t#S256` of the client certificate that the department's connections present. */
  readonly certificate: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** All by which one department can tell callers apart: every claim of the token for it, and the end of the caller's own. */
export type CallerIdentity = (principal: Principal) => string;

/**
 * Principals are compared by value, and each is written out once: an authenticated caller is the same object from request
 * to request while its token is known.
 */
export const callerIdentity = (departmentScopes: ReadonlySet<string>): CallerIdentity => {
  const identities = new WeakMap<Principal, string>();
  return (principal) => {
    let identity = identities.get(principal);
    if (identity === undefined) {
      const ends = principal.kind === 'authenticated' ? principal.expiresAt : null;
      identity = JSON.stringify([ends, callerClaims(principal, departmentScopes)]);
      identities.set(principal, identity);
    }
    return identity;
  };
};

/** Seconds for which a token of the channel is used: it lives a little longer, for what is under way. */
const REUSE = 25;

/** Tokens kept for one department: callers beyond it are signed for anew. About 1 KiB each. */
const KEPT = 10_000;

/** Tokens for one department of one supergraph version: its scopes are that version's. */
export const tokenSigner = (parts: SignerParts): TokenSigner =>
  parts.binding === 'channel' ? channelSigner(parts) : bodySigner(parts);

const bodySigner =
  ({ key, department, now }: SignerParts): TokenSigner =>
  (principal, requestId, body) => {
    const hop = { department: department.name, departmentScopes: department.scopes, requestId, body };
    return signInternalToken(key, principal, hop, Math.floor(now() / 1_000));
  };

interface Kept {
  token: Promise<string> | string;
  /** Seconds since the epoch. */
  readonly until: number;
}

/** One token serves whoever is equal in every claim and in the end of his own token. */
const channelSigner = ({ key, department, certificate, now }: SignerParts): TokenSigner => {
  const channel = { department: department.name, departmentScopes: department.scopes, certificate };
  const identityOf = callerIdentity(department.scopes);
  const kept = new Map<string, Kept>();

  /** Those that have ended are the oldest; so are those that must make room. */
  const makeRoom = (seconds: number) => {
    for (const [identity, { until }] of kept) {
      if (until > seconds && kept.size < KEPT) return;
      kept.delete(identity);
    }
  };

  return (principal) => {
    const seconds = Math.floor(now() / 1_000);
    const identity = identityOf(principal);
    const known = kept.get(identity);
    if (known && known.until > seconds) return known.token;
    const token = signChannelToken(key, principal, channel, seconds);
    // Taken out first, so that the order of the map stays that of age.
    kept.delete(identity);
    makeRoom(seconds);
    const entry: Kept = { token, until: seconds + REUSE };
    kept.set(identity, entry);
    token.then(
      (signed) => {
        entry.token = signed;
      },
      () => kept.delete(identity),
    );
    return token;
  };
};
