import type { Decision } from './authorize.ts';
import { type GuardSource, isGuarded } from './guards.ts';

/** Whether a decision lets anything out that a rule stands in front of. */
export const holdsGuarded = ({ permitted }: Decision, guards: GuardSource): boolean => {
  for (const { parentType, name } of permitted) if (isGuarded(guards.field(parentType, name))) return true;
  return false;
};
