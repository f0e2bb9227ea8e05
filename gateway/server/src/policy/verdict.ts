import type { Guard } from './guards.ts';
import { type Holder, holds } from './self.ts';

/** What a caller lacks for one coordinate. `closed` means that no token opens it. */
export interface Missing {
  readonly closed?: true;
  readonly authenticated?: true;
  /** The alternatives of which one whole set is needed. */
  readonly scopes?: readonly (readonly string[])[];
  readonly policies?: readonly (readonly string[])[];
}

/** Answers of the policy decision point; a name that is absent is denied. */
export type GrantedPolicies = ReadonlySet<string>;

/**
 * What is missing, or undefined when the guard lets this caller through. All three kinds of requirement must hold.
 *
 * @param own whether the coordinate stands on the caller's own object, where self scopes count
 */
export const verdict = (
  guard: Guard,
  principal: Holder,
  policies: GrantedPolicies,
  own = false,
): Missing | undefined => {
  if (guard.closed) return { closed: true };
  const { rule } = guard;
  const authenticated = !rule.authenticated || principal.kind === 'authenticated';
  const scopes = holdsOne(rule.scopes, (scope) => holds(principal, scope, own));
  const granted = holdsOne(rule.policies, (policy) => policies.has(policy));
  if (authenticated && scopes && granted) return undefined;
  return {
    ...(authenticated ? {} : { authenticated: true as const }),
    ...(scopes ? {} : { scopes: rule.scopes }),
    ...(granted ? {} : { policies: rule.policies }),
  };
};

/** OR of ANDs over whole, case-sensitive names (AUTHORIZATION §1.2). No alternatives at all ask for nothing. */
const holdsOne = (alternatives: readonly (readonly string[])[], held: (name: string) => boolean): boolean =>
  alternatives.length === 0 || alternatives.some((names) => names.every(held));
