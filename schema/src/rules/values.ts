import { type ConstDirectiveNode, type ConstValueNode, Kind } from 'graphql';
import { type Refusal, refusal } from '../admission/refusal.ts';
import { type Alternatives, canonical, NO_RULE, type Rule } from './rule.ts';
import type { Guard } from './specifications.ts';

const AUTHENTICATED: Rule = Object.freeze({ ...NO_RULE, authenticated: true });

/** One applied guard as a rule, or why it cannot be read. `coordinate` is where it stands. */
export function parseGuard(guard: Guard, node: ConstDirectiveNode, coordinate: string): Rule | Refusal {
  if (guard === 'authenticated') return AUTHENTICATED;
  const argument = guard === 'requiresScopes' ? 'scopes' : 'policies';
  const value = node.arguments?.find(({ name }) => name.value === argument)?.value;
  const alternatives = parseAlternatives(value);
  if (alternatives === 'invalid') {
    return refusal(
      'INVALID_REQUIREMENT',
      `@${node.name.value} tại ${coordinate} cần ${argument} dạng [["a", "b"], ["c"]]`,
      `@${node.name.value} on ${coordinate} needs ${argument} in the form [["a", "b"], ["c"]]`,
      { coordinate },
    );
  }
  if (alternatives === 'empty') {
    return refusal(
      'EMPTY_REQUIREMENT',
      `@${node.name.value} tại ${coordinate} có tập rỗng; ghi tên cần có hoặc bỏ chỉ thị`,
      `@${node.name.value} on ${coordinate} has an empty set; name what is required or remove the directive`,
      { coordinate },
    );
  }
  return Object.freeze({ ...NO_RULE, [argument]: alternatives });
}

/**
 * Exactly a list of lists of names. GraphQL would coerce `"a"` and `["a", "b"]` into lists, and readers disagree whether
 * the second means OR or AND, so both are refused. An empty set is read as "anyone" here and "no one" there.
 */
function parseAlternatives(value: ConstValueNode | undefined): Alternatives | 'empty' | 'invalid' {
  if (value?.kind !== Kind.LIST) return 'invalid';
  const alternatives: string[][] = [];
  for (const inner of value.values) {
    if (inner.kind !== Kind.LIST) return 'invalid';
    const names: string[] = [];
    for (const name of inner.values) {
      if (name.kind !== Kind.STRING) return 'invalid';
      names.push(name.value);
    }
    alternatives.push(names);
  }
  const empty = alternatives.length === 0 || alternatives.some((names) => names.length === 0 || names.includes(''));
  return empty ? 'empty' : canonical(alternatives);
}
