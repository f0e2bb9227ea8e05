import type { Decision } from './authorize.ts';
import type { GuardSource } from './guards.ts';

/** Whether a decision lets anything out that a rule stands in front of. */
export const holdsGuarded = ({ permitted }: Decision, guards: GuardSource): boolean => {
  for (const { parentType, name } of permitted) {
    const guard = guards.field(parentType, name);
    if (guard.closed) return true;
    const { authenticated, scopes, policies } = guard.rule;
    if (authenticated || scopes.length > 0 || policies.length > 0) return true;
  }
  return false;
};
