import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { composeSources } from '@lienthong/schema/compose';
import { type GraphQLFieldResolver, graphql, parse } from 'graphql';

import type { Principal } from '../policy/principal.ts';
import { type InProcessGateway, type InProcessSettings, inProcess } from '../testing/in-process.ts';
import { departmentSchema } from './fixture.ts';

/** Whose everything is in docs/disclosed.md, case by case, by each engine. */
const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@external", "@inaccessible", "@requiresScopes", "@composeDirective"])
  @link(url: "https://specs.lienthong.example/dataSubject/v0.1", import: ["@dataSubject"])
  @composeDirective(name: "@dataSubject")
directive @dataSubject(enclosing: Boolean, path: String, argument: String, none: String) repeatable on OBJECT | FIELD_DEFINITION
scalar PersonalNumber
`;
const READ = '@requiresScopes(scopes: [["read"]])';
const SECRET = '@requiresScopes(scopes: [["secret"]])';

const PEOPLE = `${LINK}
type Query {
  citizen(personalNumber: PersonalNumber!): Citizen ${READ} @dataSubject(argument: "personalNumber")
  match(personalNumber: PersonalNumber!): Boolean ${READ} @dataSubject(argument: "personalNumber")
  search(text: String = "a"): Page ${READ} @dataSubject(path: "items.id")
  members: [Member] ${READ}
  parcel: Parcel ${READ} @dataSubject(path: "owners")
  pupils: [Pupil!] ${READ} @dataSubject(none: "a list")
  open: String
}
type Mutation { move(input: Move!): Citizen ${READ} @dataSubject(argument: "input.citizen") @dataSubject(argument: "input.others") }
input Move { citizen: ID! others: [ID!] }
type Citizen implements Member @key(fields: "id") @dataSubject(path: "id") {
  id: ID! ${READ}
  name: String ${READ}
  nick: String ${SECRET}
  open: String
  card: Card ${READ}
  strict: Card! ${READ}
  spouse: Citizen ${READ}
  peers(with: [ID!]): [Citizen] ${READ} @dataSubject(argument: "with") @dataSubject(path: "id")
}
interface Member { name: String }
type Company implements Member ${SECRET} @dataSubject(path: "head.id") { name: String head: Citizen }
type Card ${READ} @dataSubject(enclosing: true) { number: String level: Int! hidden: String ${SECRET} }
type Page ${READ} @dataSubject(none: "a page") { items: [Citizen] next: String }
type Parcel ${READ} @dataSubject(path: "owners") { area: Float owners: [ID!] @inaccessible ${SECRET} }
type Pupil ${READ} @dataSubject(path: "citizen.id") { code: ID! citizen: Citizen }
`;
const HEALTH = `${LINK}
type Citizen @key(fields: "id") @dataSubject(path: "id") {
  id: ID! ${READ}
  name: String @external
  greeting: String ${READ} @requires(fields: "name")
}
`;

interface Thing {
  readonly __typename: string;
  readonly id: string;
}
const person = (id: string): Thing => ({ __typename: 'Citizen', id });

/** What is there; a place that a test puts in `broken` fails. */
const DATA: Readonly<Record<string, unknown>> = {
  'Query.match': false,
  'Query.open': 'x',
  'Query.search': { __typename: 'Page', id: 'p' },
  'Query.members': [person('b'), { __typename: 'Company', id: 'acme' }],
  'Query.parcel': { __typename: 'Parcel', id: 'land' },
  'Query.pupils': [
    { __typename: 'Pupil', id: '1' },
    { __typename: 'Pupil', id: '2' },
  ],
  'Page.items': [person('b'), null, person('c')],
  'Company.head': person('c'),
  'Parcel.owners': ['b', 'c'],
  'Pupil1.citizen': person('b'),
  'Pupil2.citizen': null,
  'Citizen.card': { __typename: 'Card', id: 'card' },
  'Citizen.strict': { __typename: 'Card', id: 'strict' },
  'Citizena.spouse': person('b'),
  'Citizen.peers': [person('c')],
  'Card.number': null,
  'Card.level': 1,
  'Parcel.area': 2.5,
};
const broken = new Map<string, Error | null>();

const resolve: GraphQLFieldResolver<Thing | undefined, unknown> = (thing, given, _, { fieldName, parentType }) => {
  const places = [`${parentType.name}${thing?.id ?? ''}.${fieldName}`, `${parentType.name}.${fieldName}`];
  const failing = places.find((place) => broken.has(place));
  const failure = failing === undefined ? undefined : broken.get(failing);
  if (failure) throw failure;
  if (failure === null) return null;
  if (fieldName === '_entities') return (given.representations as Thing[]).map(({ id }) => person(id));
  if (fieldName === 'citizen' && !thing) return given.personalNumber === '1' ? person('a') : null;
  if (fieldName === 'move') return person(given.input.citizen);
  if (fieldName === 'id') return thing?.id;
  const known = places.find((place) => Object.hasOwn(DATA, place));
  return known === undefined ? (fieldName === 'spouse' ? null : 'text') : DATA[known];
};

const caller = (...scopes: string[]): Principal => ({
  kind: 'authenticated',
  issuer: 'i',
  subject: 's',
  clientId: 'c',
  jti: 'j',
  expiresAt: 4_102_444_800,
  scopes: new Set(scopes),
  claims: {},
});

const composeBoth = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'lienthong-disclosed-'));
  try {
    const departments = Object.entries({ people: PEOPLE, health: HEALTH }).map(([name, sdl]) => {
      writeFileSync(join(folder, `${name}.graphql`), sdl);
      return { name, url: `http://${name}.invalid/graphql`, schema: [join(folder, `${name}.graphql`)] };
    });
    const composition = composeSources({ departments }, { folder });
    if (composition.ok) return composition.supergraph;
    throw new Error(composition.errors.map(({ message }) => message).join('\n'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

describe.each(['compiled', 'apollo'] as const)('engine %s', (engine) => {
  let gateway: InProcessGateway;
  let reporting: InProcessGateway;

  beforeAll(async () => {
    const schemas = new Map([
      ['people', departmentSchema(PEOPLE)],
      ['health', departmentSchema(HEALTH)],
    ]);
    const settings: InProcessSettings = {
      ...{ supergraph: composeBoth(), unguarded: 'allow', engine, onLog: () => {} },
      ledger: { idOf: (number) => (number === '1' ? 'a' : `id of ${number}`) },
      departments:
        ({ name }) =>
        async (source, variableValues) => {
          const schema = schemas.get(name);
          if (!schema || broken.has(name)) throw new Error('down');
          const typeResolver = (value: unknown) => (value as Thing).__typename;
          return graphql({ schema, source, variableValues, fieldResolver: resolve, typeResolver });
        },
    };
    gateway = await inProcess(settings);
    reporting = await inProcess({ ...settings, mode: 'report' });
  });
  afterAll(() => Promise.all([gateway.close(), reporting.close()]));

  const ask = async (
    query: string,
    settings: { variables?: object; scopes?: string[]; hidesDenied?: boolean; mode?: 'report' } = {},
  ) => {
    const { variables = {}, scopes = ['read'], hidesDenied = false, mode } = settings;
    const asked = {
      document: parse(query),
      operationName: null,
      variables: { ...variables },
      principal: caller(...scopes),
    };
    const { disclosed, ...answer } = await (mode ? reporting : gateway).ask({ ...asked, hidesDenied });
    return {
      answer,
      entries: disclosed && Object.fromEntries(disclosed.entries),
      passed: disclosed && Object.fromEntries(disclosed.passed),
      coordinates: disclosed?.coordinates,
    };
  };

  test('a value, null and what is nested are the person’s; an open field is nobody’s business', async () => {
    const { entries, coordinates } = await ask(
      '{ citizen(personalNumber: "1") { open n: name card { number level } } open }',
    );
    const all = ['Card.level', 'Card.number', 'Citizen.card', 'Citizen.name', 'Query.citizen'];
    expect(entries).toEqual({ a: all });
    expect(coordinates).toEqual(all);
  });

  test('a miss and a yes or no are told of whom the arguments name, by variable, default and number', async () => {
    const query =
      'query ($n: PersonalNumber = "7") { citizen(personalNumber: $n) { name } match(personalNumber: "8") }';
    const { entries } = await ask(query.replace('$n: PersonalNumber', '$n: PersonalNumber!'));
    expect(entries).toEqual({ 'id of 7': ['Query.citizen'], 'id of 8': ['Query.match'] });
  });

  test('what is skipped, denied, or left empty by denials is not disclosed', async () => {
    const query = `{ citizen(personalNumber: "1") { nick name @skip(if: true) spouse { nick } ... @include(if: false) { card { level } } } }`;
    expect((await ask(query)).entries).toEqual({});
    expect((await ask(query)).coordinates).toEqual([]);
    const some = `{ citizen(personalNumber: "1") { nick name spouse { nick } } }`;
    expect((await ask(some)).entries).toEqual({ a: ['Citizen.name', 'Query.citizen'] });
  });

  test('what a null has taken away is not disclosed', async () => {
    broken.set('Card.level', null);
    const { answer, entries } = await ask('{ citizen(personalNumber: "1") { name strict { number level } } }');
    broken.clear();
    expect(answer.data).toEqual({ citizen: null });
    expect(entries).toEqual({ a: ['Query.citizen'] });
  });

  test('everybody at every place, once: the same person twice, others beside and within', async () => {
    const query =
      '{ search { next items { n: name name spouse { name } } } again: citizen(personalNumber: "1") { spouse { name } } }';
    const { entries, coordinates } = await ask(query);
    expect(entries).toEqual({
      a: ['Citizen.spouse', 'Query.citizen'],
      b: ['Citizen.name', 'Citizen.spouse', 'Query.search'],
      c: ['Citizen.name', 'Citizen.spouse', 'Query.search'],
    });
    expect(coordinates).toContain('Page.next');
  });

  test('through an interface it is the object’s own coordinate, and with a denied fragment what is left', async () => {
    const { entries } = await ask('{ members { ... on Citizen { name __typename } ... on Company { name } } }');
    expect(entries).toEqual({ b: ['Citizen.name'] });
    const known = await ask('{ members { name } }', { scopes: ['read', 'secret'] });
    expect(known.entries).toEqual({ b: ['Citizen.name'], c: ['Company.name'] });
  });

  test('`__typename` counts where a rule stands on the type; introspection never', async () => {
    const { entries } = await ask('{ __typename citizen(personalNumber: "1") { __typename card { __typename } } }');
    expect(entries).toEqual({ a: ['Card.__typename', 'Citizen.card', 'Query.citizen'] });
  });

  test('an object that a view shows as less than it is, is still whose it is', async () => {
    const { entries } = await ask('{ members { __typename } }', { hidesDenied: true });
    expect(entries).toEqual({ c: ['Company.__typename'] });
  });

  test('by a path that callers do not see, and whose scope they lack', async () => {
    const { answer, entries } = await ask('{ parcel { area } }');
    expect(answer.errors).toBeUndefined();
    expect(entries).toEqual({ b: ['Parcel.area', 'Query.parcel'], c: ['Parcel.area', 'Query.parcel'] });
  });

  test('a pupil without a citizen is nobody', async () => {
    const { entries, coordinates } = await ask('{ pupils { code } }');
    expect(entries).toEqual({ b: ['Pupil.code'] });
    expect(coordinates).toEqual(['Pupil.code', 'Query.pupils']);
  });

  test('a field’s own declaration: whom it names and to whom it leads, not whose the object is', async () => {
    const { entries } = await ask('{ citizen(personalNumber: "1") { peers(with: ["x", "y"]) { open } } }');
    const peers = ['Citizen.peers'];
    expect(entries).toEqual({ a: ['Query.citizen'], c: peers, x: peers, y: peers });
  });

  test('a write is told of all whom it names', async () => {
    const query = 'mutation ($to: Move!) { move(input: $to) { name } }';
    const { entries } = await ask(query, { variables: { to: { citizen: 'b', others: ['x'] } } });
    expect(entries).toEqual({ b: ['Citizen.name', 'Mutation.move'], x: ['Mutation.move'] });
    expect((await ask(query, { variables: { to: { citizen: 'b' } }, scopes: [] })).entries).toBeUndefined();
  });

  test('mode report: what is served is disclosed', async () => {
    const { entries } = await ask('{ citizen(personalNumber: "1") { nick } }', { scopes: [], mode: 'report' });
    expect(entries).toEqual({ a: ['Citizen.nick', 'Query.citizen'] });
  });

  test('what one department is told of another’s data', async () => {
    const { entries, passed } = await ask('{ citizen(personalNumber: "1") { greeting } }');
    expect(entries).toEqual({ a: ['Citizen.greeting', 'Query.citizen'] });
    expect(passed).toEqual({ a: [{ coordinate: 'Citizen.name', department: 'health' }] });
    broken.set('health', null);
    const down = await ask('{ citizen(personalNumber: "1") { greeting } }');
    broken.clear();
    expect(down.passed).toEqual(passed);
  });

  test.each([
    ['an error on the way', 'Pupil1.citizen', new Error('no'), '{ pupils { code } }'],
    ['an error in an id’s place', 'Parcel.owners', new Error('no'), '{ parcel { area } }'],
    ['a null in an id’s place', 'Parcel.owners', null, '{ parcel { area } }'],
  ])('%s withholds the answer', async (_, place, failure, query) => {
    broken.set(place, failure);
    const { answer, entries } = await ask(query);
    broken.clear();
    expect(answer).toMatchObject({ status: 503, errors: [{ extensions: { code: 'LEDGER_SUBJECT_UNKNOWN' } }] });
    expect(answer.data).toBeUndefined();
    expect(entries).toEqual({});
  });

  test('of a write that was carried out it is said so', async () => {
    broken.set('Citizen.id', new Error('no'));
    const query = 'mutation { move(input: { citizen: "b" }) { card { number } } }';
    const { answer, entries } = await ask(query);
    broken.clear();
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'LEDGER_SUBJECT_UNKNOWN', executed: true });
    expect(entries).toEqual({ b: ['Mutation.move'] });
  });
});
