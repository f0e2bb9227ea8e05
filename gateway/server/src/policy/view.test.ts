import { describe, expect, test } from '@jest/globals';
import { buildSchema, type GraphQLSchema, printSchema, validateSchema } from 'graphql';

import { readRules } from '../testing/miniature.ts';
import { Guards } from './guards.ts';
import { viewOf } from './view.ts';
import { Views } from './views.ts';

interface Case {
  readonly sdl: string;
  /** As in testing/miniature.ts. */
  readonly rules?: Readonly<Record<string, readonly string[]>>;
  readonly open?: readonly string[];
  readonly unguarded?: 'allow' | 'refuse';
  /** Absent: anonymous. */
  readonly scopes?: readonly string[];
}

const guardsOf = ({ rules = {}, open = [], unguarded = 'allow' }: Case, schema: GraphQLSchema) =>
  new Guards(readRules({ rules, open }), schema, unguarded);

const holder = (scopes: readonly string[] | undefined) =>
  ({ kind: scopes ? 'authenticated' : 'anonymous', scopes: new Set(scopes) }) as const;

const seen = (given: Case): GraphQLSchema => {
  const schema = buildSchema(given.sdl);
  return viewOf(schema, guardsOf(given, schema), holder(given.scopes));
};

/** The view in one line, once it is proven to be a schema that others can read. */
const printed = (given: Case): string => {
  const view = seen(given);
  expect(validateSchema(view).map(({ message }) => message)).toEqual([]);
  const text = printSchema(view);
  expect(printSchema(buildSchema(text))).toBe(text);
  return text.replaceAll(/\s+/g, ' ');
};

const FILES = `
  type Query { files: [File] mine: Drawer }
  interface Drawer { best: File title: String }
  interface File { title: String owner: Person }
  type OpenFile implements File & Drawer { title: String owner: Person best: File }
  type SealedFile implements File { title: String owner: Person body: String }
  type Person { name: String }`;

