import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { printSchema } from 'graphql';
import { composed, department, refusedWith, subjectLink } from '../fixtures.ts';
import { apiSchemaOf } from '../rules/api-schema.ts';
import { readRules } from '../rules/read.ts';
import { stripAuthorization } from '../rules/strip.ts';
import { dataSubjectsOf, readDataSubjects } from './read.ts';

process.env.APOLLO_TELEMETRY_DISABLED = '1';
const { ApolloGateway } = await import('@apollo/gateway');

const SPEC = 'https://specs.lienthong.example/dataSubject';
const LINK = '@link(url: "https://specs.apollo.dev/link/v1.0")';
const supergraph = (link: string, types: string) => `schema ${LINK} ${link} { query: Query } ${types}`;
const linked = (types: string) => supergraph(`@link(url: "${SPEC}/v0.1", import: ["@dataSubject"])`, types);

const CARDS = `
  scalar PersonalNumber
  type Query { citizen(personalNumber: PersonalNumber!): Citizen @dataSubject(argument: "personalNumber")
    holders(first: Int): Page @dataSubject(path: "edges.node.id") positions: [Int] @dataSubject(none: "positions of maps") }
  type Mutation { move(input: Move!): Citizen @dataSubject(argument: "input.from") @dataSubject(argument: "input.to.citizen") }
  input Move { from: ID! to: [Share!]! }
  input Share { citizen: ID! }
  type Page { edges: [Edge!] }
  type Edge { node: Citizen }
  type Citizen @key(fields: "id") @dataSubject(path: "id") { id: ID! card: Card family: [Relative!] }
  type Card @dataSubject(enclosing: true) { number: String issuer: String @dataSubject(none: "the issuer") }
  type Relative @dataSubject(enclosing: true) @dataSubject(path: "citizen.id") { role: String citizen: Citizen }
`;

describe('a composed supergraph', () => {
  const sdl = composed(
    department(`${subjectLink()}${CARDS}`),
    department(`${subjectLink()}type Citizen @key(fields: "id") @dataSubject(path: "id") { id: ID! marks: [Int] }`),
  );
  const subjects = readDataSubjects(sdl);

  test('keeps what every department declared, once', () => {
    expect(Object.fromEntries(subjects.types)).toEqual({
      Citizen: [{ kind: 'path', segments: ['id'] }],
      Card: [{ kind: 'enclosing' }],
      Relative: [{ kind: 'enclosing' }, { kind: 'path', segments: ['citizen', 'id'] }],
    });
    expect(Object.fromEntries(subjects.fields)).toEqual({
      'Query.citizen': [{ kind: 'argument', segments: ['personalNumber'], by: 'number' }],
      'Query.holders': [{ kind: 'path', segments: ['edges', 'node', 'id'] }],
      'Query.positions': [{ kind: 'none', reason: 'positions of maps' }],
      'Mutation.move': [
        { kind: 'argument', segments: ['input', 'from'], by: 'id' },
        { kind: 'argument', segments: ['input', 'to', 'citizen'], by: 'id' },
      ],
      'Card.issuer': [{ kind: 'none', reason: 'the issuer' }],
    });
  });

  test('a field’s own declaration stands in place of its type’s', () => {
    expect(dataSubjectsOf(subjects, 'Card', 'issuer')).toEqual([{ kind: 'none', reason: 'the issuer' }]);
    expect(dataSubjectsOf(subjects, 'Card', 'number')).toEqual([{ kind: 'enclosing' }]);
    expect(dataSubjectsOf(subjects, 'Page', 'edges')).toBeUndefined();
  });

  test('shows callers nothing of it, loads in @apollo/gateway, and reads alike from its copy', async () => {
    const without = composed(
      department(CARDS.replaceAll(/@dataSubject\([^)]*\)/g, '')),
      department('type Citizen @key(fields: "id") { id: ID! marks: [Int] }'),
    );
    expect(printSchema(apiSchemaOf(sdl))).toBe(printSchema(apiSchemaOf(without)));
    expect(readDataSubjects(stripAuthorization(sdl))).toEqual(subjects);
    const gateway = new ApolloGateway({ supergraphSdl: stripAuthorization(sdl), logger: SILENT });
    const { schema } = await gateway.load();
    await gateway.stop().catch(() => undefined);
    expect(printSchema(schema)).not.toContain('dataSubject');
  });

  test('is empty without the specification, whatever a directive is called', () => {
    const directive =
      'directive @dataSubject(path: String) on OBJECT type Query @dataSubject(path: "nowhere") { a: Int }';
    expect(readDataSubjects(supergraph('', directive))).toEqual({ types: new Map(), fields: new Map() });
  });
});

const quiet = (): void => undefined;
const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet };

