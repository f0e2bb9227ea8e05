import { type GraphQLOutputType, isListType, isNonNullType } from 'graphql';

import {
  type FieldSelection,
  type FragmentSelection,
  isIncluded,
  type PreparedOperation,
  type Selection,
} from '../operation/model.ts';
import type { GuardSource } from './guards.ts';
import type { Principal } from './principal.ts';
import { type Holder, ownAfter } from './self.ts';
import { type GrantedPolicies, type Missing, verdict } from './verdict.ts';

/** One place of the operation that this caller may not have. */
export interface Denial {
  /** Response keys joined by dots, `@` for a list level, `(T)` where a whole fragment on T is denied. */
  readonly affectedPath: string;
  /** `Type.field`, or `Type` where a fragment is denied. */
  readonly coordinate: string;
  readonly missing: Missing;
}

/**
 * What leaves, and what does not, of one operation for one caller and these variables.
 *
 * `permitted` holds every field that the caller may have; `asked` those of them that departments are asked for. The two
 * differ by parents whose selections were all denied: they are permitted, yet there is nothing to ask.
 */
export interface Decision {
  readonly permitted: ReadonlySet<FieldSelection>;
  readonly asked: ReadonlySet<FieldSelection>;
  /** Fragments on a type that is denied as a whole. */
  readonly deniedFragments: ReadonlySet<FragmentSelection>;
  readonly denials: readonly Denial[];
}

export interface Question {
  readonly operation: PreparedOperation;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly principal: Principal | Holder;
  readonly policies: GrantedPolicies;
  readonly guards: GuardSource;
}

/**
 * Judges an operation field by field (AUTHORIZATION §2). A pure function: rules bind to coordinates, never to response
 * keys, skipped selections are neither judged nor reported, and each selection is judged by itself even where two share
 * a response key. Self scopes count while the selection stands on the caller's own object (§1.10).
 */
export const authorize = ({ operation, variables, principal, policies, guards }: Question): Decision => {
  const permitted = new Set<FieldSelection>();
  const asked = new Set<FieldSelection>();
  const deniedFragments = new Set<FragmentSelection>();
  /** By path and coordinate: what is selected twice in one place is told once. */
  const denials = new Map<string, Denial>();

  const deny = (affectedPath: string, coordinate: string, missing: Missing) => {
    denials.set(`${affectedPath} ${coordinate}`, { affectedPath, coordinate, missing });
    return { asked: false, denied: true };
  };

  /** What became of a list of selections: was anything asked for, was anything denied. */
  const judge = (selections: readonly Selection[], path: string, own: boolean): { asked: boolean; denied: boolean } => {
    let anyAsked = false;
    let anyDenied = false;
    for (const selection of selections) {
      if (!isIncluded(selection.conditions, variables)) continue;
      const inner = selection.kind === 'field' ? judgeField(selection, path, own) : judgeFragment(selection, path, own);
      anyAsked ||= inner.asked;
      anyDenied ||= inner.denied;
    }
    return { asked: anyAsked, denied: anyDenied };
  };

  const judgeField = (field: FieldSelection, path: string, outer: boolean) => {
    const here = path === '' ? field.responseKey : `${path}.${field.responseKey}`;
    const own = ownAfter(guards.step(field.parentType, field.name), outer);
    const missing = verdict(guards.field(field.parentType, field.name), principal, policies, own);
    if (missing) return deny(here, `${field.parentType.name}.${field.name}`, missing);
    permitted.add(field);
    if (field.leaf) {
      asked.add(field);
      return { asked: true, denied: false };
    }
    const inner = judge(field.selections, `${here}${listLevels(field.type)}`, own);
    // Left empty by denials: not fetched. Left empty by @skip alone: the caller still learns whether the object is there.
    const ask = inner.asked || !inner.denied;
    if (ask) asked.add(field);
    return { asked: ask, denied: inner.denied };
  };

  const judgeFragment = (fragment: FragmentSelection, path: string, own: boolean) => {
    const missing = verdict(guards.type(fragment.type), principal, policies, own);
    if (!missing) return judge(fragment.selections, path, own);
    deniedFragments.add(fragment);
    return deny(`${path === '' ? '' : `${path}.`}(${fragment.type.name})`, fragment.type.name, missing);
  };

  judge(operation.selections, '', false);
  return { permitted, asked, deniedFragments, denials: [...denials.values()] };
};

/** The policies that the operation's included selections name: what the decision point is asked, and nothing else. */
export const policiesNeeded = (
  operation: PreparedOperation,
  variables: ReadonlyMap<string, unknown>,
  guards: GuardSource,
): ReadonlySet<string> => {
  const names = new Set<string>();
  const walk = (selections: readonly Selection[]) => {
    for (const selection of selections) {
      if (!isIncluded(selection.conditions, variables)) continue;
      const guard =
        selection.kind === 'field' ? guards.field(selection.parentType, selection.name) : guards.type(selection.type);
      if (!guard.closed) for (const alternative of guard.rule.policies) for (const name of alternative) names.add(name);
      walk(selection.selections);
    }
  };
  walk(operation.selections);
  return names;
};

/** What a list adds to an affected path. */
export const listLevels = (type: GraphQLOutputType): string => {
  if (isNonNullType(type)) return listLevels(type.ofType);
  return isListType(type) ? `.@${listLevels(type.ofType)}` : '';
};
