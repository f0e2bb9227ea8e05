import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';

import { AnswerShape } from './answer-shape.ts';

const schema = buildSchema(`
  type Query { citizen: Citizen  citizens: [Citizen!]  file: File  found: Found  count: Int!  sex: Sex  extra: Json }
  type Citizen { id: ID  name: String!  friends: [Citizen!]  tags: [[String]] }
  interface File { title: String }
  type Deed implements File { title: String  sheet: Int }
  type Photo implements File { title: String  width: Int }
  union Found = Citizen | Deed
  enum Sex { MALE FEMALE }
  scalar Json
`);
const shape = new AnswerShape(schema);
const check = (query: string, json: string) => {
  const { data, faults } = shape.check(query, JSON.parse(json), []);
  return { data: data && JSON.parse(JSON.stringify(data)), faults: faults.map((path) => path.join('.')) };
};

const right: [string, string][] = [
  ['{ citizen { id name } }', '{"citizen":{"id":"1","name":"Lan"}}'],
  ['{ citizen { a: name friends { name } } }', '{"citizen":{"a":"Lan","friends":[{"name":"An"},{"name":"Bê"}]}}'],
  ['{ citizen { tags } }', '{"citizen":{"tags":[["a",null],null]}}'],
  ['{ citizen { id } citizen { name } }', '{"citizen":{"id":7,"name":"Lan"}}'],
  ['{ citizen { id } citizens { name } }', '{"citizen":null,"citizens":null}'],
  ['{ file { __typename ... on Deed { sheet } } }', '{"file":{"__typename":"Deed","sheet":12}}'],
  ['{ file { __typename ... on Deed { sheet } } }', '{"file":{"__typename":"Photo"}}'],
  ['{ file { title } }', '{"file":{"title":"Sổ"}}'],
  ['{ file { ... on Deed { __typename sheet } } }', '{"file":{"__typename":"Deed","sheet":12}}'],
  // Fields of the narrower type by which a department knows a position that is an interface or a union elsewhere.
  ['{ file { __typename sheet } }', '{"file":{"__typename":"Deed","sheet":12}}'],
  ['{ found { __typename sheet } }', '{"found":{"__typename":"Deed","sheet":12}}'],
  ['{ found { sheet } }', '{"found":{"sheet":12}}'],
  ['{ extra }', '{"extra":{"any":[{"thing":1}]}}'],
];

test.each(right)('%s answered with %s passes unchanged', (query, json) => {
  expect(check(query, json)).toEqual({ data: JSON.parse(json), faults: [] });
});

const wrong: [string, string, string, string, string[]][] = [
  ['a list for an object', '{ citizen { id } }', '{"citizen":[{"id":1}]}', '{"citizen":null}', ['citizen']],
  ['an object for a list', '{ citizens { id } }', '{"citizens":{"id":1}}', '{"citizens":null}', ['citizens']],
  ['a text for an object', '{ citizen { id } }', '{"citizen":"Lan"}', '{"citizen":null}', ['citizen']],
  [
    'an object for a leaf',
    '{ citizen { name } }',
    '{"citizen":{"name":{}}}',
    '{"citizen":{"name":null}}',
    ['citizen.name'],
  ],
  [
    'a text for a number of a narrower type',
    '{ found { __typename sheet } }',
    '{"found":{"__typename":"Deed","sheet":"x"}}',
    '{"found":{"__typename":"Deed","sheet":null}}',
    ['found.sheet'],
  ],
  ['a text for a number', '{ count }', '{"count":"5"}', '{"count":null}', ['count']],
  ['an unknown enum value', '{ sex }', '{"sex":"x"}', '{"sex":null}', ['sex']],
  [
    'null for non-null',
    '{ citizen { name } }',
    '{"citizen":{"name":null}}',
    '{"citizen":{"name":null}}',
    ['citizen.name'],
  ],
  [
    'a missing member',
    '{ citizen { id name } }',
    '{"citizen":{"name":"Lan"}}',
    '{"citizen":{"id":null,"name":"Lan"}}',
    ['citizen.id'],
  ],
  [
    'a null item',
    '{ citizens { id } }',
    '{"citizens":[null,{"id":"1"},null]}',
    '{"citizens":[null,{"id":"1"},null]}',
    ['citizens.0'],
  ],
  [
    'another type',
    '{ citizen { __typename id } }',
    '{"citizen":{"__typename":"Deed","id":1}}',
    '{"citizen":null}',
    ['citizen'],
  ],
  [
    'a type that is no file',
    '{ file { __typename title } }',
    '{"file":{"__typename":"Citizen","title":"x"}}',
    '{"file":null}',
    ['file'],
  ],
  [
    'an unknown type',
    '{ file { __typename title } }',
    '{"file":{"__typename":"constructor","title":"x"}}',
    '{"file":null}',
    ['file'],
  ],
  [
    'no type where it was asked for',
    '{ file { __typename title } }',
    '{"file":{"title":"x"}}',
    '{"file":null}',
    ['file'],
  ],
  [
    'two types at once',
    '{ file { a: __typename b: __typename } }',
    '{"file":{"a":"Deed","b":"Photo"}}',
    '{"file":null}',
    ['file'],
  ],
  [
    'a scalar nested without end',
    '{ extra }',
    `{"extra":${'['.repeat(50)}${']'.repeat(50)}}`,
    '{"extra":null}',
    ['extra'],
  ],
];