describe('what a caller sees', () => {
  test.each<[string, Case, string]>([
    [
      'everything, where nothing is guarded',
      { sdl: 'type Query { a: Int b(x: [In!] = [{n: 1}]): String! } input In { n: Int }' },
      'type Query { a: Int b(x: [In!] = [{n: 1}]): String! } input In { n: Int }',
    ],
    [
      'fields whose scopes are held, one whole alternative of them',
      {
        sdl: 'type Query { a: Int b: Int c: Int d: Int }',
        rules: { 'Query.a': ['s'], 'Query.b': ['s t'], 'Query.c': ['t', 's'], 'Query.d': ['ss'] },
        scopes: ['s'],
      },
      'type Query { a: Int c: Int }',
    ],
    [
      'what a policy alone withholds: policies are decided per request',
      {
        sdl: 'type Query { a: Int b: Int }',
        rules: { 'Query.a': ['s', 'policy:purpose:TREATMENT'], 'Query.b': ['t', 'policy:purpose:TREATMENT'] },
        scopes: ['s'],
      },
      'type Query { a: Int }',
    ],
    [
      'what asks for any token, with one',
      { sdl: 'type Query { a: Int b: Int }', rules: { 'Query.a': ['authenticated'] }, scopes: [] },
      'type Query { a: Int b: Int }',
    ],
    [
      'and without one',
      { sdl: 'type Query { a: Int b: Int }', rules: { 'Query.a': ['authenticated'] } },
      'type Query { b: Int }',
    ],
    [
      'no forgotten field, under unguarded: refuse',
      { sdl: 'type Query { a: Int b: Int }', open: ['Query.b'], unguarded: 'refuse' },
      'type Query { b: Int }',
    ],
    [
      'no type without fields, nothing that returns one, nothing that only led there',
      {
        sdl: `type Query { box: Box  n: Int }
          type Box { inner(in: In): [Inner!]! }  input In { deep: Deep }  input Deep { level: Level }
          enum Level { LOW }  type Inner { secret: Int }`,
        rules: { 'Inner.secret': ['s'] },
      },
      'type Query { n: Int }',
    ],
    [
      'no denied type',
      { sdl: 'type Query { s: Secret n: Int } type Secret { a: Int b: Int }', rules: { Secret: ['s'] } },
      'type Query { n: Int }',
    ],
    [
      'no guarded scalar or enum, with the fields that return them',
      {
        sdl: 'type Query { p: Phone l: [Level] n: Int } scalar Phone enum Level { LOW }',
        rules: { Phone: ['s'], Level: ['s'] },
      },
      'type Query { n: Int }',
    ],
    [
      'a guarded enum that a permitted argument takes',
      { sdl: 'type Query { l: Level n(of: Level): Int } enum Level { LOW }', rules: { Level: ['s'] } },
      'type Query { n(of: Level): Int } enum Level { LOW }',
    ],
    [
      'input types as long as one argument needs them',
      {
        sdl: 'type Query { a(in: In): Int b(in: In, o: Only): Int } input In { n: Int } input Only { n: Int }',
        rules: { 'Query.b': ['s'] },
      },
      'type Query { a(in: In): Int } input In { n: Int }',
    ],
    [
      'no type that nothing leads to',
      {
        sdl: 'type Query { a: A n: Int } type A { b: B } type B { n: Int } type Alone { n: Int }',
        rules: { 'Query.a': ['s'] },
      },
      'type Query { n: Int }',
    ],
    [
      'mutations only where one is permitted',
      { sdl: 'type Query { n: Int } type Mutation { erase: Int }', rules: { 'Mutation.erase': ['admin'] } },
      'type Query { n: Int }',
    ],
    [
      'descriptions, deprecations, defaults',
      {
        sdl: `"ask" type Query { "n" n("x" x: Int = 3 @deprecated(reason: "y")): Level @deprecated(reason: "old")  s: Int }
          "level" enum Level { "low" LOW  HIGH @deprecated(reason: "gone") }`,
        rules: { 'Query.s': ['s'] },
      },
      '"""ask""" type Query { """n""" n( """x""" x: Int = 3 @deprecated(reason: "y") ): Level @deprecated(reason: "old") } ' +
        '"""level""" enum Level { """low""" LOW HIGH @deprecated(reason: "gone") }',
    ],
    [
      'of directives, those that an operation may use, and no application',
      {
        sdl: `directive @live(if: Flag) on FIELD  directive @internal(why: String) on FIELD_DEFINITION | ENUM_VALUE
          enum Flag { ON }  type Query { n: Int @internal(why: "x") s: Int }`,
        rules: { 'Query.s': ['s'] },
      },
      'directive @live(if: Flag) on FIELD type Query { n: Int } enum Flag { ON }',
    ],
  ])('%s', (_, given, expected) => {
    expect(printed(given)).toBe(expected);
  });
});

describe('abstract types', () => {
  test('an interface loses the field that one implementing type may not show; the others keep theirs', () => {
    expect(printed({ sdl: FILES, rules: { 'SealedFile.title': ['s'] } })).toBe(
      'type Query { files: [File] mine: Drawer } interface File { owner: Person } ' +
        'type OpenFile implements File & Drawer { title: String owner: Person best: File } ' +
        'interface Drawer { best: File title: String } type Person { name: String } ' +
        'type SealedFile implements File { owner: Person body: String }',
    );
  });

  test('an interface without a field left becomes a union of what may be shown there', () => {
    expect(printed({ sdl: FILES, rules: { SealedFile: ['s'] } })).toBe(
      'type Query { files: [File] mine: Drawer } union File = OpenFile ' +
        'type OpenFile implements Drawer { title: String owner: Person best: File } ' +
        'interface Drawer { best: File title: String } type Person { name: String }',
    );
  });

  test('a field narrowed to another interface is not promised where a union stands', () => {
    const sdl = `type Query { box: Box }
      interface Box { node: Node  n: Int }
      interface Node { id: ID }
      interface Named implements Node { id: ID  name: String }
      type NamedBox implements Box { node: Named  n: Int }
      type P implements Named & Node { id: ID  name: String }
      type Q implements Node { id: ID }`;
    expect(printed({ sdl, rules: { 'Q.id': ['s'] } })).toBe(
      'type Query { box: Box } interface Box { n: Int } type NamedBox implements Box { node: Named n: Int } ' +
        'interface Named { id: ID name: String } type P implements Named { id: ID name: String }',
    );
  });

  test('a field returns what no implementing type may show: it goes everywhere', () => {
    const sdl = `type Query { box: Box }  interface Box { node: Node  n: Int }  interface Node { id: ID }
      type ABox implements Box { node: A  n: Int }  type A implements Node { id: ID }  type B implements Node { id: ID }`;
    expect(printed({ sdl, rules: { A: ['s'] } })).toBe(
      'type Query { box: Box } interface Box { n: Int } type ABox implements Box { n: Int }',
    );
  });

  test.each<[string, Case['rules'], string]>([
    ['loses denied members', { Secret: ['s'] }, 'union Thing = Pet'],
    ['loses members left without fields', { 'Pet.chip': ['s'] }, 'union Thing = Secret'],
    ['vanishes when it is empty', { 'Pet.chip': ['s'], Secret: ['s'] }, 'type Query { n: Int }'],
  ])('a union %s', (_, rules = {}, expected) => {
    const sdl =
      'type Query { find: [Thing] n: Int } union Thing = Pet | Secret type Pet { chip: ID } type Secret { code: ID }';
    expect(printed({ sdl, rules })).toContain(expected);
    expect(printed({ sdl, rules }).includes('union')).toBe(expected.startsWith('union'));
  });
});

