import { expect, test } from '@jest/globals';
import { composed, department, departments } from '../fixtures.ts';
import { readRules } from '../rules/read.ts';
import { readDepartment } from './department.ts';
import { droppedGuards } from './dropped-guard.ts';

const SDL = department(`type Query { a: Int @requiresScopes(scopes: [["s"], ["t"]]) t: T }
  type T @authenticated { x: Int }`);
const [schema] = departments(SDL);
const written = { name: 'department1', rules: schema ? readDepartment(schema).rules : readRules('') };
const dropped = (supergraph: string) =>
  droppedGuards(written, readRules(supergraph)).map(({ coordinate }) => coordinate);

test('what composition keeps, merged or not, is not reported', () => {
  expect(dropped(composed(SDL))).toEqual([]);
  expect(dropped(composed(SDL).replace('[["s"], ["t"]]', '[["s", "u"]]'))).toEqual([]);
});

test('a guard that is gone or weaker in the supergraph is reported', () => {
  expect(dropped(composed(SDL).replace('@requiresScopes(scopes: [["s"], ["t"]])', ''))).toEqual(['Query.a']);
  expect(dropped(composed(SDL).replace('[["s"], ["t"]]', '[["s"], ["t"], ["u"]]'))).toEqual(['Query.a']);
  expect(dropped(composed(SDL).replace(/(type T[^{]*)@authenticated/, '$1'))).toEqual(['T']);
});
