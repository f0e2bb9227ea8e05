import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

import {
  type FieldSelection,
  type FragmentSelection,
  isIncluded,
  type PreparedOperation,
  type Selection,
} from '../operation/model.ts';
import { applies } from '../operation/prepare.ts';
import { dependsOnRuntimeType, TYPENAME } from '../operation/runtime-type.ts';
import type { Decision } from '../policy/authorize.ts';
import type { PrivateNames } from './private-names.ts';

/** A member of an answer. Objects have no prototype, so that a response key may be any name, `__proto__` too. */
export type Completed = null | boolean | number | string | readonly Completed[] | CompletedObject;
export interface CompletedObject {
  [responseKey: string]: Completed;
}

export interface Completion {
  readonly schema: GraphQLSchema;
  readonly operation: PreparedOperation;
  readonly decision: Decision;
  readonly variables: ReadonlyMap<string, unknown>;
  readonly names: PrivateNames;
  /** What departments answered, under private names; null where nothing could be had. */
  readonly data: unknown;
  /** Answers of `__schema` and `__type`, by response key. */
  readonly introspection: ReadonlyMap<string, Completed>;
  /**
   * Whether the caller may learn that a type exists; absent: of every one. An object of another type is answered at an
   * interface or union as an object of which no more is known than that.
   */
  readonly isKnown?: (typeName: string) => boolean;
}

/** A null in a place that cannot be null: it climbs until a nullable place takes it (GraphQL §6.4.4). */
const BUBBLE = Symbol('null climbs');
type Value = Completed | typeof BUBBLE;

/**
 * Shapes the answer after the operation as the caller wrote it: response keys and their order, denied fields as `null`
 * that climb item by item where the schema forbids null, and of the departments' data nothing that was not both selected
 * and permitted — whatever plans added on the way.
 */
export const complete = (completion: Completion): CompletedObject | null => {
  const { schema, operation, decision, variables, names, isKnown = () => true } = completion;

  /** @param position the static type of where the object stands */
  const object = (
    data: object,
    type: string,
    position: GraphQLNamedType,
    groups: readonly (readonly Selection[])[],
    root: boolean,
  ): Value => {
    const result: CompletedObject = Object.create(null);
    for (const [responseKey, fields] of collect(groups, type, position)) {
      const value = member(data, type, responseKey, fields, root);
      if (value === BUBBLE) return BUBBLE;
      result[responseKey] = value;
    }
    return result;
  };

  const member = (data: object, type: string, key: string, group: readonly Collected[], root: boolean): Value => {
    const [head] = group;
    if (!head) return null;
    const fields = group.map(({ field }) => field);
    const { field: first } = head;
    const permitted = fields.filter((field) => decision.permitted.has(field));
    // `__typename` is never null, so where it is denied (a guarded Query) nothing is left of its object.
    if (first.name === TYPENAME) return permitted.length > 0 ? type : BUBBLE;
    if (root && first.name.startsWith('__')) return completion.introspection.get(key) ?? null;
    const asked = group.find(({ field }) => decision.permitted.has(field) && decision.asked.has(field));
    const value = asked ? own(data, names.of(asked.field)) : null;
    // Of two selections under one key, what is permitted stays even where the other one is denied.
    return shape(value, promised(asked ?? head), permitted.length > 0 ? permitted : fields);
  };

  const shape = (value: unknown, type: GraphQLOutputType, fields: readonly FieldSelection[]): Value => {
    if (isNonNullType(type)) {
      const inner = shape(value, type.ofType, fields);
      return inner === null ? BUBBLE : inner;
    }
    if (value === null || value === undefined) return null;
    if (isListType(type)) {
      if (!Array.isArray(value)) return null;
      const items: Completed[] = [];
      for (const item of value) {
        const inner = shape(item, type.ofType, fields);
        if (inner === BUBBLE) return null;
        items.push(inner);
      }
      return items;
    }
    if (fields[0]?.leaf) return leaf(value);
    const runtimeType = runtimeTypeOf(value, type, fields);
    if (runtimeType === undefined) return null;
    const inner = object(
      value as object,
      runtimeType,
      getNamedType(type),
      fields.map((field) => field.selections),
      false,
    );
    return inner === BUBBLE ? null : inner;
  };

  const runtimeTypeOf = (
    value: unknown,
    type: GraphQLOutputType,
    fields: readonly FieldSelection[],
  ): string | undefined => {
    if (typeof value !== 'object' || Array.isArray(value)) return undefined;
    const named = getNamedType(type);
    if (!isAbstractType(named)) return named.name;
    // Not told because it was not asked for: any object at this position is answered alike.
    if (!fields.some((field) => dependsOnRuntimeType(field.selections, named, variables))) return named.name;
    const told = own(value as object, TYPENAME);
    if (typeof told !== 'string' || !applies(schema, named, told)) return undefined;
    return isKnown(told) ? told : named.name;
  };

  const collect = (
    groups: readonly (readonly Selection[])[],
    runtimeType: string,
    position: GraphQLNamedType,
  ): Map<string, Collected[]> => {
    const fields = new Map<string, Collected[]>();
    const walk = (selections: readonly Selection[], home: GraphQLObjectType | undefined) => {
      for (const selection of selections) {
        if (!isIncluded(selection.conditions, variables)) continue;
        if (selection.kind === 'field') {
          const group = fields.get(selection.responseKey);
          if (group) group.push({ field: selection, home });
          else fields.set(selection.responseKey, [{ field: selection, home }]);
        } else if (contributes(selection, runtimeType)) walk(selection.selections, home ?? objectType(selection.type));
      }
    };
    for (const selections of groups) walk(selections, objectType(position));
    return fields;
  };

  /** A fragment whose type is denied contributes nothing: no nulls, no keys (AUTHORIZATION §1.6). */
  const contributes = (fragment: FragmentSelection, runtimeType: string): boolean =>
    applies(schema, fragment.type, runtimeType) && !decision.deniedFragments.has(fragment);

  const data = typeof completion.data === 'object' && completion.data !== null ? completion.data : Object.create(null);
  const result = object(data, operation.rootType.name, operation.rootType, [operation.selections], true);
  return result === BUBBLE || result === null || typeof result !== 'object' ? null : (result as CompletedObject);
};

/** A selected field, and the object type that the operation itself says its object to be of. */
export interface Collected {
  readonly field: FieldSelection;
  readonly home: GraphQLObjectType | undefined;
}

/**
 * The type of a field where it was selected. An object may promise more of it than the interface through which it was asked
 * (GraphQL §6.3): that counts where the operation says which object it is, by the position or by a fragment around. What a
 * department tells of an object's type must not matter, because nobody asks for it where the answer does not show it.
 */
export const promised = ({ field, home }: Collected): GraphQLOutputType =>
  home?.getFields()[field.name]?.type ?? field.type;

export const objectType = (type: GraphQLNamedType | undefined): GraphQLObjectType | undefined =>
  isObjectType(type) ? type : undefined;

const own = (object: object, name: string): unknown =>
  Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;

/** Leaves pass through as they came; a custom scalar may be any JSON value. */
const leaf = (value: unknown): Completed => value as Completed;
