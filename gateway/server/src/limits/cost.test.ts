import { describe, expect, test } from '@jest/globals';
import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';

import { prepareOperation } from '../operation/prepare.ts';
import { checkCost, costOf } from './cost.ts';
import { readCostModel } from './cost-model.ts';

const types = `
  type Query { one: Item  list: [Item]  told: [Item!]!  page(first: Int = 20, after: String): Page  heavy: Item  leaf: Int }
  type Mutation { write: Item }
  type Page { edges: [Edge]  total: Int }
  type Edge { node: Item }
  type Item { name: String  inner: [Item]  expensive: String }
`;
const supergraph = `
  schema
    @link(url: "https://specs.apollo.dev/link/v1.0")
    @link(url: "https://specs.apollo.dev/cost/v0.1", import: [{ name: "@cost", as: "@price" }, "@listSize"]) { query: Query }
  type Query {
    one: Item
    list: [Item]
    told: [Item!]! @listSize(assumedSize: 3)
    page(first: Int = 20, after: String): Page
      @listSize(assumedSize: 50, slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)
    heavy: Item @price(weight: 100)
    leaf: Int
  }
  type Page { edges: [Edge]  total: Int }
  type Edge { node: Item }
  type Item { name: String  inner: [Item]  expensive: String @price(weight: 7) }
`;
const schema = buildSchema(types);
const model = readCostModel(supergraph);

const cost = (query: string, variables: Record<string, unknown> = {}): number => {
  const document = parse(query);
  const operation = document.definitions[0] as OperationDefinitionNode;
  return costOf(prepareOperation(schema, document, operation), new Map(Object.entries(variables)), model);
};

describe('the static cost', () => {
  test.each<[string, number, Record<string, unknown>]>([
    ['{ leaf }', 0, {}],
    ['{ one { name } }', 1, {}],
    ['{ one { name expensive } }', 8, {}],
    ['{ heavy { name } }', 100, {}],
    ['{ list { name } }', 10, {}],
    ['{ list { inner { name } } }', 110, {}],
    ['{ told { name } }', 3, {}],
    ['{ page { total } }', 1, {}],
    ['{ page { edges { node { name } } } }', 41, {}],
    ['{ page(first: 5) { edges { node { name } } } }', 11, {}],
    ['query ($n: Int) { page(first: $n) { edges { node { name } } } }', 201, { n: 100 }],
    ['query ($n: Int) { page(first: $n) { edges { node { name } } } }', 101, {}],
    ['{ page(first: -5) { edges { node { name } } } }', 1, {}],
    ['{ one { name } two: one { name } }', 2, {}],
    ['{ ...F ...F } fragment F on Query { one { name } }', 1, {}],
    ['{ list @skip(if: true) { name } one { name } }', 1, {}],
    ['mutation { write { name } }', 11, {}],
    ['{ __schema { types { fields { name } } } }', 0, {}],
  ])('%s = %d', (query, expected, variables) => {
    expect(cost(query, variables)).toBe(expected);
  });

  test('beyond the budget is refused with both numbers', () => {
    const document = parse('{ list { inner { name } } }');
    const operation = prepareOperation(schema, document, document.definitions[0] as OperationDefinitionNode);
    expect(checkCost(operation, new Map(), model, 110)).toBe(110);
    expect(() => checkCost(operation, new Map(), model, 109)).toThrow(
      expect.objectContaining({ code: 'LIMIT_COST', data: { cost: 110, budget: 109 } }),
    );
  });
});