describe('a caller who may ask nothing', () => {
  const sdl = 'type Query { a: Int } type Mutation { b: Int }';

  test('sees Query without a field, and it can be read', () => {
    const text = printSchema(seen({ sdl, rules: { 'Query.a': ['s'], 'Mutation.b': ['s'] } }));
    expect(text).toBe('type Query');
    expect(printSchema(buildSchema(text))).toBe(text);
  });

  test('still sees what it may write', () => {
    const view = seen({ sdl, rules: { 'Query.a': ['s'], 'Mutation.b': ['w'] }, scopes: ['w'] });
    expect(printSchema(view).replaceAll(/\s+/g, ' ')).toBe('type Mutation { b: Int } type Query');
  });
});

test('the whole schema is left as it was', () => {
  const schema = buildSchema(FILES);
  const before = printSchema(schema);
  viewOf(schema, guardsOf({ sdl: FILES, rules: { SealedFile: ['s'] } }, schema), holder([]));
  expect(printSchema(schema)).toBe(before);
});

describe('views are shared', () => {
  const given: Case = {
    sdl: 'type Query { a: Int b: Int c: Int }',
    rules: { 'Query.a': ['x'], 'Query.b': ['y', 'x","y'], 'Query.c': ['authenticated'] },
  };
  const make = (more: Record<string, readonly string[]> = {}) => {
    const fields = Object.keys(more).map((coordinate) => coordinate.slice('Query.'.length));
    const schema = buildSchema(
      `${given.sdl} extend type Query { z: Int ${fields.join(': Int ')}${fields[0] ? ': Int' : ''} }`,
    );
    return new Views(schema, guardsOf({ ...given, rules: { ...given.rules, ...more } }, schema));
  };

  test('by callers who hold the same of the scopes that rules name', () => {
    const views = make();
    expect(views.of(holder(['x', 'y']))).toBe(views.of(holder(['elsewhere', 'y', 'x'])));
    expect(views.of(holder(['x']))).not.toBe(views.of(holder(['y'])));
    expect(views.of(holder([]))).not.toBe(views.of(holder(undefined)));
  });

  test('never because of how their scopes are spelled', () => {
    const views = make();
    expect(views.of(holder(['x","y']))).not.toBe(views.of(holder(['x', 'y'])));
  });

  test('and forgotten, the least recently used first', () => {
    const names = Array.from({ length: 64 }, (_, n) => `s${n}`);
    const views = make(Object.fromEntries(names.map((name) => [`Query.${name}`, [name]])));
    const first = views.of(holder(['x']));
    const second = views.of(holder(['y']));
    for (const name of names.slice(0, 62)) views.of(holder([name]));
    expect(views.of(holder(['x']))).toBe(first);
    views.of(holder(['s62']));
    expect(views.of(holder(['x']))).toBe(first);
    expect(views.of(holder(['y']))).not.toBe(second);
  });
});
