import type { Guard } from './guards.ts';
import type { Principal } from './principal.ts';

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

/** All of a principal that a rule looks at. */
export type Holder = Pick<Principal, 'kind' | 'scopes'>;

/** What is missing, or undefined when the guard lets this caller through. All three kinds of requirement must hold. */
export const verdict = (guard: Guard, principal: Holder, policies: GrantedPolicies): Missing | undefined => {
  if (guard.closed) return { closed: true };
  const { rule } = guard;
  const authenticated = !rule.authenticated || principal.kind === 'authenticated';
  const scopes = holdsOne(rule.scopes, principal.scopes);
  const granted = holdsOne(rule.policies, policies);
  if (authenticated && scopes && granted) return undefined;
  return {
    ...(authenticated ? {} : { authenticated: true as const }),
    ...(scopes ? {} : { scopes: rule.scopes }),
    ...(granted ? {} : { policies: rule.policies }),
  };
};

/** OR of ANDs over whole, case-sensitive names (AUTHORIZATION §1.2). No alternatives at all ask for nothing. */
const holdsOne = (alternatives: readonly (readonly string[])[], held: ReadonlySet<string>): boolean =>
  alternatives.length === 0 || alternatives.some((names) => names.every((name) => held.has(name)));
