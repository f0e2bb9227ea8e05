import { describe, expect, test } from '@jest/globals';
import { composed, department, refusedWith } from '../fixtures.ts';
import { readRules } from './read.ts';

const LINK = '@link(url: "https://specs.apollo.dev/link/v1.0")';
const spec = (name: string, rest = '', version = 'v0.1') =>
  `@link(url: "https://specs.apollo.dev/${name}/${version}", for: SECURITY${rest})`;
const supergraph = (links: string, types: string) => `schema ${LINK} ${links} { query: Query } ${types}`;
const scopesOf = (sdl: string, coordinate: string) => readRules(sdl).fields.get(coordinate)?.scopes;

describe('places and names', () => {
  test('fields, object types, scalars and enums keep their own rule, merged across departments by AND', () => {
    const rules = readRules(
      composed(
        department(`type Query { me: Person }
          type Person @key(fields: "id") @authenticated {
            id: ID!
            name: String @shareable @requiresScopes(scopes: [["A1", "A2"], ["A3"]])
            mark: Mark
            level: Level @policy(policies: [["purpose:ENROL"]])
          }
          scalar Mark @requiresScopes(scopes: [["marks"]])
          enum Level @authenticated { LOW }`),
        department(`type Person @key(fields: "id") {
          id: ID!
          name: String @shareable @requiresScopes(scopes: [["A3"], ["B2"]])
        }`),
      ),
    );
    expect(Object.fromEntries(rules.fields)).toEqual({
      'Person.name': { authenticated: false, scopes: [['A3'], ['A1', 'A2', 'B2']], policies: [] },
      'Person.level': { authenticated: false, scopes: [], policies: [['purpose:ENROL']] },
    });
    expect(Object.fromEntries(rules.types)).toEqual({
      Person: { authenticated: true, scopes: [], policies: [] },
      Mark: { authenticated: false, scopes: [['marks']], policies: [] },
      Level: { authenticated: true, scopes: [], policies: [] },
    });
  });

  test('a guard survives @override: the department that lost the field still guards it', () => {
    const sdl = composed(
      department(
        'type Query { me: P } type P @key(fields: "id") { id: ID! name: String @requiresScopes(scopes: [["old"]]) }',
      ),
      department('type P @key(fields: "id") { id: ID! name: String @override(from: "department1") }'),
    );
    expect(scopesOf(sdl, 'P.name')).toEqual([['old']]);
  });

  test.each([
    ['imported under its own name', spec('requiresScopes', ', import: ["@requiresScopes"]'), 'requiresScopes'],
    ['not imported, bare by its namespace', spec('requiresScopes'), 'requiresScopes'],
    ['renamed by import', spec('requiresScopes', ', import: [{name: "@requiresScopes", as: "@phamVi"}]'), 'phamVi'],
    ['renamed by as', spec('requiresScopes', ', as: "phamVi"'), 'phamVi'],
    ['prefixed', spec('requiresScopes'), 'requiresScopes__requiresScopes'],
    ['prefixed under a new namespace', spec('requiresScopes', ', as: "phamVi"'), 'phamVi__requiresScopes'],
    ['carrying the name of another guard', spec('requiresScopes', ', as: "policy"'), 'policy'],
  ])('a directive is known by its specification: %s', (_, link, name) => {
    expect(scopesOf(supergraph(link, `type Query { a: Int @${name}(scopes: [["s"]]) }`), 'Query.a')).toEqual([['s']]);
  });

  test('@link itself may be renamed', () => {
    const sdl = `schema @lienKet(url: "https://specs.apollo.dev/link/v1.0", as: "lienKet")
      @lienKet(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY) { query: Query }
      type Query { a: Int @requiresScopes(scopes: [["s"]]) }`;
    expect(scopesOf(sdl, 'Query.a')).toEqual([['s']]);
  });

  test('names of object prototypes are ordinary names', () => {
    const sdl = supergraph(
      spec('requiresScopes'),
      'type Query { a: constructor } type constructor { __proto__: Int toString: Int @requiresScopes(scopes: [["__proto__"]]) }',
    );
    expect([...readRules(sdl).fields]).toEqual([
      ['constructor.toString', { authenticated: false, scopes: [['__proto__']], policies: [] }],
    ]);
  });
});

