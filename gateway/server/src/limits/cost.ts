import {
  type GraphQLOutputType,
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';

import { PublicError } from '../errors.ts';
import { type FieldSelection, isIncluded, type PreparedOperation, type Selection } from '../operation/model.ts';
import type { CostModel, ListSize } from './cost-model.ts';

/** Items of a list of which the schema tells no size. */
const UNKNOWN_LIST = 10;
/** What a write costs before any of its fields. */
const MUTATION = 10;

/**
 * The static cost of an operation with these variables, known before anything is planned: each object counts 1 (or its
 * `@cost`), leaves nothing, a list as many times as its page size, be it a literal, a variable or an argument's default.
 * Selections that share a response key each count: the cost is an upper bound.
 *
 * @throws PublicError LIMIT_COST with the cost and the budget
 */
export const checkCost = (
  operation: PreparedOperation,
  variables: ReadonlyMap<string, unknown>,
  model: CostModel,
  budget: number,
): number => {
  const cost = knownCost(operation, variables, model);
  if (cost > budget) throw new PublicError('LIMIT_COST', { data: { cost, budget } });
  return cost;
};

/** Costs that do not depend on variables, each walked once. */
const known = new WeakMap<CostModel, WeakMap<PreparedOperation, number>>();

const knownCost = (operation: PreparedOperation, variables: ReadonlyMap<string, unknown>, model: CostModel): number => {
  const costs = known.get(model) ?? new WeakMap<PreparedOperation, number>();
  known.set(model, costs);
  const remembered = costs.get(operation);
  if (remembered !== undefined) return remembered;
  const watched = new WatchedVariables(variables);
  const cost = costOf(operation, watched, model);
  if (!watched.read) costs.set(operation, cost);
  return cost;
};

/** Tells whether anybody looked. */
class WatchedVariables extends Map<string, unknown> {
  read = false;
  readonly #variables: ReadonlyMap<string, unknown>;

  constructor(variables: ReadonlyMap<string, unknown>) {
    super();
    this.#variables = variables;
  }

  override get(name: string): unknown {
    this.read = true;
    return this.#variables.get(name);
  }
}

export const costOf = (
  operation: PreparedOperation,
  variables: ReadonlyMap<string, unknown>,
  model: CostModel,
): number => {
  /** `sizes`: how long the lists are that the enclosing field has already been told the length of. */
  const sum = (selections: readonly Selection[], sizes: ReadonlyMap<string, number>): number =>
    selections.reduce((total, selection) => {
      if (!isIncluded(selection.conditions, variables) || isIntrospection(selection)) return total;
      return total + (selection.kind === 'field' ? field(selection, sizes) : sum(selection.selections, sizes));
    }, 0);

  const field = (selection: FieldSelection, sizes: ReadonlyMap<string, number>): number => {
    const coordinate = `${selection.parentType.name}.${selection.name}`;
    const listSize = model.listSizes.get(coordinate);
    const told = listSize && pageSize(selection, listSize, variables);
    const sized = new Map(listSize?.sizedFields.map((name) => [name, told ?? UNKNOWN_LIST]));
    const weight = model.weights.get(coordinate) ?? weightOfType(selection, model);
    const items = isList(selection.type)
      ? (sizes.get(selection.name) ?? (sized.size === 0 ? told : undefined) ?? UNKNOWN_LIST)
      : 1;
    return items * (weight + sum(selection.selections, sized));
  };

  return sum(operation.selections, new Map()) + (operation.operation === 'mutation' ? MUTATION : 0);
};

/** Introspection costs no department anything, and validation bounds it by MaxIntrospectionDepthRule of graphql-js. */
const isIntrospection = (selection: Selection): boolean =>
  selection.kind === 'field' && (selection.name === '__schema' || selection.name === '__type');

const weightOfType = ({ type, leaf }: FieldSelection, { weights }: CostModel): number =>
  weights.get(getNamedType(type).name) ?? (leaf ? 0 : 1);

const pageSize = (
  selection: FieldSelection,
  { slicingArguments, assumedSize }: ListSize,
  variables: ReadonlyMap<string, unknown>,
): number | undefined => {
  const sizes = slicingArguments
    .map((name) => argumentValue(selection, name, variables))
    .filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  return sizes.length > 0 ? Math.max(0, ...sizes) : assumedSize;
};

const argumentValue = (
  { arguments: given, parentType, name: field }: FieldSelection,
  name: string,
  variables: ReadonlyMap<string, unknown>,
): unknown => {
  const value = given.find((argument) => argument.name.value === name)?.value;
  if (value?.kind === Kind.INT) return Number(value.value);
  if (value?.kind === Kind.VARIABLE) return variables.get(value.name.value);
  if (value !== undefined || !(isObjectType(parentType) || isInterfaceType(parentType))) return undefined;
  return parentType.getFields()[field]?.args.find((argument) => argument.name === name)?.defaultValue;
};

const isList = (type: GraphQLOutputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);
