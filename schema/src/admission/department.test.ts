import { describe, expect, test } from '@jest/globals';
import { department, departments, verdict } from '../fixtures.ts';
import { readDepartment } from './department.ts';

describe('a department alone', () => {
  test.each([
    ['scopes: []', 'EMPTY_REQUIREMENT Query.a'],
    ['scopes: [[]]', 'EMPTY_REQUIREMENT Query.a'],
    ['scopes: [[], ["x"]]', 'EMPTY_REQUIREMENT Query.a'],
    ['scopes: ["x", "y"]', 'INVALID_REQUIREMENT Query.a'],
  ])('@requiresScopes(%s) is refused', (argument, expected) => {
    const sdl = department(`type Query { a: Int @requiresScopes(${argument}) }`);
    expect(verdict([sdl]).errors).toEqual([expected]);
  });

  test('an empty set is refused even where composition would absorb it into another department', () => {
    const field = (scopes: string) => department(`type Query { a: Int @shareable @requiresScopes(scopes: ${scopes}) }`);
    expect(verdict([field('[["x"]]'), field('[[]]')]).errors).toEqual(['EMPTY_REQUIREMENT Query.a']);
  });

  test.each([
    ['defined and applied', 'directive @authenticated on FIELD_DEFINITION type Query { a: Int @authenticated }'],
    ['defined alone', 'directive @authenticated on FIELD_DEFINITION type Query { a: Int }'],
    ['applied under a prefix that nothing links', 'type Query { a: Int @security__authenticated }'],
    [
      'applied on an argument',
      'directive @authenticated on ARGUMENT_DEFINITION type Query { a(b: Int @authenticated): Int }',
    ],
  ])('a directive that only looks like a guard: %s', (_, sdl) => {
    const errors = verdict([department(sdl, '"@key"')]).errors;
    expect(new Set(errors.map((error) => error.split(' ')[0]))).toEqual(new Set(['UNLINKED_DIRECTIVE']));
  });

  test('a schema without any federation link guards nothing', () => {
    expect(verdict(['type Query { a: Int @authenticated }']).errors).toEqual(['UNLINKED_DIRECTIVE @authenticated']);
  });

  test.each([
    ['namespaced', '@federation__authenticated', '"@key"'],
    ['renamed', '@dangNhap', '{ name: "@authenticated", as: "@dangNhap" }'],
  ])('a guard that is %s counts', (_, directive, imports) => {
    expect(verdict([department(`type Query { a: Int ${directive} }`, imports)]).errors).toEqual([]);
  });

  test('the refusal names the department', () => {
    const [schema] = departments(department('type Query { a: Int @policy(policies: []) }'));
    const refusals = schema ? readDepartment(schema).refusals : [];
    expect(refusals).toMatchObject([{ department: 'department1', message: expect.stringContaining('[department1]') }]);
  });
});

describe('what composition itself refuses passes through with its own code', () => {
  test.each([
    [
      'a guard on an interface',
      ['type Query { a: I } interface I @authenticated { x: Int } type T implements I { x: Int }'],
      'AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE',
    ],
    [
      'a guard on a field of an interface',
      ['type Query { a: I } interface I { x: Int @authenticated } type T implements I { x: Int }'],
      'AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE',
    ],
    [
      'a guard on an interface object',
      [
        'type Query { n: Node } interface Node @key(fields: "id") { id: ID! } type P implements Node @key(fields: "id") { id: ID! }',
        'type Node @interfaceObject @key(fields: "id") @authenticated { id: ID! extra: Int }',
      ],
      'AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE',
    ],
    [
      'a field that @requires more than it asks for',
      [
        'type Query { t: T } type T @key(fields: "id") { id: ID! secret: Int @requiresScopes(scopes: [["s"]]) }',
        'type T @key(fields: "id") { id: ID! secret: Int @external copy: Int @requires(fields: "secret") }',
      ],
      'MISSING_TRANSITIVE_AUTH_REQUIREMENTS',
    ],
    [
      'types that do not fit',
      ['type Query { a: Int @shareable }', 'type Query { a: String @shareable }'],
      'FIELD_TYPE_MISMATCH',
    ],
    ['an unknown type', ['type Query { a: Missing }'], 'INVALID_GRAPHQL'],
  ])('%s', (_, sdls, code) => {
    const errors = verdict(sdls.map((sdl) => department(sdl))).errors;
    expect(new Set(errors)).toEqual(new Set([code]));
  });
});
