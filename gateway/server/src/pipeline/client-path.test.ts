import { expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';

import { PrivateNames } from '../execution/private-names.ts';
import type { FieldSelection, Selection } from '../operation/model.ts';
import { prepareOperation } from '../operation/prepare.ts';
import { clientPath } from './client-path.ts';

const schema = buildSchema(`
  interface Party { code: ID name: String }
  type Person implements Party { code: ID name: String friends(first: Int): [Person] }
  type Query { me: Person parties: [Party] }
`);

const pathIn = (query: string, ...path: (string | number)[]) => {
  const [definition] = parse(query).definitions;
  if (definition?.kind !== 'OperationDefinition') throw new Error('no operation');
  const { selections } = prepareOperation(schema, parse(query), definition);
  const names = new PrivateNames('lt_');
  const write = (each: readonly Selection[]): void => {
    for (const selection of each) {
      if (selection.kind === 'field') names.of(selection as FieldSelection);
      write(selection.selections);
    }
  };
  write(selections);
  return clientPath(path, selections, names);
};

test.each([
  ['{ me { n: name } }', ['me', 'lt_0'], ['me', 'n']],
  ['{ me { friends(first: 1) { name } } }', ['me', 'lt_0', 3, 'name'], ['me', 'friends', 3, 'name']],
  ['{ parties { ... on Person { a: name } name } }', ['parties', '@', 'lt_0'], ['parties', '@', 'a']],
])('%s: names become the caller’s', (query, path, told) => {
  expect(pathIn(query, ...path)).toEqual(told);
});

test.each([
  ['a field that the plan added', '{ me { name } }', ['me', 'code'], ['me']],
  ['one whose name the caller gave to another field', '{ me { code: name } }', ['me', 'code'], ['me']],
  ['one in a list', '{ me { friends { code: name } } }', ['me', 'friends', 2, 'code'], ['me', 'friends', 2]],
  ['one at the root', '{ me { name } }', ['parties'], []],
])('%s is not told', (_what, query, path, told) => {
  expect(pathIn(query, ...path)).toEqual(told);
});
