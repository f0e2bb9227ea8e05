import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  parse,
  type SelectionSetNode,
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

/** Of each object type that may stand there. By hand: the library's visitor with its types is a tenth of a fuzzer's time. */
function* coordinatesOf(query: string, schema: GraphQLSchema): Generator<string> {
  for (const node of parse(query, { noLocation: true }).definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) yield* selected(node.selectionSet, schema.getRootType(node.operation));
    else if (node.kind === Kind.FRAGMENT_DEFINITION)
      yield* selected(node.selectionSet, schema.getType(node.typeCondition.name.value));
    else throw new TypeError(`no operation: ${node.kind}`);
  }

  function* selected({ selections }: SelectionSetNode, parent: GraphQLNamedType | null | undefined): Generator<string> {
    if (!isCompositeType(parent)) throw new TypeError(`no fields in ${parent}: ${query}`);
    for (const node of selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) {
        const { typeCondition } = node;
        yield* selected(node.selectionSet, typeCondition ? schema.getType(typeCondition.name.value) : parent);
      } else if (node.kind === Kind.FIELD) {
        const name = node.name.value;
        if (!name.startsWith('_')) {
          const objects = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [parent];
          for (const object of objects) yield `${object.name}.${name}`;
        }
        if (!node.selectionSet) continue;
        const field = isUnionType(parent) ? undefined : parent.getFields()[name];
        yield* selected(node.selectionSet, field && getNamedType(field.type));
      }
    }
  }
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
