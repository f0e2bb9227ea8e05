import {
  type DefinitionNode,
  executeSync,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  visit,
} from 'graphql';

import type { GatewayConfig } from '../config/index.ts';
import type { Completed } from '../execution/complete.ts';
import { type FieldSelection, isIncluded, type PreparedOperation, type Selection } from '../operation/model.ts';
import type { Principal } from '../policy/principal.ts';
import { holds } from '../policy/self.ts';

/** In production introspection takes a scope of its own; what it then shows is the caller's view in any case. */
export const mayIntrospect = (principal: Principal, { environment, introspection }: GatewayConfig): boolean =>
  environment === 'development' || holds(principal, introspection.scope);

/** The root fields `__schema` and `__type` of an operation, as far as they are included. */
export const introspectionFields = (
  operation: PreparedOperation,
  variables: ReadonlyMap<string, unknown>,
): FieldSelection[] => {
  const fields: FieldSelection[] = [];
  const walk = (selections: readonly Selection[]) => {
    for (const selection of selections) {
      if (!isIncluded(selection.conditions, variables)) continue;
      if (selection.kind === 'fragment') walk(selection.selections);
      else if (selection.name === '__schema' || selection.name === '__type') fields.push(selection);
    }
  };
  walk(operation.selections);
  return fields;
};

/**
 * Answers introspection from the caller's view, which lives in the gateway alone.
 *
 * @returns the answers by response key
 */
export const introspect = (
  schema: GraphQLSchema,
  operation: PreparedOperation,
  fields: readonly FieldSelection[],
  variables: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, Completed> => {
  const write = (selections: readonly Selection[]): SelectionNode[] =>
    selections
      .filter(({ conditions }) => isIncluded(conditions, variables))
      .flatMap((selection) => (selection.kind === 'field' ? [node(selection)] : write(selection.selections)));
  const node = (field: FieldSelection): FieldNode => ({
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: field.name },
    alias: { kind: Kind.NAME, value: field.responseKey },
    arguments: field.arguments,
    ...(field.leaf ? {} : { selectionSet: { kind: Kind.SELECTION_SET, selections: write(field.selections) } }),
  });
  const selections = fields.map(node);
  // Other variables belong to fields beside these, and their types may be none of this schema's.
  const used = new Set<string>();
  for (const selection of selections) visit(selection, { Variable: ({ name }) => void used.add(name.value) });
  const definition: DefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    variableDefinitions: operation.variables.filter(({ variable }) => used.has(variable.name.value)),
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
  const { data, errors } = executeSync({
    schema,
    document: { kind: Kind.DOCUMENT, definitions: [definition] },
    variableValues: Object.fromEntries(variables),
  });
  if (errors?.[0]) throw errors[0];
  return new Map(Object.entries((data ?? {}) as Record<string, Completed>));
};
