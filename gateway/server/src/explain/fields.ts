import type { Rule } from '@lienthong/schema/rules';

import { isIncluded, type PreparedOperation, type Selection } from '../operation/model.ts';
import { type Decision, listLevels } from '../policy/authorize.ts';
import { purposeOf } from '../policy/decision-point.ts';
import type { Guard, GuardSource } from '../policy/guards.ts';
import type { Principal } from '../policy/principal.ts';
import { holds, ownAfter } from '../policy/self.ts';
import { type GrantedPolicies, type Missing, verdict } from '../policy/verdict.ts';

/** One place of an operation: what it asks for and what this caller lacks. */
export interface FieldExplanation {
  /** `Type.field`, or `Type` where a fragment on it is denied. */
  readonly coordinate: string;
  /** As in `affectedPath` of an error. */
  readonly path: string;
  /** Whether this caller gets it; false also below something that is denied. */
  readonly permitted: boolean;
  /** The merged rule of the coordinate, its parent and what it returns; absent where no token opens it. */
  readonly required?: Rule;
  /** What this caller would have to hold besides; absent where the rule is met. */
  readonly missing?: Missing;
  /**
   * Scopes among the missing that the token does hold and that do not count here: self scopes off the caller's own object
   * or of somebody who is no citizen, other scopes of a citizen. Absent where there are none.
   */
  readonly notHere?: readonly string[];
  /** The purposes of which any one would meet the policies; the scopes are needed besides. */
  readonly purposes: readonly string[];
}

export interface ExplainedFields {
  readonly operation: PreparedOperation;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly principal: Principal;
  readonly policies: GrantedPolicies;
  readonly guards: GuardSource;
  readonly decision: Decision;
  /** What `__schema` and `__type` ask for. */
  readonly introspection: Guard;
}

/**
 * Every field that an operation includes, with its rule. Unlike a decision it goes on below what is denied, so that a
 * developer learns everything there is to ask for at once.
 */
export const explainFields = (given: ExplainedFields): FieldExplanation[] => {
  const { operation, variables, principal, policies, guards, decision, introspection } = given;
  const found = new Map<string, FieldExplanation>();

  const add = (coordinate: string, path: string, guard: Guard, permitted: boolean, own: boolean) => {
    const missing = lacking(
      verdict(guard, principal, policies, own),
      (scope) => holds(principal, scope, own),
      policies,
    );
    const notHere = [...new Set(missing?.scopes?.flat())].filter((scope) => principal.scopes.has(scope));
    const key = `${path} ${coordinate}`;
    if (found.has(key)) return;
    found.set(key, {
      coordinate,
      path,
      permitted,
      ...(guard.closed ? {} : { required: guard.rule }),
      ...(missing ? { missing } : {}),
      ...(notHere.length > 0 ? { notHere } : {}),
      purposes: guard.closed || !missing?.policies ? [] : purposesFor(guard.rule, policies),
    });
  };

  const walk = (selections: readonly Selection[], path: string, outer: boolean): void => {
    for (const selection of selections) {
      if (!isIncluded(selection.conditions, variables)) continue;
      if (selection.kind === 'fragment') {
        const { name } = selection.type;
        if (decision.deniedFragments.has(selection)) {
          add(name, `${path === '' ? '' : `${path}.`}(${name})`, guards.type(selection.type), false, outer);
        }
        walk(selection.selections, path, outer);
        continue;
      }
      const here = path === '' ? selection.responseKey : `${path}.${selection.responseKey}`;
      const coordinate = `${selection.parentType.name}.${selection.name}`;
      if (selection.name === '__schema' || selection.name === '__type') {
        add(coordinate, here, introspection, verdict(introspection, principal, policies) === undefined, false);
        continue;
      }
      const { parentType, name: field } = selection;
      const own = ownAfter(guards.step(parentType, field), outer);
      add(coordinate, here, guards.field(parentType, field), decision.permitted.has(selection), own);
      walk(selection.selections, `${here}${listLevels(selection.type)}`, own);
    }
  };
  walk(operation.selections, '', false);
  return [...found.values()];
};

/** A denial names whole alternatives; what is of use to a developer is the part that is not held yet. */
const lacking = (
  missing: Missing | undefined,
  held: (scope: string) => boolean,
  policies: GrantedPolicies,
): Missing | undefined =>
  missing && {
    ...missing,
    ...(missing.scopes ? { scopes: without(missing.scopes, held) } : {}),
    ...(missing.policies ? { policies: without(missing.policies, (name) => policies.has(name)) } : {}),
  };

const without = (alternatives: readonly (readonly string[])[], held: (name: string) => boolean): string[][] =>
  alternatives.map((names) => names.filter((name) => !held(name)));

/** A token has one purpose: an alternative that names two is opened by none. */
const purposesFor = ({ policies }: Rule, granted: GrantedPolicies): string[] =>
  policies.flatMap((names) => {
    const purposes = names.flatMap((name) => purposeOf(name) ?? []);
    const others = names.filter((name) => purposeOf(name) === undefined);
    return purposes.length === 1 && others.every((name) => granted.has(name)) ? purposes : [];
  });
