import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';

import { PublicError } from '../errors.ts';
import { Weight } from '../remembered/weight.ts';
import { formHash } from './form.ts';
import { OperationMemory } from './memory.ts';
import type { Condition, PreparedOperation, Selection } from './model.ts';

/**
 * The most places that one operation may have once its fragments are set in place. An answer holds at least that many
 * members, so no honest caller meets it; a bomb of fragments nested in fragments does (GHSA-q2f9-x4p4-7xmh).
 */
const MAX_SELECTIONS = 20_000;

/** Bytes of what is made of one selection here, and of an operation besides, measured and rounded up. */
const SELECTION = 256;
const OPERATION = 512;

/**
 * Turns a validated document into the operation that later steps judge and complete.
 *
 * Fragments are set in place, as the specification's CollectFields does: a named fragment that has been spread
 * unconditionally at a position is not walked there again, so thirty fragments that each spread the next one twice stay
 * thirty steps. What still grows beyond {@link MAX_SELECTIONS} is refused with LIMIT_COST.
 *
 * @param document valid against `schema`
 * @param weight of the document: what is made here, and found out later, is added to it
 * @throws PublicError LIMIT_COST, SUBSCRIPTIONS_NOT_SUPPORTED
 */
export const prepareOperation = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  weight = new Weight(0),
): PreparedOperation => {
  if (operation.operation === 'subscription') throw new PublicError('SUBSCRIPTIONS_NOT_SUPPORTED');
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) throw new PublicError('OPERATION_RESOLUTION_FAILURE');
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  let budget = MAX_SELECTIONS;
  const spend = () => {
    if (--budget < 0) throw new PublicError('LIMIT_COST', { data: { limit: MAX_SELECTIONS } });
  };

  const objectsOf = (type: GraphQLCompositeType): readonly GraphQLObjectType[] =>
    isAbstractType(type) ? schema.getPossibleTypes(type) : [type];

  /** @param objects the types that an object of this position may turn out to have, fragments around it considered */
  const walk = (
    set: SelectionSetNode,
    parentType: GraphQLCompositeType,
    objects: readonly GraphQLObjectType[],
    seen: Set<string>,
  ): Selection[] => {
    const fragmentOn = (
      type: GraphQLCompositeType,
      selectionSet: SelectionSetNode,
      conditions: readonly Condition[],
      inner: Set<string>,
    ): Selection => {
      const fitting = type === parentType ? objects : objectsOf(type).filter((object) => objects.includes(object));
      const selections = walk(selectionSet, type, fitting, inner);
      return { kind: 'fragment', type, applicable: fitting.length > 0, conditions, selections };
    };
    const selections: Selection[] = [];
    for (const node of set.selections) {
      spend();
      const conditions = conditionsOf(node.directives);
      switch (node.kind) {
        case Kind.FIELD: {
          const field = fieldOf(schema, parentType, node.name.value);
          const named = getNamedType(field.type);
          selections.push({
            kind: 'field',
            responseKey: node.alias?.value ?? node.name.value,
            name: node.name.value,
            parentType,
            type: field.type,
            arguments: node.arguments ?? [],
            conditions,
            leaf: isLeafType(named),
            selections:
              node.selectionSet && isCompositeType(named)
                ? walk(node.selectionSet, named, objectsOf(named), new Set())
                : [],
          });
          break;
        }
        case Kind.INLINE_FRAGMENT: {
          const type = node.typeCondition ? compositeType(schema, node.typeCondition.name.value) : parentType;
          const inner = alwaysApplies(type, parentType, conditions) ? seen : new Set(seen);
          selections.push(fragmentOn(type, node.selectionSet, conditions, inner));
          break;
        }
        case Kind.FRAGMENT_SPREAD: {
          const name = node.name.value;
          const fragment = fragments.get(name);
          if (!fragment || seen.has(name)) break;
          const type = compositeType(schema, fragment.typeCondition.name.value);
          if (conditions.length === 0) seen.add(name);
          const inner = alwaysApplies(type, parentType, conditions) ? seen : new Set(seen).add(name);
          selections.push(fragmentOn(type, fragment.selectionSet, conditions, inner));
          break;
        }
      }
    }
    return selections;
  };

  const selections = walk(operation.selectionSet, rootType, [rootType], new Set());
  weight.grow(OPERATION + (MAX_SELECTIONS - budget) * SELECTION);
  return {
    operation: operation.operation,
    rootType,
    selections,
    variables: operation.variableDefinitions ?? [],
    hash: formHash({ operation: operation.operation, selections }),
    memory: new OperationMemory(weight),
  };
};

/**
 * Whether what is spread inside a fragment is spread for every object of the enclosing position, so that the position and
 * the fragment may share one memory of the names seen. A valid fragment on an object's position always fits that object.
 */
const alwaysApplies = (
  type: GraphQLCompositeType,
  parentType: GraphQLCompositeType,
  conditions: readonly Condition[],
): boolean => conditions.length === 0 && (type === parentType || isObjectType(parentType));

const conditionsOf = (directives: readonly DirectiveNode[] | undefined): Condition[] => {
  const conditions: Condition[] = [];
  for (const directive of directives ?? []) {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') continue;
    const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.BOOLEAN) conditions.push({ include: name === 'include', value: value.value });
    if (value?.kind === Kind.VARIABLE) {
      conditions.push({ include: name === 'include', value: { variable: value.name.value } });
    }
  }
  return conditions;
};

const compositeType = (schema: GraphQLSchema, name: string): GraphQLCompositeType => {
  const type = schema.getType(name);
  if (!isCompositeType(type)) throw new Error(`«${name}» is no composite type: the document was not validated`);
  return type;
};

const fieldOf = (
  schema: GraphQLSchema,
  parentType: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> => {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (parentType === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  const fields = isUnionType(parentType) ? undefined : parentType.getFields();
  // Own members only: a field called `constructor` must not be found on a prototype.
  const field = fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!field) throw new Error(`«${parentType.name}.${name}» does not exist: the document was not validated`);
  return field;
};

/** Whether an object of `runtimeType` takes part in a fragment on `condition`. */
export const applies = (schema: GraphQLSchema, condition: GraphQLCompositeType, runtimeType: string): boolean => {
  if (condition.name === runtimeType) return true;
  const object = schema.getType(runtimeType);
  return isAbstractType(condition) && isObjectType(object) && schema.isSubType(condition, object);
};
