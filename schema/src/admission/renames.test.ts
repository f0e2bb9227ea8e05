import { expect, test } from '@jest/globals';
import { department, verdict } from '../fixtures.ts';

const GUARDED = '(scopes: [["s"]])';
const as = (name: string, of = 'requiresScopes') => `{ name: "@${of}", as: "@${name}" }`;

test.each([
  [
    'two names applied',
    [
      department(`type Query { a: Int @p${GUARDED} }`, as('p')),
      department(`type Query { b: Int @q${GUARDED} }`, as('q')),
    ],
    ['DIFFERING_RENAMES @requiresScopes'],
  ],
  [
    'imported here and prefixed there',
    [
      department(`type Query { a: Int @federation__requiresScopes${GUARDED} }`, '"@key"'),
      department(`type Query { b: Int @requiresScopes${GUARDED} }`, '"@requiresScopes"'),
    ],
    ['DIFFERING_RENAMES @requiresScopes'],
  ],
  [
    'imported and never applied, which composition accepts',
    [department('type Query { a: Int }', as('p')), department(`type Query { b: Int @q${GUARDED} }`, as('q'))],
    ['DIFFERING_RENAMES @requiresScopes'],
  ],
  [
    'one name for two guards',
    [department('type Query { a: Int }', as('p')), department('type Query { b: Int }', as('p', 'policy'))],
    ['DIFFERING_RENAMES @p'],
  ],
  [
    'one name everywhere',
    [
      department(`type Query { a: Int @p${GUARDED} }`, as('p')),
      department(`type Query { b: Int @p${GUARDED} }`, as('p')),
    ],
    [],
  ],
  [
    'a department that uses no guard has no say',
    [department('type Query { a: Int }', '"@key"'), department(`type Query { b: Int @p${GUARDED} }`, as('p'))],
    [],
  ],
])('%s', (_, sdls, expected) => {
  expect(verdict(sdls).errors).toEqual(expected);
});