test.each(wrong)('%s is null with its path', (_what, query, json, data, faults) => {
  expect(check(query, json)).toEqual({ data: JSON.parse(data), faults });
});

test('members that nobody asked for are left out, whatever their name', () => {
  const json = '{"citizen":{"id":"1","name":"Lan","__proto__":{"polluted":true},"constructor":1},"count":5}';
  expect(check('{ citizen { id } }', json)).toEqual({ data: { citizen: { id: '1' } }, faults: [] });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each(['null', '[]', '"text"', '5', 'true'])('%s for data leaves nothing', (json) => {
  expect(check('{ count }', json)).toEqual({ data: undefined, faults: [''] });
});

test('an answer that errs everywhere names twenty places', () => {
  const selection = Array.from({ length: 30 }, (_, n) => `a${n}: count`).join(' ');
  expect(check(`{ ${selection} }`, '{}').faults).toHaveLength(20);
});

describe('entities', () => {
  const query =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Citizen { name } ... on Deed { sheet } ... on File { title } } }';
  const entities = (value: unknown, types: string[]) => {
    const { data, faults } = shape.check(query, { _entities: value }, types);
    return {
      entities: data && JSON.parse(JSON.stringify(data._entities)),
      faults: faults.map((path) => path.join('.')),
    };
  };

  test('each is judged by the type of its representation', () => {
    const answer = [{ name: 'Lan', sheet: 1 }, null, { sheet: 2, name: 'x', title: 'Sổ' }];
    expect(entities(answer, ['Citizen', 'Citizen', 'Deed'])).toEqual({
      entities: [{ name: 'Lan' }, null, { sheet: 2, title: 'Sổ' }],
      faults: [],
    });
  });

  test.each([
    [[]],
    [[{ name: 'Lan' }]],
    [[{ name: 'Lan' }, { name: 'An' }, { name: 'Bê' }]],
    [{}],
    [null],
    [undefined],
  ])('%j for two representations cannot be told apart and is worth nothing', (answer) => {
    expect(entities(answer, ['Citizen', 'Citizen'])).toEqual({ entities: undefined, faults: ['_entities'] });
  });

  test('a wrong one costs itself alone', () => {
    expect(entities([[], { name: 'Lan' }], ['Citizen', 'Citizen'])).toEqual({
      entities: [null, { name: 'Lan' }],
      faults: ['_entities.0'],
    });
  });
});

test('texts with long literals are not all remembered', () => {
  const heap = () => {
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    return process.memoryUsage().heapUsed / 1_048_576;
  };
  const schema = buildSchema('type Query { commune(code: ID!): String }');
  const shape = new AnswerShape(schema);
  const before = heap();
  for (let n = 0; n < 300; n += 1) {
    const query = Buffer.from(`{ commune(code: "${n}${'x'.repeat(200_000)}") }`).toString();
    shape.check(query, { commune: null }, []);
  }
  expect(heap() - before).toBeLessThan(25);
  expect(shape.check('{ commune(code: "1") }', { commune: 'a' }, []).faults).toEqual([]);
});
