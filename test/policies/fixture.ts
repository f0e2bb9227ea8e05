import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLTypeResolver,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
} from 'graphql';

import type { Objects } from './model.ts';
import type { Keys } from './sdl.ts';

type Thing = Readonly<Record<string, unknown>>;

/**
 * The data of a small federation, of which each department serves its own fields. Where a field returns an object, a text
 * is the name of one; arguments change nothing.
 */
export class Fixture {
  readonly #objects: Objects;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  readonly resolve: GraphQLFieldResolver<Thing | undefined, unknown> = (source, _given, _context, info) => {
    const thing = source ?? this.#object(info.parentType.name);
    const value = Object.hasOwn(thing, info.fieldName) ? thing[info.fieldName] : null;
    return isCompositeType(getNamedType(info.returnType)) ? this.#follow(value, info.returnType) : value;
  };

  readonly typeOf: GraphQLTypeResolver<Thing, unknown> = ({ __typename }) =>
    typeof __typename === 'string' ? __typename : undefined;

  /** The object that a representation means; null where the department knows none. */
  find(representation: Thing, keys: Keys): Thing | null {
    const typeName = String(representation.__typename);
    const alternatives = keys.get(typeName) ?? [];
    const means = (object: Thing) =>
      alternatives.some((key) => key.every((field) => field in object && object[field] === representation[field]));
    const found = [...this.#objects.values()].filter(means);
    // A department that knows an interface as one object asks by the interface's name.
    const object = found.find(({ __typename }) => __typename === typeName) ?? found[0];
    return object ? { ...object, __typename: typeName } : null;
  }

  #follow(value: unknown, type: GraphQLOutputType): unknown {
    if (isNonNullType(type)) return this.#follow(value, type.ofType);
    if (isListType(type)) return Array.isArray(value) ? value.map((item) => this.#follow(item, type.ofType)) : value;
    return typeof value === 'string' ? this.#object(value) : value;
  }

  #object(name: string): Thing {
    const object = this.#objects.get(name);
    if (!object) throw new TypeError(`the data has no object «${name}»`);
    return object;
  }
}
