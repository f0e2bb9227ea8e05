import {
  type ArgumentNode,
  type DocumentNode,
  type GraphQLNamedType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type NameNode,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';

import type { Subjects } from '../ledger/subjects.ts';
import { type FieldSelection, isIncluded, type PreparedOperation, type Selection } from '../operation/model.ts';
import { keysThatNeedTypes, TYPENAME } from '../operation/runtime-type.ts';
import type { PrivateNames } from './private-names.ts';

/** An operation cut down to what departments are asked, in the gateway's own words. */
export interface PermittedOperation {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Writes the document that is planned: only asked fields, conditions resolved, fragments in place, aliases private,
 * variables renamed (`$representations` would meet the planner's own), the operation's name and client directives gone.
 * Returns undefined when nothing is left to ask.
 *
 * @param subjects where it has to be known whose data the answer holds: ids are asked for besides, under names of the
 * gateway's own, so that no alias of the caller can hide whom an answer is about
 */
export const permittedDocument = (
  operation: PreparedOperation,
  asked: ReadonlySet<FieldSelection>,
  variables: ReadonlyMap<string, unknown>,
  names: PrivateNames,
  subjects?: Subjects,
): PermittedOperation | undefined => {
  const typed = keysThatNeedTypes(operation.selections, variables);

  const rename = (argument: ArgumentNode): ArgumentNode =>
    visit(argument, {
      Variable: (node) => ({ ...node, name: nameNode(names.ofVariable(node.name.value)) }),
    });

  const write = (selections: readonly Selection[], position: GraphQLNamedType): SelectionNode[] => {
    const nodes: SelectionNode[] = [];
    for (const selection of selections) {
      if (!isIncluded(selection.conditions, variables) || isMeta(selection)) continue;
      if (selection.kind === 'fragment') {
        // Apollo's planner fails on what can never apply.
        if (!selection.applicable) continue;
        // Around an object's own fields a fragment says nothing, and through `... on Union { ... on Object` Apollo's
        // executor loses the type when no department told it: what is inside came out as null.
        const known = isObjectType(position);
        const inner = write(selection.selections, known ? position : selection.type);
        if (known) nodes.push(...inner);
        else if (inner.length > 0) nodes.push(fragmentOn(selection.type.name, inner));
      } else if (asked.has(selection)) nodes.push(fieldNode(selection));
    }
    return nodes;
  };

  const fieldNode = (field: FieldSelection): SelectionNode => {
    const alias = names.of(field);
    const type = getNamedType(field.type);
    const inner = write(field.selections, type);
    // Completion has to know the runtime type that fragments, denied ones too, are chosen by; an object whose selections
    // are all skipped still has to be asked for.
    const chosen = isAbstractType(type) && (typed.has(field.responseKey) || subjects?.needsType(type));
    if (isCompositeType(type) && (chosen || inner.length === 0)) inner.push(TYPENAME_NODE);
    if (subjects) inner.push(...subjects.selectionsIn(field));
    return {
      kind: Kind.FIELD,
      name: nameNode(field.name),
      ...(alias === field.name ? {} : { alias: nameNode(alias) }),
      ...(field.arguments.length > 0 ? { arguments: field.arguments.map(rename) } : {}),
      ...(field.leaf ? {} : { selectionSet: selectionSet(inner) }),
    };
  };

  const selections = write(operation.selections, operation.rootType);
  if (selections.length === 0) return undefined;
  return {
    document: {
      kind: Kind.DOCUMENT,
      definitions: [
        {
          kind: Kind.OPERATION_DEFINITION,
          operation: operation.operation,
          variableDefinitions: operation.variables.flatMap((definition) => renamed(definition, names.variables)),
          selectionSet: selectionSet(selections),
        },
      ],
    },
    variables: Object.fromEntries(
      [...names.variables]
        .filter(([theirs]) => variables.has(theirs))
        .map(([theirs, own]) => [own, variables.get(theirs)]),
    ),
  };
};

/** Fields that the gateway answers itself: `__schema`, `__type`, and `__typename`, which completion knows. */
const isMeta = (selection: Selection): boolean => selection.kind === 'field' && selection.name.startsWith('__');

const renamed = (definition: VariableDefinitionNode, used: ReadonlyMap<string, string>): VariableDefinitionNode[] => {
  const own = used.get(definition.variable.name.value);
  if (own === undefined) return [];
  return [{ ...definition, directives: [], variable: { ...definition.variable, name: nameNode(own) } }];
};

const nameNode = (value: string): NameNode => ({ kind: Kind.NAME, value });

const selectionSet = (selections: SelectionNode[]): SelectionSetNode => ({ kind: Kind.SELECTION_SET, selections });

const TYPENAME_NODE: SelectionNode = { kind: Kind.FIELD, name: nameNode(TYPENAME) };

const fragmentOn = (type: string, selections: SelectionNode[]): SelectionNode => ({
  kind: Kind.INLINE_FRAGMENT,
  typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(type) },
  selectionSet: selectionSet(selections),
});
