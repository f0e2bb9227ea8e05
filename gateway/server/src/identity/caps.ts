import type { IssuerConfig } from '../config/index.ts';
import { Refusal } from './challenge.ts';

type Cap = NonNullable<IssuerConfig['allow']>[number];

/** What a token claims for itself and its issuer may or may not vouch for. */
export interface Vouched {
  readonly org?: string | undefined;
  readonly purpose?: string | undefined;
  readonly scopes: readonly string[];
}

/**
 * Cuts a token's scopes to what its issuer may vouch for. An issuer may have several caps, each a whole of agencies,
 * purposes and scopes: those count that fit the token's agency and purpose, and their scopes add up. One that fits none
 * is refused.
 */
export const vouchedScopes = (
  allow: readonly Cap[] | undefined,
  { org, purpose, scopes }: Vouched,
): readonly string[] => {
  if (allow === undefined) return scopes;
  const fitting = allow.filter((cap) => admits(cap.orgs, org) && admits(cap.purposes, purpose));
  if (fitting.length === 0) throw new Refusal('not_vouched_for');
  return scopes.filter((scope) => fitting.some((cap) => admits(cap.scopes, scope)));
};

/** An absent list caps nothing; a token without the claim claims nothing that could be beyond it. */
const admits = (listed: readonly string[] | undefined, claimed: string | undefined): boolean =>
  listed === undefined || claimed === undefined || listed.includes(claimed);