describe('the directive is known by its specification', () => {
  test.each([
    ['imported', ', import: ["@dataSubject"]', 'dataSubject'],
    ['not imported, bare by its namespace', '', 'dataSubject'],
    ['renamed by import', ', import: [{name: "@dataSubject", as: "@chuThe"}]', 'chuThe'],
    ['renamed by as', ', as: "chuThe"', 'chuThe'],
    ['prefixed', '', 'dataSubject__dataSubject'],
  ])('%s', (_, rest, name) => {
    const sdl = supergraph(`@link(url: "${SPEC}/v0.1"${rest})`, `type Query { a: ID @${name}(none: "x") }`);
    expect([...readDataSubjects(sdl).fields]).toEqual([['Query.a', [{ kind: 'none', reason: 'x' }]]]);
  });

  test('renamed in every department, it is found in the supergraph', () => {
    const link = subjectLink('{ name: "@dataSubject", as: "@chuThe" }', 'chuThe');
    const sdl = composed(department(`${link}type Query { a: Int @chuThe(none: "x") }`));
    expect(readDataSubjects(sdl).fields.get('Query.a')).toEqual([{ kind: 'none', reason: 'x' }]);
  });

  test('another version could mean something else', () => {
    const sdl = supergraph(`@link(url: "${SPEC}/v9.0", import: ["@dataSubject"])`, 'type Query { a: Int }');
    expect(refusedWith(() => readDataSubjects(sdl))).toBe('UNKNOWN_SPEC_VERSION');
  });
});

test('rules are read as before beside it', () => {
  const sdl = readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8');
  expect(readRules(sdl).fields.size).toBeGreaterThan(20);
  expect(sdl).toContain(`${SPEC}/v0.1`);
});

describe('refused', () => {
  const PEOPLE = `type Citizen { id: ID! name: String friend(of: ID!): Citizen pet(first: Int): Pet }
    type Pet { owners: [[ID!]] } union Found = Citizen | Pet
    input In { deep: Deep } input Deep { number: PersonalNumber note: String } scalar PersonalNumber`;
  const read = (types: string) => refusedWith(() => readDataSubjects(linked(`${types} ${PEOPLE}`)));
  const onField = (declaration: string) =>
    read(`type Query { a(id: ID, in: In, n: Int): Citizen @dataSubject(${declaration}) }`);

  test.each([
    ['a path', 'path: "id"', undefined],
    ['a path through a field whose arguments may be left out, to lists of lists', 'path: "pet.owners"', undefined],
    ['an id', 'argument: "id"', undefined],
    ['a number deep in an input', 'argument: "in.deep.number"', undefined],
    ['no argument', 'path: null', 'DATA_SUBJECT_INVALID'],
    ['two arguments', 'path: "id", argument: "id"', 'DATA_SUBJECT_INVALID'],
    ['an unknown argument', 'paths: "id"', 'DATA_SUBJECT_INVALID'],
    ['enclosing: false', 'enclosing: false', 'DATA_SUBJECT_INVALID'],
    ['none without a reason', 'none: " "', 'DATA_SUBJECT_INVALID'],
    ['an empty path', 'path: ""', 'DATA_SUBJECT_INVALID'],
    ['a path that is no path', 'path: "id."', 'DATA_SUBJECT_INVALID'],
    ['a list instead of text', 'path: ["id"]', 'DATA_SUBJECT_INVALID'],
    ['no such field', 'path: "ids"', 'DATA_SUBJECT_INVALID'],
    ['names of prototypes', 'path: "constructor"', 'DATA_SUBJECT_INVALID'],
    ['an end that is no ID', 'path: "name"', 'DATA_SUBJECT_INVALID'],
    ['an end that is an object', 'path: "pet"', 'DATA_SUBJECT_INVALID'],
    ['beyond a leaf', 'path: "id.id"', 'DATA_SUBJECT_INVALID'],
    ['a field that needs an argument', 'path: "friend.id"', 'DATA_SUBJECT_INVALID'],
    ['no such argument', 'argument: "citizen"', 'DATA_SUBJECT_INVALID'],
    ['no such member', 'argument: "in.number"', 'DATA_SUBJECT_INVALID'],
    ['an argument that names nobody', 'argument: "n"', 'DATA_SUBJECT_INVALID'],
    ['a member that names nobody', 'argument: "in.deep.note"', 'DATA_SUBJECT_INVALID'],
    ['an argument that is an object', 'argument: "in"', 'DATA_SUBJECT_INVALID'],
  ])('%s', (_, declaration, code) => {
    expect(onField(declaration)).toBe(code);
  });

  test.each([
    ['an argument on a type', 'type Query @dataSubject(argument: "id") { a: Int }'],
    ['none beside another', 'type Query { a: Citizen @dataSubject(path: "id") @dataSubject(none: "x") }'],
    ['on a root type', 'type Query @dataSubject(none: "x") { a: Int }'],
    ['on an extension of a root type', 'type Query { a: Int } extend type Query @dataSubject(none: "x")'],
    ['on a field of an interface', 'type Query { a: I } interface I { b: ID @dataSubject(none: "x") }'],
    ['through a union', 'type Query { a: Found @dataSubject(path: "id") }'],
    ['a path from a scalar', 'type Query { a: ID @dataSubject(path: "id") }'],
  ])('%s', (_, types) => {
    expect(read(types)).toBe('DATA_SUBJECT_INVALID');
  });

  test('every fault at once, each with its place', () => {
    const act = () =>
      readDataSubjects(
        linked(`type Query { a: Citizen @dataSubject(path: "x") b: Citizen @dataSubject(path: "y") } ${PEOPLE}`),
      );
    expect(act).toThrow(/Query\.a[^\n]*"x"[^\n]*\n.*Query\.b[^\n]*"y"/);
  });
});
