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
 * purposes and scopes: those count that fit the token's agency and purpose, and their scopes add up. A token that fits none
 * is refused. One that leaves out what a cap lists fits that cap only where it fits no other: of all caps together it would
 * have the scopes that no token has which says for whom and what for.
 */
export const vouchedScopes = (
  allow: readonly Cap[] | undefined,
  { org, purpose, scopes }: Vouched,
): readonly string[] => {
  if (allow === undefined) return scopes;
  const fit = (unclaimed: boolean) =>
    allow.filter((cap) => admits(cap.orgs, org, unclaimed) && admits(cap.purposes, purpose, unclaimed));
  const possible = fit(true);
  const fitting = possible.length === 1 ? possible : fit(false);
  if (fitting.length === 0) throw new Refusal('not_vouched_for');
  return scopes.filter((scope) => fitting.some((cap) => admits(cap.scopes, scope, false)));
};

/** @param unclaimed what a list makes of a token without the claim; an absent list caps nothing */
const admits = (listed: readonly string[] | undefined, claimed: string | undefined, unclaimed: boolean): boolean =>
  listed === undefined || (claimed === undefined ? unclaimed : listed.includes(claimed));
