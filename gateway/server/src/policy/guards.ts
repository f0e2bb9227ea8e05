import { effectiveRule, isUnguarded, NO_RULE, type Rule, type Rules } from '@lienthong/schema/rules';
import { type GraphQLCompositeType, type GraphQLSchema, isIntrospectionType } from 'graphql';

import { SelfSteps, type Step } from './self.ts';

/** What stands in front of one coordinate: a rule to be met, or nothing that could ever open it. */
export type Guard = { readonly closed: false; readonly rule: Rule } | { readonly closed: true };

const CLOSED: Guard = { closed: true };

/** What the judge asks of a schema's guards. */
export interface GuardSource {
  /** The guard of a field selected on a position of this static type; `__typename` included. */
  field(parentType: GraphQLCompositeType, name: string): Guard;
  /** The guard of a fragment on this type. */
  type(type: GraphQLCompositeType): Guard;
  /** Whether a field selected on this static type enters the caller's own object, leaves it or neither. */
  step(parentType: GraphQLCompositeType, name: string): Step;
}

/** Whether anything stands in front of a coordinate. */
export const isGuarded = (guard: Guard): boolean =>
  guard.closed || guard.rule.authenticated || guard.rule.scopes.length > 0 || guard.rule.policies.length > 0;

const OPEN: Guard = { closed: false, rule: NO_RULE };

/** Nothing is guarded: for mode `report` alone. */
export const noGuards: GuardSource = { field: () => OPEN, type: () => OPEN, step: () => 'stays' };

/**
 * The guards of one supergraph version, by coordinate, each computed once.
 *
 * `unguarded: refuse` closes a field that has no rule on itself, its parent or its return type and is not tagged public: a
 * forgotten guard must not be a hole (AUTHORIZATION §1.3).
 */
export class Guards implements GuardSource {
  readonly #rules: Rules;
  readonly #schema: GraphQLSchema;
  readonly #closeUnguarded: boolean;
  /** By type object, then name: no coordinate is put together on the way of a request. */
  readonly #fields = new Map<GraphQLCompositeType, Map<string, Guard>>();
  readonly #types = new Map<GraphQLCompositeType, Guard>();
  readonly #steps: SelfSteps;

  constructor(rules: Rules, schema: GraphQLSchema, unguarded: 'allow' | 'refuse') {
    this.#rules = rules;
    this.#schema = schema;
    this.#closeUnguarded = unguarded === 'refuse';
    this.#steps = new SelfSteps(schema);
  }

  field(parentType: GraphQLCompositeType, name: string): Guard {
    let guards = this.#fields.get(parentType);
    if (!guards) {
      guards = new Map();
      this.#fields.set(parentType, guards);
    }
    let guard = guards.get(name);
    if (!guard) {
      guard = this.#guardOf(parentType, name);
      guards.set(name, guard);
    }
    return guard;
  }

  /** A fragment on an abstract type is entered freely (AUTHORIZATION §1.5). */
  type(type: GraphQLCompositeType): Guard {
    let guard = this.#types.get(type);
    if (!guard) {
      guard = { closed: false, rule: effectiveRule(this.#rules, this.#schema, type.name, '__typename') };
      this.#types.set(type, guard);
    }
    return guard;
  }

  step(parentType: GraphQLCompositeType, name: string): Step {
    return this.#steps.of(parentType, name);
  }

  #guardOf(parentType: GraphQLCompositeType, name: string): Guard {
    // Inside an introspection answer; whether there is one at all is decided once, for the whole of it.
    if (isIntrospectionType(parentType)) return OPEN;
    if (this.#closeUnguarded && isUnguarded(this.#rules, this.#schema, parentType.name, name)) return CLOSED;
    return { closed: false, rule: effectiveRule(this.#rules, this.#schema, parentType.name, name) };
  }
}
