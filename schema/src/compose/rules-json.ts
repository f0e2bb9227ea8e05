import type { Rules } from '../rules/read.ts';
import type { Rule } from '../rules/rule.ts';

/**
 * The file of `--rules`: each coordinate's own merged rule, sorted, with only the keys that ask for something. Written
 * member by member, because a field may be called `__proto__`.
 */
export function rulesJson(rules: Rules): string {
  const sorted = [...rules.types, ...rules.fields].sort(([a], [b]) => (a < b ? -1 : 1));
  const members = sorted.map(
    ([coordinate, rule]) => `  ${JSON.stringify(coordinate)}: ${JSON.stringify(present(rule))}`,
  );
  return members.length === 0 ? '{}\n' : `{\n${members.join(',\n')}\n}\n`;
}

const present = ({ authenticated, scopes, policies }: Rule) => ({
  ...(authenticated && { authenticated }),
  ...(scopes.length > 0 && { scopes }),
  ...(policies.length > 0 && { policies }),
});
