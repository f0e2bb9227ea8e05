import { describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, getVariableValues, isScalarType, parse } from 'graphql';

import { coerceVariables } from './coerce.ts';
import { prepareOperation } from './prepare.ts';

const schema = buildSchema(`
  type Query { f(n: Int, input: In, list: [In!], text: String): Int }
  input In { name: String!, age: Int, inner: In, kind: Kind }
  enum Kind { A B }
  input One @oneOf { number: Int name: String }
  scalar Odd
`);
const odd = schema.getType('Odd');
if (!isScalarType(odd)) throw new TypeError('no scalar');
odd.parseValue = (value) => {
  if (value === '4') throw new RangeError(`051085000001 is wrong: ${value}`);
  return value === 'A' ? undefined : value;
};

const prepared = (definitions: string) => {
  const names = [...definitions.matchAll(/\$(\w+)/g)].map(([, name]) => name);
  const document = parse(`query (${definitions}) { ${names.map((name) => `${name}: f`).join(' ')} }`);
  const ast = getOperationAST(document);
  if (!ast) throw new Error('no operation');
  return prepareOperation(schema, document, ast);
};

const coerce = (definitions: string, inputs: Record<string, unknown>) =>
  coerceVariables(schema, prepared(definitions), inputs);

test('good variables are coerced, with their defaults', () => {
  expect([...coerce('$n: Int!, $d: Int = 4, $absent: Int', { n: 3 })]).toEqual([
    ['n', 3],
    ['d', 4],
  ]);
});

describe('a bad variable is named with its place and type, never with its value', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ['$n: Int!', {}, ['$n']],
    ['$n: Int!', { n: null }, ['$n']],
    ['$n: Int', { n: '051085000001' }, ['$n']],
    ['$input: In', { input: { name: 'An', age: '051085000001' } }, ['$input.age']],
    ['$input: In', { input: { age: 4 } }, ['$input']],
    ['$input: In', { input: { name: 'An', inner: { name: 'B', kind: '051085000001' } } }, ['$input.inner.kind']],
    ['$list: [In!]', { list: [{ name: 'An' }, { name: 'B', age: 'x051085000001' }] }, ['$list[1].age']],
    ['$input: In', { input: { name: 'An', '051085000001': 1 } }, ['$input']],
    ['$n: Int!, $input: In!', { n: 'x', input: 5 }, ['$n', '$input']],
    ['$n: Nothing', { n: 1 }, ['$n']],
  ])('%s %j', (definitions, inputs, places) => {
    let thrown: { code?: string; message?: string; messages?: object; data?: object } = {};
    try {
      coerce(definitions, inputs);
    } catch (error) {
      thrown = error as typeof thrown;
    }
    expect([thrown.code, thrown.data]).toEqual(['BAD_USER_INPUT', { argument: places[0] }]);
    for (const place of places) expect(JSON.stringify(thrown.messages)).toContain(place);
    expect(JSON.stringify(thrown.messages)).not.toContain('051085000001');
  });
});

test('a variable by the name of something that every object has is absent where it was not sent', () => {
  const definitions = '$constructor: Odd, $toString: String, $__proto__: Int, $hasOwnProperty: Int = 3';
  expect([...coerce(definitions, {})]).toEqual([['hasOwnProperty', 3]]);
  expect(() => coerce('$constructor: Odd!', {})).toThrow('Variable $constructor needs');
  expect([...coerce(definitions, JSON.parse('{ "__proto__": 4, "toString": "An" }'))]).toEqual([
    ['toString', 'An'],
    ['__proto__', 4],
    ['hasOwnProperty', 3],
  ]);
});

test('what a scalar says of a value that it does not take is not passed on', () => {
  expect(() => coerce('$v: Odd', { v: '4' })).toThrow(/^Variable \$v needs a valid value of type Odd\.$/);
});

test('a value nested without end is refused before anything walks it', () => {
  const nested = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  expect(() => coerce('$n: Int', { n: nested })).toThrow('Variable $n is nested too deeply.');
});

test('a list of mistakes is given up after a few: graphql-js makes an error with a stack of each', () => {
  let read = 0;
  const list = new Proxy(new Array(1_000).fill(0), {
    get(items, key, receiver) {
      if (/^\d+$/.test(String(key))) read += 1;
      return Reflect.get(items, key, receiver);
    },
  });
  expect(() => coerce('$list: [In!]', { list })).toThrow('Variable $list[9] needs a valid value of type [In!].');
  // Each once to see how deep it is; a few to coerce them.
  expect(read).toBeLessThan(1_020);
});

describe('as graphql-js coerces them', () => {
  const DEFINITIONS = [
    '$v: Int',
    '$v: Int!',
    '$v: Int = 4',
    '$v: Int! = 4',
    '$v: String',
    '$v: ID!',
    '$v: Float',
    '$v: Boolean',
    '$v: Kind',
    '$v: [Int]',
    '$v: [[Int!]!]',
    '$v: In',
    '$v: [In!]! = [{ name: "An" }]',
    '$v: In = { name: "An", inner: { name: "B", kind: A } }',
    '$v: One',
    '$v: [One!]! = { number: 1 }',
    '$v: Odd',
    '$v: [Odd!]!',
    '$v: Query',
    '$v: Nothing',
  ];
  const VALUES = [
    undefined,
    null,
    0,
    4.5,
    2 ** 31,
    '',
    '4',
    'A',
    true,
    [],
    [1, null],
    [[1]],
    [[null]],
    {},
    { name: 'An' },
    { name: 'An', age: null, inner: { name: 'B', kind: 'B' } },
    { name: null },
    { number: 1 },
    { number: 1, name: 'An' },
    { number: null },
    { name: 'An', more: 1 },
    JSON.parse('{ "name": "An", "__proto__": 1 }'),
  ];

  test.each(DEFINITIONS)('%s', (definitions) => {
    const operation = prepared(definitions);
    for (const value of VALUES) {
      for (const inputs of [{ v: value }, ...(value === undefined ? [{}] : [])]) {
        const { coerced } = getVariableValues(schema, operation.variables, inputs);
        const expected = coerced && new Map(Object.entries(coerced));
        if (expected) expect(coerceVariables(schema, operation, inputs)).toEqual(expected);
        else expect(() => coerceVariables(schema, operation, inputs)).toThrow('needs a valid value');
      }
    }
  });
});
