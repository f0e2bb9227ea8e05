import {
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

import type { Model } from './model.ts';

/** One call as a department received it. */
export interface Call {
  readonly department: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * What departments were asked beyond what the caller may have.
 *
 * Allowed are the permitted coordinates, keys, and the `@requires` inputs of computed fields that are asked themselves,
 * chains included: all three taken from what the departments wrote.
 */
export const excess = (
  calls: readonly Call[],
  asked: ReadonlySet<string>,
  model: Model,
  schemas: ReadonlyMap<string, GraphQLSchema>,
): string[] => {
  const allowed = withInputs(asked, model);
  const found: string[] = [];
  for (const { department, query, variables } of calls) {
    const schema = schemas.get(department);
    if (!schema) throw new TypeError(`no department ${department}`);
    for (const coordinate of coordinatesOf(query, schema)) {
      if (!allowed.has(coordinate)) found.push(`${department} was asked for ${coordinate}: ${query}`);
    }
    for (const name of inputsSent(variables)) {
      if (!allowed.has(name)) found.push(`${department} was sent ${name}: ${JSON.stringify(variables)}`);
    }
  }
  return found;
};

const withInputs = (asked: ReadonlySet<string>, model: Model): Set<string> => {
  const allowed = new Set(asked);
  for (const object of model.objects) {
    for (const key of new Set([...object.departments.values()].flat())) allowed.add(`${object.name}.${key}`);
    // Later fields read earlier ones, so one walk from the end follows every chain.
    for (const field of [...object.fields].reverse()) {
      if (!allowed.has(`${object.name}.${field.name}`)) continue;
      for (const input of field.requires) allowed.add(`${object.name}.${input}`);
    }
  }
  return allowed;
};

function* coordinatesOf(query: string, schema: GraphQLSchema): Generator<string> {
  const found: string[] = [];
  const info = new TypeInfo(schema);
  visit(
    parse(query),
    visitWithTypeInfo(info, {
      Field: ({ name }) => {
        const parent = info.getParentType();
        if (!isCompositeType(parent) || name.value.startsWith('_')) return;
        const objects = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [parent];
        for (const object of objects) found.push(`${object.name}.${name.value}`);
      },
    }),
  );
  yield* found;
}

function* inputsSent(variables: Readonly<Record<string, unknown>>): Generator<string> {
  for (const [variable, representations] of Object.entries(variables)) {
    // The engine's own name where several fetches share a call.
    if (!/^representations(?:_\d+)?$/.test(variable) || !Array.isArray(representations)) continue;
    for (const { __typename, ...inputs } of representations as Record<string, unknown>[]) {
      for (const name of Object.keys(inputs)) yield `${String(__typename)}.${name}`;
    }
  }
}
