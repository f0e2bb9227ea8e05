import { expect, test } from '@jest/globals';
import { GraphQLFloat, GraphQLInt, GraphQLScalarType } from 'graphql';

import { isLeafValue } from './leaf-value.ts';

const anything = new GraphQLScalarType({ name: 'Anything' });

test.each([
  ['1.5', true],
  ['-0', true],
  ['1e999', false],
  ['-1e999', false],
])('a number is one that a double can hold: %s', (json, expected) => {
  const value: unknown = JSON.parse(json);
  expect(isLeafValue(value, GraphQLFloat)).toBe(expected);
  expect(isLeafValue(value, anything)).toBe(expected);
  expect(isLeafValue(value, GraphQLInt)).toBe(expected && Number.isInteger(value));
});
