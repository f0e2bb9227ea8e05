import { describe, expect, test } from '@jest/globals';
import { composed, department } from '../fixtures.ts';
import { apiSchemaOf } from './api-schema.ts';
import { effectiveRule, isUnguarded } from './effective.ts';
import { readRules } from './read.ts';

const sdl = composed(
  department(`type Query { me: Person files: [File] things: [Thing] }
    type Person @authenticated { name: String @requiresScopes(scopes: [["names"]]) mark: Mark card: Card open: Int @tag(name: "public") }
    scalar Mark @requiresScopes(scopes: [["marks"]])
    type Card @policy(policies: [["cards"]]) { number: Int }
    interface File { title: String owner: Person forgotten: Int }
    type OpenFile implements File { title: String @tag(name: "public") owner: Person forgotten: Int @tag(name: "public") }
    type SealedFile implements File { title: String @requiresScopes(scopes: [["sealed"]]) owner: Person forgotten: Int }
    union Thing = Card | Person`),
);
const rules = readRules(sdl);
const schema = apiSchemaOf(sdl);
const rule = (type: string, field: string) => effectiveRule(rules, schema, type, field);

describe('effectiveRule', () => {
  test.each([
    ['field and parent type', 'Person', 'name', { authenticated: true, scopes: [['names']], policies: [] }],
    ['parent and return type', 'Person', 'mark', { authenticated: true, scopes: [['marks']], policies: [] }],
    ['return type of an object', 'Person', 'card', { authenticated: true, scopes: [], policies: [['cards']] }],
    ['a list is judged by what it lists', 'Query', 'me', { authenticated: true, scopes: [], policies: [] }],
    ['every implementing type', 'File', 'title', { authenticated: false, scopes: [['sealed']], policies: [] }],
    ['return types behind an interface', 'File', 'owner', { authenticated: true, scopes: [], policies: [] }],
    ['entering an interface is allowed', 'Query', 'files', { authenticated: false, scopes: [], policies: [] }],
    ['entering a union is allowed', 'Query', 'things', { authenticated: false, scopes: [], policies: [] }],
    ['__typename on a guarded object', 'Person', '__typename', { authenticated: true, scopes: [], policies: [] }],
    ['__typename on an interface', 'File', '__typename', { authenticated: false, scopes: [], policies: [] }],
    ['__typename on a union', 'Thing', '__typename', { authenticated: false, scopes: [], policies: [] }],
  ])('%s', (_, type, field, expected) => {
    expect(rule(type, field)).toEqual(expected);
  });

  test('an unknown coordinate throws: silence would open it', () => {
    expect(() => rule('Person', 'constructor')).toThrow('Person.constructor');
    expect(() => rule('Nobody', 'name')).toThrow('Nobody');
  });
});

describe('isUnguarded', () => {
  test.each([
    ['neither rule nor tag', 'Query', 'files', true],
    ['a rule on the parent', 'Person', 'open', false],
    ['a tag', 'OpenFile', 'title', false],
    ['one implementing type forgot', 'File', 'forgotten', true],
    ['every implementing type is tagged or guarded', 'File', 'title', false],
    ['introspection has its own gate', 'Query', '__schema', false],
  ])('%s', (_, type, field, expected) => {
    expect(isUnguarded(rules, schema, type, field)).toBe(expected);
  });
});
