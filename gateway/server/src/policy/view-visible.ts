import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedOutputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
} from 'graphql';

import type { Guard, GuardSource } from './guards.ts';
import { type Holder, verdict } from './verdict.ts';

export type Fielded = GraphQLObjectType | GraphQLInterfaceType;
type Field = GraphQLField<unknown, unknown>;

/** Whether a guard lets a caller through once every policy that it names is granted. */
const opensTo = (guard: Guard, holder: Holder): boolean =>
  verdict(guard, holder, new Set(guard.closed ? [] : guard.rule.policies.flat())) === undefined;

/**
 * The fields that a view shows, type by type: of the permitted ones the largest set that still makes a valid schema.
 * Taking one field away can leave a type empty, which takes away what returns it, and so on; every condition below only
 * ever turns from met to not met, so the order does not matter and the end is reached.
 */
export class VisibleFields {
  readonly #schema: GraphQLSchema;
  readonly #fields = new Map<string, Map<string, Field>>();

  constructor(schema: GraphQLSchema, guards: GuardSource, holder: Holder) {
    this.#schema = schema;
    const types = Object.values(schema.getTypeMap()).filter(isFielded);
    for (const type of types) {
      const permitted = Object.entries(type.getFields()).filter(([name]) => opensTo(guards.field(type, name), holder));
      this.#fields.set(type.name, new Map(permitted));
    }
    while (types.map((type) => this.#drop(type)).includes(true));
  }

  /** The fields shown of a type, by name; none where the type itself is not shown. */
  of(type: Fielded): ReadonlyMap<string, Field> {
    return this.#fields.get(type.name) ?? new Map();
  }

  /** Whether anything can be selected on a type: on an abstract one, be it only inside a fragment. */
  shows(type: GraphQLNamedOutputType): boolean {
    if (isObjectType(type)) return this.of(type).size > 0;
    if (isInterfaceType(type) && this.of(type).size > 0) return true;
    if (!isInterfaceType(type) && !isUnionType(type)) return true;
    return this.#schema.getPossibleTypes(type).some((member) => this.of(member).size > 0);
  }

  /** Drops what cannot stay of a type's fields; says whether there was any. */
  #drop(type: Fielded): boolean {
    const fields = this.#fields.get(type.name);
    const dropped = [...(fields?.values() ?? [])].filter((field) => !this.#stays(type, field));
    for (const { name } of dropped) fields?.delete(name);
    return dropped.length > 0;
  }

  #stays(type: Fielded, { name, type: returned }: Field): boolean {
    const named = getNamedType(returned);
    if (!this.shows(named)) return false;
    if (!isInterfaceType(type)) return true;
    const { objects, interfaces } = this.#schema.getImplementations(type);
    const implementing = [...objects, ...interfaces].map((implementer) => this.of(implementer).get(name));
    // A union takes this interface's place in the view, and no other interface can stand where a union is promised.
    const onlyExactly = isInterfaceType(named) && this.of(named).size === 0;
    return implementing.every((field) => {
      if (field === undefined) return false;
      const narrowed = getNamedType(field.type);
      return !onlyExactly || narrowed === named || !isInterfaceType(narrowed);
    });
  }
}

const isFielded = (type: GraphQLNamedType): type is Fielded =>
  (isObjectType(type) || isInterfaceType(type)) && !isIntrospectionType(type);
