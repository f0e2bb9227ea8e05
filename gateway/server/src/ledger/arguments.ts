import { type GraphQLField, getArgumentValues, isUnionType, Kind } from 'graphql';

import { type FieldSelection, isIncluded, type PreparedOperation, type Selection } from '../operation/model.ts';
import type { ArgumentPath, Subjects } from './subjects.ts';

/** Whom one root field names by its arguments, whether or not anybody is found. */
export interface Named {
  readonly coordinate: string;
  readonly ids: readonly string[];
}

export interface NamedBy {
  readonly operation: PreparedOperation;
  /** What departments are asked, or will be. */
  readonly asked: ReadonlySet<FieldSelection>;
  /** Coerced, defaults included. */
  readonly variables: ReadonlyMap<string, unknown>;
}

/** The `Citizen.id` of a personal number: departments make it so as well. */
export type IdOfNumber = (number: string) => string;

/**
 * Whom an operation names in arguments of its root fields: known before any department is asked, so before a write runs.
 * A person is named by whoever asks, so a miss is told of him as well, and an error.
 */
export const subjectsNamed = (
  { operation, asked, variables }: NamedBy,
  subjects: Subjects,
  idOf: IdOfNumber,
): Named[] => {
  const named: Named[] = [];
  for (const field of rootFields(operation.selections, variables)) {
    const { name: root } = operation.rootType;
    const paths = asked.has(field) ? subjects.ofField(root, field.name)?.arguments : undefined;
    if (!paths || paths.length === 0 || !subjects.isGuarded(root, field.name)) continue;
    named.push({ coordinate: `${root}.${field.name}`, ids: idsInArguments(field, paths, variables, idOf) });
  }
  return named;
};

/** The data subjects that the arguments of one field name; lists are flattened. */
export const idsInArguments = (
  field: FieldSelection,
  paths: readonly ArgumentPath[],
  variables: ReadonlyMap<string, unknown>,
  idOf: IdOfNumber,
): readonly string[] => {
  const definition = definitionOf(field);
  if (!definition) return [];
  const node = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: field.name }, arguments: field.arguments } as const;
  const given = getArgumentValues(definition, node, Object.fromEntries(variables));
  const ids = paths.flatMap(({ segments, by }) =>
    valuesAt(given, segments).map((value) => (by === 'number' ? idOf(value) : value)),
  );
  return [...new Set(ids)];
};

const definitionOf = ({ parentType, name }: FieldSelection): GraphQLField<unknown, unknown> | undefined => {
  const fields = isUnionType(parentType) ? {} : parentType.getFields();
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
};

const valuesAt = (value: unknown, segments: readonly string[]): string[] => {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, segments));
  const [first, ...rest] = segments;
  if (first === undefined) return [String(value)];
  const member = typeof value === 'object' && Object.hasOwn(value, first) ? Reflect.get(value, first) : undefined;
  return valuesAt(member, rest);
};

const rootFields = function* (
  selections: readonly Selection[],
  variables: ReadonlyMap<string, unknown>,
): Iterable<FieldSelection> {
  for (const selection of selections) {
    if (!isIncluded(selection.conditions, variables)) continue;
    if (selection.kind === 'field') yield selection;
    else yield* rootFields(selection.selections, variables);
  }
};
