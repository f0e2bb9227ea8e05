import { describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';

import { coerceVariables } from './coerce.ts';
import { prepareOperation } from './prepare.ts';

const schema = buildSchema(`
  type Query { f(n: Int, input: In, list: [In!], text: String): Int }
  input In { name: String!, age: Int, inner: In, kind: Kind }
  enum Kind { A B }
`);

const coerce = (definitions: string, inputs: Record<string, unknown>) => {
  const names = [...definitions.matchAll(/\$(\w+)/g)].map(([, name]) => name);
  const document = parse(`query (${definitions}) { ${names.map((name) => `${name}: f`).join(' ')} }`);
  const ast = getOperationAST(document);
  if (!ast) throw new Error('no operation');
  return coerceVariables(schema, prepareOperation(schema, document, ast), inputs);
};

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

test('a value nested without end is refused before anything walks it', () => {
  const nested = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  expect(() => coerce('$n: Int', { n: nested })).toThrow('Variable $n is nested too deeply.');
});
