import type { GraphQLSchema } from 'graphql';

import type { FieldSelection } from '../operation/model.ts';

/**
 * The names under which fields travel between the gateway and the departments.
 *
 * Planners add key and @requires fields to what a client selected and merge both by response key; a client that aliases
 * another field to a key's name then reads, or feeds, a value nobody authorized (apollographql/federation#3036). So no
 * client alias, and no field with arguments, ever reaches the planner under the client's name: each response key gets a
 * private alias that no schema field and no plan can have. It also keeps client text such as `__proto__` out of every
 * object on the way.
 */
export class PrivateNames {
  readonly #prefix: string;
  readonly #aliases = new Map<string, string>();
  readonly #responseKeys = new Map<string, string>();
  readonly #variables = new Map<string, string>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The member of a department's answer that holds this field. */
  of(field: FieldSelection): string {
    if (field.responseKey === field.name && field.arguments.length === 0) return field.name;
    let alias = this.#aliases.get(field.responseKey);
    if (alias === undefined) {
      alias = `${this.#prefix}${this.#aliases.size}`;
      this.#aliases.set(field.responseKey, alias);
      this.#responseKeys.set(alias, field.responseKey);
    }
    return alias;
  }

  /** The name that a field travels under, if it does. */
  written(field: FieldSelection): string | undefined {
    if (field.responseKey === field.name && field.arguments.length === 0) return field.name;
    return this.#aliases.get(field.responseKey);
  }

  /** Whether a member is one that the gateway asks for itself, to know whose data an answer holds. */
  isSubject(name: string): boolean {
    return isSubjectAlias(this.#prefix, name);
  }

  /** The name under which a variable travels: the planner has variables of its own (`$representations`). */
  ofVariable(name: string): string {
    const own = this.#variables.get(name) ?? `v${this.#variables.size}`;
    this.#variables.set(name, own);
    return own;
  }

  /** The variables that were written, client's name and own. */
  get variables(): ReadonlyMap<string, string> {
    return this.#variables;
  }

  /** The aliases that were written, own and client's. */
  get aliases(): ReadonlyMap<string, string> {
    return this.#responseKeys;
  }

  /** The client's word for an argument that a department found fault with, be it an argument or a variable. */
  clientArgument(name: string): string {
    for (const [theirs, own] of this.#variables) if (own === name) return `$${theirs}`;
    return name;
  }
}

/**
 * The name under which the gateway itself asks for a field that leads to data subjects.
 *
 * @param shape tells fields of one name and several types apart: under one name they could not be merged
 */
export const subjectAlias = (prefix: string, field: string, shape: number): string =>
  `${prefix}s${shape === 0 ? '' : shape}_${field}`;

/** Aliases of callers' fields have a number where these have a letter. */
const isSubjectAlias = (prefix: string, name: string): boolean => name.startsWith(`${prefix}s`);

/** A prefix that starts no field name of this schema, so that private aliases can collide with none. */
export const privatePrefix = (schema: GraphQLSchema): string => {
  const names = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if ('getFields' in type) for (const name of Object.keys(type.getFields())) names.add(name);
  }
  for (let n = 0; ; n++) {
    const prefix = n === 0 ? 'lt_' : `lt${n}_`;
    if (![...names].some((name) => name.startsWith(prefix))) return prefix;
  }
};
