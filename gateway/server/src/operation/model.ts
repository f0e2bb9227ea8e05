import type {
  ArgumentNode,
  GraphQLCompositeType,
  GraphQLOutputType,
  OperationTypeNode,
  VariableDefinitionNode,
} from 'graphql';

import type { OperationMemory } from './memory.ts';

/** `@skip(if:)` or `@include(if:)`, with a literal or the name of a variable. */
export interface Condition {
  readonly include: boolean;
  readonly value: boolean | { readonly variable: string };
}

/** One field as the caller wrote it, at one place of the answer. */
export interface FieldSelection {
  readonly kind: 'field';
  readonly responseKey: string;
  readonly name: string;
  /** The static type of the position: what rules bind to, together with `name`. */
  readonly parentType: GraphQLCompositeType;
  readonly type: GraphQLOutputType;
  readonly arguments: readonly ArgumentNode[];
  readonly conditions: readonly Condition[];
  /** Empty for leaves. */
  readonly selections: readonly Selection[];
  readonly leaf: boolean;
}

/** An inline fragment or a named spread, told apart from its enclosing position by its type condition alone. */
export interface FragmentSelection {
  readonly kind: 'fragment';
  readonly type: GraphQLCompositeType;
  /** Whether any object that may stand here is of this type. It is judged all the same, but there is nothing to ask. */
  readonly applicable: boolean;
  readonly conditions: readonly Condition[];
  readonly selections: readonly Selection[];
}

export type Selection = FieldSelection | FragmentSelection;

/**
 * The selected operation, validated, with its fragments set in place. Built once per (text, operation name, supergraph
 * version); everything that depends on the caller or on variables is decided later, against this value.
 */
export interface PreparedOperation {
  readonly operation: OperationTypeNode;
  readonly rootType: GraphQLCompositeType;
  readonly selections: readonly Selection[];
  readonly variables: readonly VariableDefinitionNode[];
  /** Of its form: by it logs, traces, records and the decision point know the operation (form.ts). */
  readonly hash: string;
  /** What was found out of it since. */
  readonly memory: OperationMemory;
}

/** Whether the conditions hold for these coerced variables. Unknown or null counts as false, as in graphql-js. */
export const isIncluded = (conditions: readonly Condition[], variables: ReadonlyMap<string, unknown>): boolean =>
  conditions.length === 0 ||
  conditions.every(({ include, value }) => {
    const holds = typeof value === 'boolean' ? value : variables.get(value.variable) === true;
    return holds === include;
  });
