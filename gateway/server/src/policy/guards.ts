import { effectiveRule, isUnguarded, NO_RULE, type Rule, type Rules } from '@lienthong/schema/rules';
import { type GraphQLCompositeType, type GraphQLSchema, isIntrospectionType } from 'graphql';

/** What stands in front of one coordinate: a rule to be met, or nothing that could ever open it. */
export type Guard = { readonly closed: false; readonly rule: Rule } | { readonly closed: true };

const CLOSED: Guard = { closed: true };

/** What the judge asks of a schema's guards. */
export interface GuardSource {
  /** The guard of a field selected on a position of this static type; `__typename` included. */
  field(parentType: GraphQLCompositeType, name: string): Guard;
  /** The guard of a fragment on this type. */
  type(type: GraphQLCompositeType): Guard;
}

const OPEN: Guard = { closed: false, rule: NO_RULE };

/** Nothing is guarded: for mode `report` alone. */
export const noGuards: GuardSource = { field: () => OPEN, type: () => OPEN };

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
  readonly #fields = new Map<string, Guard>();
  readonly #types = new Map<string, Guard>();

  constructor(rules: Rules, schema: GraphQLSchema, unguarded: 'allow' | 'refuse') {
    this.#rules = rules;
    this.#schema = schema;
    this.#closeUnguarded = unguarded === 'refuse';
  }

  field(parentType: GraphQLCompositeType, name: string): Guard {
    // Inside an introspection answer; whether there is one at all is decided once, for the whole of it.
    if (isIntrospectionType(parentType)) return OPEN;
    const coordinate = `${parentType.name}.${name}`;
    let guard = this.#fields.get(coordinate);
    if (!guard) {
      guard =
        this.#closeUnguarded && isUnguarded(this.#rules, this.#schema, parentType.name, name)
          ? CLOSED
          : { closed: false, rule: effectiveRule(this.#rules, this.#schema, parentType.name, name) };
      this.#fields.set(coordinate, guard);
    }
    return guard;
  }

  /** A fragment on an abstract type is entered freely (AUTHORIZATION §1.5). */
  type(type: GraphQLCompositeType): Guard {
    let guard = this.#types.get(type.name);
    if (!guard) {
      guard = { closed: false, rule: effectiveRule(this.#rules, this.#schema, type.name, '__typename') };
      this.#types.set(type.name, guard);
    }
    return guard;
  }
}