describe('interfaces', () => {
  const sdl = composed(
    department(`type Query { files: [File] }
      interface File { id: ID! title: String }
      type OpenFile implements File { id: ID! @tag(name: "public") title: String @tag(name: "public") }
      type SealedFile implements File @policy(policies: [["purpose:AUDIT"]]) {
        id: ID!
        title: String @requiresScopes(scopes: [["sealed"]])
      }`),
  );

  test('a field has the rules of that field on every implementing type and of those types', () => {
    expect(readRules(sdl).fields.get('File.title')).toEqual({
      authenticated: false,
      scopes: [['sealed']],
      policies: [['purpose:AUDIT']],
    });
  });

  test('what composition propagated onto the interface type is not one more rule', () => {
    expect(sdl).toMatch(/interface File[^{]*@policy/);
    expect(readRules(sdl).types.has('File')).toBe(false);
  });

  test('what composition forgot to propagate is found all the same', () => {
    const forgotten = sdl
      .replace(/(interface File[^}]*)@policy\([^)]*\)/, '$1')
      .replace(/(interface File[^}]*)@requiresScopes\([^)]*\)/, '$1');
    expect(forgotten).not.toMatch(/interface File[^}]*@(policy|requiresScopes)/);
    expect(readRules(forgotten)).toEqual(readRules(sdl));
  });

  test('a field is open where it is tagged or guarded on every implementing type', () => {
    expect([...readRules(sdl).open].sort()).toEqual(['File.id', 'File.title', 'OpenFile.id', 'OpenFile.title']);
    const halfTagged = composed(
      department(`type Query { n: Node }
        interface Node { id: ID! @tag(name: "public") }
        type A implements Node { id: ID! @tag(name: "public") }
        type B implements Node { id: ID! }`),
    );
    expect([...readRules(halfTagged).open]).toEqual(['A.id']);
  });
});

test('a guard on a field of an @interfaceObject reaches every implementing type', () => {
  const sdl = composed(
    department(`type Query { n: Node } interface Node @key(fields: "id") { id: ID! }
      type P implements Node @key(fields: "id") { id: ID! }`),
    department('type Node @interfaceObject @key(fields: "id") { id: ID! extra: Int @authenticated }'),
  );
  expect([...readRules(sdl).fields.keys()].sort()).toEqual(['Node.extra', 'P.extra']);
});

test('a supergraph written elsewhere is checked for what it lends by @requires', () => {
  const sdl = composed(
    department('type Query { t: T } type T @key(fields: "id") { id: ID! a: Int @authenticated }'),
    department('type T @key(fields: "id") { id: ID! a: Int @external b: Int @requires(fields: "a") @authenticated }'),
  );
  const lending = sdl.replace(/(\n {2}b: Int .*) @authenticated/, '$1');
  expect(refusedWith(() => readRules(lending))).toBe('MISSING_TRANSITIVE_AUTH_REQUIREMENTS');
});

describe('refusals', () => {
  test.each([
    ['no alternative', 'scopes: []', 'EMPTY_REQUIREMENT'],
    ['an empty alternative', 'scopes: [[]]', 'EMPTY_REQUIREMENT'],
    ['an empty alternative beside a full one', 'scopes: [[], ["x"]]', 'EMPTY_REQUIREMENT'],
    ['an empty name', 'scopes: [[""]]', 'EMPTY_REQUIREMENT'],
    ['a flat list, which coercion could read as AND or OR', 'scopes: ["a", "b"]', 'INVALID_REQUIREMENT'],
    ['a bare name', 'scopes: "a"', 'INVALID_REQUIREMENT'],
    ['a number', 'scopes: [[1]]', 'INVALID_REQUIREMENT'],
    ['another argument', 'policies: [["a"]]', 'INVALID_REQUIREMENT'],
  ])('%s', (_, argument, code) => {
    const sdl = supergraph(spec('requiresScopes'), `type Query { a: Int @requiresScopes(${argument}) }`);
    expect(refusedWith(() => readRules(sdl))).toBe(code);
  });

  test.each([
    [
      'a guard of a later version',
      supergraph(spec('policy', '', 'v0.2'), 'type Query { a: Int }'),
      'UNKNOWN_SPEC_VERSION',
    ],
    [
      'a security feature nobody enforces',
      supergraph('@link(url: "https://example.org/khoa/v1.0", for: SECURITY)', 'type Query { a: Int }'),
      'UNKNOWN_SECURITY_SPEC',
    ],
    [
      'a guard whose link is missing',
      supergraph('', 'type Query { a: Int @requiresScopes(scopes: [["s"]]) }'),
      'UNLINKED_DIRECTIVE',
    ],
    [
      'a guard linked under another name',
      supergraph(spec('policy', ', as: "p"'), 'type Query { a: Int @policy(policies: [["s"]]) }'),
      'UNLINKED_DIRECTIVE',
    ],
    [
      'a guard on a union',
      supergraph(spec('authenticated'), 'type Query { a: U } union U @authenticated = Query'),
      'MISPLACED_REQUIREMENT',
    ],
    [
      'a guard on an argument',
      supergraph(spec('authenticated'), 'type Query { a(b: Int @authenticated): Int }'),
      'MISPLACED_REQUIREMENT',
    ],
    [
      'an import that turns a directive into a type',
      supergraph(spec('policy', ', import: [{name: "@policy", as: "policy"}]'), 'type Query { a: Int }'),
      'INVALID_LINK',
    ],
    ['text that is no SDL', 'type Query {', 'INVALID_SDL'],
  ])('%s', (_, sdl, code) => {
    expect(refusedWith(() => readRules(sdl))).toBe(code);
  });
});
