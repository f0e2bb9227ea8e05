import { expect, test } from '@jest/globals';
import { composed, department, version } from '../fixtures.ts';
import { lostGuards } from './guard-lost.ts';

const before = composed(
  department(`type Query { me: Person old: Int @authenticated }
    type Person @authenticated { name: String @requiresScopes(scopes: [["names"]]) mark: Mark }
    scalar Mark @requiresScopes(scopes: [["marks"]])`),
);

const lost = (after: string, ...acknowledged: string[]) =>
  lostGuards(version(before), version(composed(department(after))), new Set(acknowledged)).map(
    ({ coordinate }) => coordinate,
  );

test.each([
  [
    'nothing, when nothing changed but a field that went away',
    'type Query { me: Person } type Person @authenticated { name: String @requiresScopes(scopes: [["names"]]) mark: Mark } scalar Mark @requiresScopes(scopes: [["marks"]])',
    [],
  ],
  [
    'nothing, when more is asked',
    'type Query { me: Person } type Person @authenticated { name: String @requiresScopes(scopes: [["names", "more"]]) mark: Mark } scalar Mark @requiresScopes(scopes: [["marks"]])',
    [],
  ],
  [
    'a field whose guard went away',
    'type Query { me: Person } type Person @authenticated { name: String mark: Mark } scalar Mark @requiresScopes(scopes: [["marks"]])',
    ['Person.name'],
  ],
  [
    'a field with one more way in',
    'type Query { me: Person } type Person @authenticated { name: String @requiresScopes(scopes: [["names"], ["other"]]) mark: Mark } scalar Mark @requiresScopes(scopes: [["marks"]])',
    ['Person.name'],
  ],
  [
    'a scalar, and every field that returns it',
    'type Query { me: Person } type Person @authenticated { name: String @requiresScopes(scopes: [["names"]]) mark: Mark } scalar Mark',
    ['Mark', 'Person.mark'],
  ],
  [
    'a type, and the fields that relied on it or return it; scopes still imply authentication',
    'type Query { me: Person } type Person { name: String @requiresScopes(scopes: [["names"]]) mark: Mark } scalar Mark @requiresScopes(scopes: [["marks"]])',
    ['Person', 'Query.me'],
  ],
])('%s', (_, after, expected) => {
  expect(lost(after)).toEqual(expected);
});

test('a field that now returns another type keeps its guard or is reported', () => {
  expect(
    lost(`type Query { me: Person } scalar Mark @requiresScopes(scopes: [["marks"]])
      type Person @authenticated { name: String @requiresScopes(scopes: [["names"]]) mark: String other: Mark }`),
  ).toEqual(['Person.mark']);
});

test('what is acknowledged is not reported', () => {
  const after = 'type Query { me: Person } type Person @authenticated { name: String mark: String }';
  expect(lost(after, 'Person.name')).toEqual(['Person.mark']);
  expect(lost(after, 'Person.name', 'Person.mark')).toEqual([]);
});
