import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  type DocumentNode,
  type FieldNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';

import type { Need, RequiredFields } from './required-fields.ts';
import type { FetchNode } from './restore.ts';

/** A field that a fetch asks entities for, and what has to be in their representations for it. */
interface Item {
  readonly node: FieldNode;
  readonly needs: readonly Need[];
}

/**
 * A department gets what its fields require in the representation, under the real names. Two fields that require the same
 * name with other arguments cannot be asked for in one fetch: each such fetch becomes several, every field in the first one
 * that holds no other value for what it needs.
 */
export const splitFetch = (fetch: FetchNode, required: RequiredFields): readonly FetchNode[] => {
  if (!fetch.requires?.some((selection) => mentions(selection, required))) return [fetch];
  const document = parse(fetch.operation, { noLocation: true });
  const groups: Item[][] = [];
  for (const item of entityFields(document, fetch.serviceName, required)) {
    const group = groups.find((others) => !others.some((other) => conflict(other, item)));
    if (group) group.push(item);
    else groups.push([item]);
  }
  if (groups.length < 2) return [fetch];
  return groups.map((group) => part(fetch, fetch.requires ?? [], document, group, required));
};

const mentions = (selection: QueryPlanSelectionNode, required: RequiredFields): boolean =>
  (selection.kind === Kind.FIELD && required.names.has(selection.name)) ||
  (selection.selections ?? []).some((inner) => mentions(inner, required));

const conflict = (one: Item, other: Item): boolean =>
  one.needs.some((a) => other.needs.some((b) => a.path === b.path && a.name !== b.name));

const ENTITIES = '_entities';

const entitiesOf = (document: DocumentNode): FieldNode | undefined => {
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return undefined;
  return operation.selectionSet.selections.find(
    (selection): selection is FieldNode => selection.kind === Kind.FIELD && selection.name.value === ENTITIES,
  );
};

const entityFields = (document: DocumentNode, department: string, required: RequiredFields): Item[] => {
  const walk = (set: SelectionSetNode | undefined, types: readonly string[]): Item[] =>
    (set?.selections ?? []).flatMap((selection): Item[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) throw new TypeError('a plan with named fragments');
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const type = selection.typeCondition?.name.value;
        return walk(selection.selectionSet, type === undefined ? types : [...types, type]);
      }
      const name = required.names.get(selection.name.value)?.field ?? selection.name.value;
      return [{ node: selection, needs: types.flatMap((type) => required.needs(department, type, name)) }];
    });
  return walk(entitiesOf(document)?.selectionSet, []);
};

/** The fetch with one group of its fields, and with what those need. */
const part = (
  fetch: FetchNode,
  requires: readonly QueryPlanSelectionNode[],
  document: DocumentNode,
  group: readonly Item[],
  required: RequiredFields,
): FetchNode => {
  const kept = new Set<SelectionNode>(group.map(({ node }) => node));
  const needed = new Set(group.flatMap(({ needs }) => needs.map(({ path, name }) => `${path} ${name}`)));
  const { operation, variables } = operationOf(document, kept);
  return {
    ...fetch,
    operation,
    requires: representation(requires, needed, required, ''),
    ...(fetch.variableUsages ? { variableUsages: fetch.variableUsages.filter((name) => variables.has(name)) } : {}),
  };
};

const operationOf = (document: DocumentNode, kept: ReadonlySet<SelectionNode>) => {
  const cut = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: set.selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind !== Kind.INLINE_FRAGMENT) return kept.has(selection) ? [selection] : [];
      const inner = cut(selection.selectionSet);
      return inner.selections.length > 0 ? [{ ...selection, selectionSet: inner }] : [];
    }),
  });
  const entities = entitiesOf(document);
  const smaller = visit(document, {
    Field: (field) =>
      field === entities && field.selectionSet ? { ...field, selectionSet: cut(field.selectionSet) } : undefined,
  });
  const variables = new Set<string>();
  visit(smaller, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      variables.add(name.value);
    },
  });
  const operation = visit(smaller, {
    VariableDefinition: ({ variable }) => (variables.has(variable.name.value) ? undefined : null),
  });
  return { operation: stripIgnoredCharacters(print(operation)), variables };
};

/** Without the required fields that only other groups need, and without what is empty then. */
const representation = (
  selections: readonly QueryPlanSelectionNode[],
  needed: ReadonlySet<string>,
  required: RequiredFields,
  path: string,
): QueryPlanSelectionNode[] =>
  selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inner = representation(selection.selections, needed, required, path);
      return inner.length > 0 ? [{ ...selection, selections: inner }] : [];
    }
    const real = required.names.get(selection.name);
    const here = `${path}.${real?.field ?? selection.name}`;
    if (real && !needed.has(`${here} ${selection.name}`)) return [];
    if (!selection.selections) return [selection];
    const inner = representation(selection.selections, needed, required, here);
    return inner.length > 0 ? [{ ...selection, selections: inner }] : [];
  });
