import { describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse, validate } from 'graphql';

import { formHash, formOf } from './form.ts';
import { prepareOperation } from './prepare.ts';

const schema = buildSchema(`
  type Query {
    citizen(personalNumber: ID!, sex: Sex, filter: Filter, ids: [ID!]): Citizen
    rows(first: Int, ratio: Float, deep: Boolean): [Named]
  }
  type Mutation { move(input: Filter!): Citizen }
  enum Sex { MALE FEMALE }
  input Filter { commune: ID since: Int above: Filter }
  interface Named { name: String }
  type Citizen implements Named { name: String age: Int friend: Citizen }
`);

const prepared = (text: string) => {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new TypeError('no operation');
  return prepareOperation(schema, document, operation);
};
const form = (text: string) => formOf(prepared(text));

test('is the names of the schema, and how they stand in each other', () => {
  expect(
    form(`query ($n: ID!) {
      c: citizen(sex: MALE, personalNumber: $n) { name friend @skip(if: false) { ...F } }
      rows { __typename ... on Citizen @include(if: true) { a: age } ... { name } }
    }
    fragment F on Citizen { name }`),
  ).toBe(
    'query{citizen(personalNumber,sex){name friend@skip{...Citizen{name}}} rows{__typename ...Citizen@include{age} ...Named{name}}}',
  );
  expect(form('mutation { move(input: { commune: "21289" }) { name } }')).toBe('mutation{move(input){name}}');
});

describe('one hash', () => {
  const plain = '{ citizen(personalNumber: "051085000001") { name } }';
  test.each([
    ['another number', '{ citizen(personalNumber: "051085000002") { name } }'],
    ['a number that is none', '{ citizen(personalNumber: 51085000001) { name } }'],
    ['a variable', 'query ($n: ID!) { citizen(personalNumber: $n) { name } }'],
    ['a default', 'query ($n: ID! = "051085000001") { citizen(personalNumber: $n) { name } }'],
    ['a block of text', '{ citizen(personalNumber: """051085000001""") { name } }'],
    ['an alias that tells the number', '{ c051085000001: citizen(personalNumber: "051085000001") { n: name } }'],
    ['a name that tells it', 'query Q051085000001 { citizen(personalNumber: "051085000001") { name } }'],
    ['a variable that is named so', 'query ($n051085000001: ID!) { citizen(personalNumber: $n051085000001) { name } }'],
    ['a comment', `${plain} # 051085000001`],
    ['other blanks', plain.replaceAll(' ', ',\n ')],
    ['another operation beside it', `query A ${plain}`],
  ])('%s', (_what, text) => {
    expect(formHash(prepared(text))).toBe(formHash(prepared(plain)));
  });

  test.each([
    ['enums', 'citizen(personalNumber: "1", sex: MALE) { name }', 'citizen(personalNumber: "1", sex: FEMALE) { name }'],
    ['null', 'citizen(personalNumber: "1", sex: MALE) { name }', 'citizen(personalNumber: "1", sex: null) { name }'],
    ['the order of arguments', 'rows(first: 1, ratio: 1) { name }', 'rows(ratio: 2, first: 3) { name }'],
    ['numbers', 'rows(first: 1, ratio: 0.5) { name }', 'rows(first: 2, ratio: 1e3) { name }'],
    ['booleans', 'rows(deep: true) { name }', 'rows(deep: false) { name }'],
    ['conditions', 'rows { name @skip(if: true) }', 'rows { name @skip(if: false) }'],
    [
      'lists, however long',
      'citizen(personalNumber: "1", ids: ["1"]) { name }',
      'citizen(personalNumber: "1", ids: ["2", "3"]) { name }',
    ],
    [
      'objects, whatever they hold',
      'citizen(personalNumber: "1", filter: { commune: "1" }) { name }',
      'citizen(personalNumber: "1", filter: { above: { since: 1 } }) { name }',
    ],
  ])('%s', (_what, one, other) => {
    expect(formHash(prepared(`{ ${one} }`))).toBe(formHash(prepared(`{ ${other} }`)));
  });

  test('fragments, whatever they are called', () => {
    const by = (name: string) => `{ rows { ...${name} } } fragment ${name} on Citizen { name }`;
    expect(formHash(prepared(by('F051085000001')))).toBe(formHash(prepared(by('G'))));
    expect(form(by('G'))).toBe(form('{ rows { ... on Citizen { name } } }'));
  });
});

test.each([
  ['another field', '{ rows { name } }', '{ rows { __typename } }'],
  ['another argument', '{ rows(first: 1) { name } }', '{ rows(deep: true) { name } }'],
  ['one argument more', '{ rows(first: 1) { name } }', '{ rows(first: 1, deep: true) { name } }'],
  ['a condition', '{ rows { name } }', '{ rows { name @include(if: true) } }'],
  ['the other condition', '{ rows { name @skip(if: true) } }', '{ rows { name @include(if: true) } }'],
  ['another type', '{ rows { ... on Citizen { name } } }', '{ rows { ... on Named { name } } }'],
  [
    'another place',
    '{ citizen(personalNumber: 1) { friend { name } age } }',
    '{ citizen(personalNumber: 1) { friend { name age } } }',
  ],
  ['twice', '{ rows { name } }', '{ rows { name } a: rows { name } }'],
])('another hash: %s', (_what, one, other) => {
  expect(formHash(prepared(one))).not.toBe(formHash(prepared(other)));
});
