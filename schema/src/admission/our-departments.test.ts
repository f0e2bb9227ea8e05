import { describe, expect, test } from '@jest/globals';
import { department, verdict } from '../fixtures.ts';

const refuse = { unguarded: 'refuse' } as const;
const PUBLIC = '@tag(name: "public")';
const SCOPE = '@requiresScopes(scopes: [["s"]])';

describe('UNGUARDED', () => {
  test.each([
    ['neither rule nor tag', 'type Query { a: Int }', ['UNGUARDED Query.a']],
    ['a rule on the field', `type Query { a: Int ${SCOPE} }`, []],
    ['a rule on the parent type', `type Query { t: T } type T ${SCOPE} { a: Int }`, []],
    ['a rule on the return type', `type Query { a: S } scalar S ${SCOPE}`, []],
    ['the tag', `type Query { a: Int ${PUBLIC} }`, []],
    ['another tag', 'type Query { a: Int @tag(name: "internal") }', ['UNGUARDED Query.a']],
    ['a tag on the type opens no field', `type Query ${PUBLIC} { a: Int }`, ['UNGUARDED Query.a']],
    ['a field that callers cannot see', `type Query { a: Int ${PUBLIC} b: Int @inaccessible }`, []],
  ])('%s', (_, sdl, expected) => {
    expect(verdict([department(sdl)], refuse).errors).toEqual(expected);
  });

  test('says nothing where unguarded fields are allowed', () => {
    expect(verdict([department('type Query { a: Int }')]).errors).toEqual([]);
  });
});

describe('GUARDED_ROOT_NOT_NULLABLE', () => {
  test.each([
    ['a guard on the field', `type Query { a: Int! ${SCOPE} }`, ['GUARDED_ROOT_NOT_NULLABLE Query.a']],
    [
      'a guard on the type behind it',
      `type Query { a: [T!]! ${PUBLIC} } type T ${SCOPE} { x: Int }`,
      ['GUARDED_ROOT_NOT_NULLABLE Query.a'],
    ],
    [
      'a mutation',
      `type Query { a: Int ${PUBLIC} } type Mutation { b: Int! ${SCOPE} }`,
      ['GUARDED_ROOT_NOT_NULLABLE Mutation.b'],
    ],
    ['items of a nullable list', `type Query { a: [Int!] ${SCOPE} }`, []],
    ['a public field', `type Query { a: Int! ${PUBLIC} }`, []],
  ])('%s', (_, sdl, expected) => {
    expect(verdict([department(sdl)], refuse).errors).toEqual(expected);
    expect(verdict([department(sdl)]).warnings).toEqual(expected);
  });
});

describe('VALUE_BETRAYED', () => {
  const person = `type Person { id: ID ${PUBLIC} fullName: String @requiresScopes(scopes: [["names"]]) phone: String ${PUBLIC} }`;
  const check = (query: string, more = '') =>
    verdict([department(`type Query { ${query} } ${person} ${more}`)], refuse).errors;

  test.each([
    ['a lookup by a guarded value', `find(fullName: String): Person ${PUBLIC}`, '', ['find(fullName:)']],
    ['a list filtered by one', `find(full_name: String): [Person] ${PUBLIC}`, '', ['find(full_name:)']],
    [
      'an input object that holds one',
      `find(filter: Filter): [Person] ${PUBLIC}`,
      'input Filter { and: Filter fullName: String }',
      ['find(filter:)'],
    ],
    [
      'an order by one',
      `find(order: Order): [Person] ${PUBLIC}`,
      'enum Order { FULL_NAME_DESC PHONE }',
      ['find(order:)'],
    ],
    [
      'a connection',
      `find(fullName: String): Connection ${PUBLIC}`,
      `type Connection { edges: [Edge] ${PUBLIC} } type Edge { node: Person ${PUBLIC} }`,
      ['find(fullName:)'],
    ],
    ['a union', `find(fullName: String): Found ${PUBLIC}`, 'union Found = Person', ['find(fullName:)']],
    [
      'the same rule on the field that looks up',
      'find(fullName: String): Person @requiresScopes(scopes: [["names"]])',
      '',
      [],
    ],
    ['an open value', `find(phone: String): Person ${PUBLIC}`, '', []],
  ])('%s', (_, query, more, expected) => {
    expect(check(query, more)).toEqual(expected.map((argument) => `VALUE_BETRAYED Query.${argument}`));
  });

  test('an argument listed as free is not reported, and one that does not exist is', () => {
    const sdl = department(`type Query { find(fullName: String): Person ${PUBLIC} } ${person}`);
    const free = (...freeArguments: string[]) =>
      verdict([sdl], { ...refuse, freeArguments: new Set(freeArguments) }).errors;
    expect(free('Query.find(fullName:)')).toEqual([]);
    expect(free('Query.find(fullName:)', 'Query.find(name:)')).toEqual(['INVALID_CONFIG Query.find(name:)']);
  });
});

describe('GUARDED_KEY', () => {
  test('warns of a guarded field that is a key, once, and of no other', () => {
    const sdl = department(`type Query { t: T } type T @key(fields: "id") @key(fields: "code region { id }") {
      id: ID! ${SCOPE} code: Int! region: Region! } type Region { id: ID! ${SCOPE} }`);
    const other = department(`type T @key(fields: "id") { id: ID! ${SCOPE} }`);
    expect(verdict([sdl, other])).toEqual({ errors: [], warnings: ['GUARDED_KEY T.id'] });
  });
});

describe('UNKNOWN_SCOPE and UNKNOWN_PURPOSE', () => {
  const entry = { vi: '', en: '', legalBases: [] };
  const catalogue = {
    scopes: new Map([['s', { ...entry, sensitivity: 'basic', categories: [] } as const]]),
    agencies: new Map(),
    purposes: new Map([['TTHC', { ...entry, shownAfterDays: 0 }]]),
    categories: new Map(),
    legalBases: new Map(),
  };
  test.each([
    ['@requiresScopes(scopes: [["s"]])', []],
    ['@requiresScopes(scopes: [["s", "S"]])', ['UNKNOWN_SCOPE Query.a']],
    ['@requiresScopes(scopes: [["toString"]])', ['UNKNOWN_SCOPE Query.a']],
    ['@policy(policies: [["purpose:TTHC"]])', []],
    ['@policy(policies: [["purpose:tthc"]])', ['UNKNOWN_PURPOSE Query.a']],
    ['@policy(policies: [["decided-elsewhere"]])', []],
  ])('%s', (guard, expected) => {
    expect(verdict([department(`type Query { a: Int ${guard} }`)], { catalogue }).errors).toEqual(expected);
  });
});
