import {
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

  const object = (data: object, type: string, groups: readonly (readonly Selection[])[], root: boolean): Value => {
    const result: CompletedObject = Object.create(null);
    for (const [responseKey, fields] of collect(groups, type)) {
      const value = member(data, type, responseKey, fields, root);
      if (value === BUBBLE) return BUBBLE;
      result[responseKey] = value;
    }
    return result;
  };

  const member = (data: object, type: string, key: string, fields: FieldSelection[], root: boolean): Value => {
    const [first] = fields;
    if (!first) return null;
    const permitted = fields.filter((field) => decision.permitted.has(field));
    // `__typename` is never null, so where it is denied (a guarded Query) nothing is left of its object.
    if (first.name === TYPENAME) return permitted.length > 0 ? type : BUBBLE;
    if (root && first.name.startsWith('__')) return completion.introspection.get(key) ?? null;
    const asked = permitted.find((field) => decision.asked.has(field));
    const value = asked ? own(data, names.of(asked)) : null;
    // Of two selections under one key, what is permitted stays even where the other one is denied.
    return shape(value, asked ? promised(type, asked) : first.type, permitted.length > 0 ? permitted : fields);
  };

  /**
   * An object may promise more of a field than the interface by which it was selected, and its promise counts (GraphQL §6.3,
   * §6.4.3). It is a department's: what is denied is null as far as the selection allows it.
   */
  const promised = (type: string, { name, type: selected }: FieldSelection): GraphQLOutputType => {
    const object = schema.getType(type);
    return isObjectType(object) ? (object.getFields()[name]?.type ?? selected) : selected;
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

  const collect = (groups: readonly (readonly Selection[])[], runtimeType: string): Map<string, FieldSelection[]> => {
    const fields = new Map<string, FieldSelection[]>();
    const walk = (selections: readonly Selection[]) => {
      for (const selection of selections) {
        if (!isIncluded(selection.conditions, variables)) continue;
        if (selection.kind === 'field') {
          const group = fields.get(selection.responseKey);
          if (group) group.push(selection);
          else fields.set(selection.responseKey, [selection]);
        } else if (contributes(selection, runtimeType)) walk(selection.selections);
      }
    };
    for (const selections of groups) walk(selections);
    return fields;
  };

  /** A fragment whose type is denied contributes nothing: no nulls, no keys (AUTHORIZATION §1.6). */
  const contributes = (fragment: FragmentSelection, runtimeType: string): boolean =>
    applies(schema, fragment.type, runtimeType) && !decision.deniedFragments.has(fragment);

  const data = typeof completion.data === 'object' && completion.data !== null ? completion.data : Object.create(null);
  const result = object(data, operation.rootType.name, [operation.selections], true);
  return result === BUBBLE || result === null || typeof result !== 'object' ? null : (result as CompletedObject);
};

const own = (object: object, name: string): unknown =>
  Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;

/** Leaves pass through as they came; a custom scalar may be any JSON value. */
const leaf = (value: unknown): Completed => value as Completed;
