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
import { type Holder, ownAfter } from './self.ts';
import { verdict } from './verdict.ts';

export type Fielded = GraphQLObjectType | GraphQLInterfaceType;
type Field = GraphQLField<unknown, unknown>;

/** Whether a guard lets a caller through once every policy that it names is granted. */
const opensTo = (guard: Guard, holder: Holder, own: boolean): boolean =>
  verdict(guard, holder, new Set(guard.closed ? [] : guard.rule.policies.flat()), own) === undefined;

/**
 * The fields that a view shows, type by type: of the permitted ones the largest set that still makes a valid schema.
 * Taking one field away can leave a type empty, which takes away what returns it, and so on; every condition below only
 * ever turns from met to not met, so the order does not matter and the end is reached.
 *
 * What self scopes open is shown where `Query.me` leads to its type without passing another Citizen. A schema knows types
 * and no positions: a parcel whose `rights` a citizen may read on his own parcels shows `rights` wherever a parcel is
 * returned. That tells nothing about data, nor any name that the caller may not learn anyway; asked elsewhere, the field is
 * denied as usual.
 */
export class VisibleFields {
  readonly #schema: GraphQLSchema;
  readonly #guards: GuardSource;
  readonly #holder: Holder;
  readonly #types: readonly Fielded[];
  readonly #fields = new Map<string, Map<string, Field>>();

  constructor(schema: GraphQLSchema, guards: GuardSource, holder: Holder) {
    this.#schema = schema;
    this.#guards = guards;
    this.#holder = holder;
    this.#types = Object.values(schema.getTypeMap()).filter(isFielded);
    for (const type of this.#types) {
      const fields = Object.entries(type.getFields());
      const permitted = fields.filter(([name]) => this.#opens(type, name, false) || this.#opens(type, name, true));
      this.#fields.set(type.name, new Map(permitted));
    }
    let changed = true;
    while (changed) changed = this.#types.map((type) => this.#drop(type)).includes(true) || this.#dropUnreachable();
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

  /** Whether a field is permitted to who comes to it from inside, or from outside, of the caller's own object. */
  #opens(type: Fielded, name: string, outer: boolean): boolean {
    const own = ownAfter(this.#guards.step(type, name), outer);
    return opensTo(this.#guards.field(type, name), this.#holder, own);
  }

  /** Drops what only a self scope opens on types to which the caller's own object does not lead; says whether any was. */
  #dropUnreachable(): boolean {
    const own = this.#ownTypes();
    let dropped = false;
    for (const type of this.#types) {
      if (own.has(type)) continue;
      for (const name of this.of(type).keys()) {
        if (!this.#opens(type, name, false)) dropped = this.#fields.get(type.name)?.delete(name) || dropped;
      }
    }
    return dropped;
  }

  /** The types of the objects that a selection can come to without leaving the caller's own. */
  #ownTypes(): ReadonlySet<GraphQLNamedType> {
    const found = new Set<GraphQLNamedType>();
    const visit = (type: GraphQLNamedType): void => {
      if (found.has(type)) return;
      found.add(type);
      if (isInterfaceType(type) || isUnionType(type)) this.#schema.getPossibleTypes(type).forEach(visit);
      if (!isFielded(type)) return;
      // The same object stands at the positions of its interfaces.
      type.getInterfaces().forEach(visit);
      for (const { name, type: returned } of this.of(type).values()) {
        if (this.#guards.step(type, name) === 'stays' && this.#opens(type, name, true)) visit(getNamedType(returned));
      }
    };
    for (const type of this.#types) {
      for (const { name, type: returned } of this.of(type).values()) {
        if (this.#guards.step(type, name) === 'enters') visit(getNamedType(returned));
      }
    }
    return found;
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
