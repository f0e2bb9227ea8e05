import { describe, expect, test } from '@jest/globals';
import { type DirectiveNode, type DocumentNode, Kind, parse, print, visit } from 'graphql';
import { composed, department, refusedWith } from '../fixtures.ts';
import { readRules } from './read.ts';
import { stripAuthorization } from './strip.ts';

process.env.APOLLO_TELEMETRY_DISABLED = '1';
const { ApolloGateway } = await import('@apollo/gateway');

const RENAMED = `"@key", "@external", "@requires", "@tag", "@shareable", { name: "@requiresScopes", as: "@phamVi" }`;

/** Supergraphs in the shapes that a stripping could trip over. `guards` are the guards' names in each. */
const FIXTURES: readonly { name: string; guards: readonly string[]; sdl: string }[] = [
  {
    name: 'plain imports, cost and tags beside the guards',
    guards: ['authenticated', 'requiresScopes', 'policy'],
    sdl: composed(
      department(`type Query { me: Person @authenticated @cost(weight: 3) all(first: Int): [Person] @listSize(slicingArguments: ["first"]) }
        type Person @key(fields: "id") { id: ID! @tag(name: "public") name: String @requiresScopes(scopes: [["names"]]) level: Level }
        enum Level @policy(policies: [["purpose:ENROL"]]) { LOW }`),
      department('type Person @key(fields: "id") { id: ID! health: Int @requiresScopes(scopes: [["health"]]) }'),
    ),
  },
  {
    name: 'renamed and namespaced guards',
    guards: ['phamVi', 'federation__authenticated', 'federation__policy'],
    sdl: composed(
      department(
        `type Query { me: Person @federation__authenticated }
        type Person @key(fields: "id") { id: ID! name: String @phamVi(scopes: [["names"]]) }`,
        RENAMED,
      ),
      department(
        `type Person @key(fields: "id") { id: ID! marks: Int @federation__policy(policies: [["purpose:ENROL"]]) }`,
        RENAMED,
      ),
    ),
  },
  {
    name: 'interfaces and unions',
    guards: ['authenticated', 'requiresScopes', 'policy'],
    sdl: composed(
      department(`type Query { files: [File] things: [Thing] }
        interface File { id: ID! title: String }
        type OpenFile implements File @key(fields: "id") { id: ID! title: String }
        type SealedFile implements File @key(fields: "id") @policy(policies: [["purpose:AUDIT"]]) { id: ID! title: String @authenticated }
        union Thing = OpenFile | SealedFile`),
      department('type OpenFile @key(fields: "id") { id: ID! pages: Int @requiresScopes(scopes: [["pages"]]) }'),
    ),
  },
  {
    name: 'a chain of @requires',
    guards: ['requiresScopes'],
    sdl: composed(
      department(`type Query { me: Person }
        type Person @key(fields: "id") { id: ID! a: Int @requiresScopes(scopes: [["a"]]) }`),
      department(
        `type Person @key(fields: "id") { id: ID! a: Int @external b: Int @requires(fields: "a") @requiresScopes(scopes: [["a"]]) }`,
      ),
      department(
        `type Person @key(fields: "id") { id: ID! b: Int @external c: Int @requires(fields: "b") @requiresScopes(scopes: [["a"]]) }`,
      ),
    ),
  },
  {
    name: 'a context, whose link is for: SECURITY and whose applications the planner reads',
    guards: ['requiresScopes'],
    sdl: composed(
      department(`type Query { n: Parent }
        type Parent @key(fields: "id") @context(name: "c") { id: ID! secret: String @requiresScopes(scopes: [["s"]]) child: Child }
        type Child @key(fields: "id") { id: ID! copy(x: String @fromContext(field: "$c { secret }")): String @requiresScopes(scopes: [["s"]]) }`),
    ),
  },
];

/**
 * Takes out of the original what stripping may take out, by names listed by hand in the fixture, so that the test does
 * not ask the code under test what a guard is.
 */
function without(guards: readonly string[], document: DocumentNode): DocumentNode {
  const isGuardLink = (node: DirectiveNode) =>
    node.name.value === 'link' && /specs\.apollo\.dev\/(authenticated|requiresScopes|policy)\//.test(print(node));
  return visit(document, {
    Directive: (node) => (guards.includes(node.name.value) || isGuardLink(node) ? null : undefined),
    DirectiveDefinition: (node) => (guards.includes(node.name.value) ? null : undefined),
    ScalarTypeDefinition: (node) =>
      /^(requiresScopes__Scope|policy__Policy)$/.test(node.name.value) ? null : undefined,
  });
}

/** Drops `for:` from the link of @context, the one further difference that is allowed. */
const withoutPurposeOfContext = (document: DocumentNode): DocumentNode =>
  visit(document, {
    Directive: (node) =>
      node.name.value === 'link' && print(node).includes('/context/')
        ? { ...node, arguments: (node.arguments ?? []).filter(({ name }) => name.value !== 'for') }
        : undefined,
  });

describe.each(FIXTURES)('$name', ({ guards, sdl }) => {
  test('differs from the original in nothing but the links, definitions and applications of guards', () => {
    for (const guard of guards) expect(sdl).toContain(`@${guard}`);
    const expected = withoutPurposeOfContext(without(guards, parse(sdl)));
    expect(print(parse(stripAuthorization(sdl)))).toBe(print(expected));
  });

  test('leaves no guard behind and keeps the rules readable from the original alone', () => {
    const stripped = stripAuthorization(sdl);
    visit(parse(stripped), { Directive: ({ name }) => expect(guards).not.toContain(name.value) });
    expect(readRules(sdl).fields.size).toBeGreaterThan(0);
    expect(readRules(stripped).fields.size + readRules(stripped).types.size).toBe(0);
  });

  test('loads in @apollo/gateway, which refuses the original', async () => {
    const load = async (supergraphSdl: string) => {
      const gateway = new ApolloGateway({ supergraphSdl, logger: SILENT });
      try {
        return (await gateway.load()).schema.getQueryType()?.name;
      } finally {
        await gateway.stop().catch(() => undefined);
      }
    };
    await expect(load(stripAuthorization(sdl))).resolves.toBe('Query');
    await expect(load(sdl)).rejects.toThrow('SECURITY');
  });
});

const quiet = (): void => undefined;
const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet };

test('a supergraph that links an unknown version is refused, not half stripped', () => {
  const sdl = FIXTURES[0]?.sdl.replace('requiresScopes/v0.1', 'requiresScopes/v9.9') ?? '';
  expect(refusedWith(() => stripAuthorization(sdl))).toBe('UNKNOWN_SPEC_VERSION');
});

test('what the gateway cannot execute keeps its purpose, so that the gateway refuses it', () => {
  const link = '@link(url: "https://example.org/lich/v1.0", for: EXECUTION)';
  const sdl = FIXTURES[0]?.sdl.replace('schema\n', `schema ${link}\n`) ?? '';
  expect(stripAuthorization(sdl)).toContain(link);
});

test('stripping twice changes nothing more', () => {
  for (const { sdl } of FIXTURES) {
    const once = stripAuthorization(sdl);
    expect(stripAuthorization(once)).toBe(once);
  }
  expect(parse(stripAuthorization(FIXTURES[0]?.sdl ?? '')).kind).toBe(Kind.DOCUMENT);
});
