import { type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';

import type { GuardSource } from './guards.ts';
import { type Holder, holdsSomewhere } from './self.ts';
import { viewOf } from './view.ts';

/** Views kept at a time: a province has a few dozen kinds of clients, and a view may weigh as much as the schema. */
const KEPT = 64;

/**
 * The views of one supergraph version. Callers share one when they hold the same of the scopes that rules name, whatever
 * else their tokens carry, and are both citizens or both not; the least recently used is forgotten first.
 */
export class Views {
  readonly #schema: GraphQLSchema;
  readonly #guards: GuardSource;
  readonly #views = new Map<string, GraphQLSchema>();
  #named: ReadonlySet<string> | undefined;

  constructor(schema: GraphQLSchema, guards: GuardSource) {
    this.#schema = schema;
    this.#guards = guards;
  }

  of(holder: Holder): GraphQLSchema {
    this.#named ??= scopesNamed(this.#schema, this.#guards);
    const { kind, citizen } = holder;
    const scopes = new Set([...this.#named].filter((scope) => holdsSomewhere(holder, scope)));
    // JSON and not a join: a scope may hold whatever character one would join with.
    const key = JSON.stringify([kind, citizen !== undefined, ...[...scopes].sort()]);
    const view = this.#views.get(key) ?? viewOf(this.#schema, this.#guards, holder);
    this.#views.delete(key);
    this.#views.set(key, view);
    const [oldest] = this.#views.keys();
    if (this.#views.size > KEPT && oldest !== undefined) this.#views.delete(oldest);
    return view;
  }
}

const scopesNamed = (schema: GraphQLSchema, guards: GuardSource): ReadonlySet<string> => {
  const named = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.keys(type.getFields())) {
      const guard = guards.field(type, field);
      if (!guard.closed) for (const scope of guard.rule.scopes.flat()) named.add(scope);
    }
  }
  return named;
};
