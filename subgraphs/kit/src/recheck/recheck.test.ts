import { Writable } from 'node:stream';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { graphql, parse } from 'graphql';
import { pino } from 'pino';
import type { DepartmentRequest } from '../department.ts';
import type { Caller } from '../token/caller.ts';
import { type RecheckMode, recheckRules } from './recheck.ts';
import { ownRules } from './rules.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external",
  "@authenticated", "@requiresScopes", "@policy"])`;

const SDL = `${LINK}
  type Query {
    me: Citizen @requiresScopes(scopes: [["people:self:read"], ["people:read"]])
    find(id: ID!): Citizen @requiresScopes(scopes: [["people:self:read"], ["people:read"]])
    anyone: String @authenticated
    open: String
  }
  type Citizen @key(fields: "id") {
    id: ID! @requiresScopes(scopes: [["people:read"]])
    name: String @requiresScopes(scopes: [["people:self:read"], ["people:read"]])
    secret: String @requiresScopes(scopes: [["people:read", "people:secret"]]) @policy(policies: [["purpose:TTHC"]])
    family: [Member!] @requiresScopes(scopes: [["people:self:read"], ["people:read"]])
    either: String @policy(policies: [["purpose:A", "consent"], ["purpose:B"]])
    elsewhere: String @policy(policies: [["purpose:A"], ["consent"]])
    sealed: Sealed
    level: Level
  }
  type Member @requiresScopes(scopes: [["people:self:read"], ["people:read"]]) {
    role: String
    citizen: Citizen
    nested: [[Member]]
  }
  type Sealed @requiresScopes(scopes: [["people:seal"]]) { mark: String }
  enum Level @authenticated { LOW }
  type Plot @key(fields: "place { code } number") @requiresScopes(scopes: [["plot:read"]]) {
    place: Place
    number: Int
    area: Int
  }
  type Place { code: ID @requiresScopes(scopes: [["plot:read"]]) other: Int @requiresScopes(scopes: [["plot:read"]]) }
`;
const document = parse(SDL);

/** One row is the relative and the kinship, as a department may load it: what belongs to whom is not in the object. */
const person = (id: string, depth = 0): Record<string, unknown> => {
  const row: Record<string, unknown> = { id, name: id, secret: 's', either: 'e', elsewhere: 'e', level: 'LOW' };
  row.sealed = { mark: 'm' };
  if (depth < 2) {
    const relative = person(`${id}-relative`, depth + 1);
    relative.role = 'CHILD';
    relative.citizen = relative;
    relative.nested = [[relative]];
    row.family = [relative];
  }
  return row;
};

const logged: string[] = [];
const log = pino({ level: 'info' }, new Writable({ write: (chunk, _, done) => done(void logged.push(String(chunk))) }));
beforeEach(() => {
  logged.length = 0;
});

const ask = async (query: string, caller: Partial<Caller>, mode: RecheckMode = 'enforce') => {
  const schema = buildSubgraphSchema([
    {
      typeDefs: document,
      resolvers: {
        Query: {
          me: (_: unknown, __: unknown, { caller: { citizen } }: DepartmentRequest) => person(citizen ?? 'nobody'),
          find: (_: unknown, { id }: { id: string }) => Promise.resolve(person(id)),
          anyone: () => 'a',
          open: () => 'o',
        },
        Citizen: { __resolveReference: ({ id }: { id: string }) => Promise.resolve(person(id)) },
        Plot: { __resolveReference: (reference: object) => ({ ...reference, area: 1 }) },
      },
    },
  ]);
  recheckRules(schema, document, mode);
  const request: DepartmentRequest = {
    caller: { issuer: 'https://issuer.test', subject: 's', clientId: 'c', scopes: new Set(), ...caller },
    requestId: 'r',
    language: 'en',
    log,
  };
  const { data, errors = [] } = await graphql({ schema, source: query, contextValue: request });
  return {
    data: JSON.parse(JSON.stringify(data)),
    refused: errors.map(({ path, extensions }) => `${path?.join('.')} ${extensions.code} ${extensions.coordinate}`),
  };
};

const scopes = (...names: string[]) => ({ scopes: new Set(names) });
const entities = (type: string, representations: string, selection: string) =>
  `{ _entities(representations: [${representations}]) { ... on ${type} ${selection} } }`;

test('rules are those of the field, its type and the type it returns, of every field but keys', () => {
  expect([...ownRules(document).keys()].sort()).toEqual(
    [
      'Query.me Query.find Query.anyone Citizen.name Citizen.secret Citizen.family Citizen.either Citizen.sealed',
      'Citizen.level Member.role Member.citizen Member.nested Sealed.mark Plot.area Place.other',
    ]
      .flatMap((names) => names.split(' '))
      .sort(),
  );
});

describe('scopes, purposes, authentication', () => {
  test('behind a reference as anywhere, each place with its own error; keys come through', async () => {
    const query = entities('Citizen', '{__typename: "Citizen", id: "a"}', '{ id name secret sealed { mark } level }');
    expect(await ask(query, scopes('people:read', 'people:secret'))).toEqual({
      data: { _entities: [{ id: 'a', name: 'a', secret: null, sealed: null, level: 'LOW' }] },
      refused: [
        '_entities.0.secret UNAUTHORIZED_FIELD_OR_TYPE Citizen.secret',
        '_entities.0.sealed UNAUTHORIZED_FIELD_OR_TYPE Citizen.sealed',
      ],
    });
    expect(
      (await ask(query, { ...scopes('people:read', 'people:secret', 'people:seal'), purpose: 'TTHC' })).refused,
    ).toEqual([]);
  });

  test('a key of several fields comes through, all of it', async () => {
    const plot = '{__typename: "Plot", number: 1, place: {code: "p", other: 2}}';
    expect(await ask(entities('Plot', plot, '{ number place { code other } area }'), {})).toEqual({
      data: { _entities: [{ number: 1, place: { code: 'p', other: null }, area: null }] },
      refused: [
        '_entities.0.place.other UNAUTHORIZED_FIELD_OR_TYPE Place.other',
        '_entities.0.area UNAUTHORIZED_FIELD_OR_TYPE Plot.area',
      ],
    });
  });

  test('policies of other names are the gateway’s affair', async () => {
    const query = entities('Citizen', '{__typename: "Citizen", id: "a"}', '{ either elsewhere }');
    const read = async (purpose?: string) =>
      (await ask(query, purpose === undefined ? {} : { purpose })).data._entities[0];
    expect(await read('A')).toEqual({ either: 'e', elsewhere: 'e' });
    expect(await read('B')).toEqual({ either: 'e', elsewhere: 'e' });
    expect(await read('C')).toEqual({ either: null, elsewhere: 'e' });
    expect(await read()).toEqual({ either: null, elsewhere: 'e' });
  });

  test('an anonymous request is nobody’s', async () => {
    const { issuer: _, ...anonymous } = { issuer: '', subject: 'anonymous', clientId: 'anonymous' };
    expect((await ask('{ anyone open }', { ...anonymous, ...({ issuer: undefined } as object) })).data).toEqual({
      anyone: null,
      open: 'o',
    });
    expect((await ask('{ anyone open }', {})).data).toEqual({ anyone: 'a', open: 'o' });
  });

  test('a refusal is told to the log once for a field, as what it is', async () => {
    await ask(
      entities('Citizen', '{__typename: "Citizen", id: "a"}, {__typename: "Citizen", id: "b"}', '{ name }'),
      {},
    );
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 50, coordinate: 'Citizen.name', defect: 'gateway' }),
    ]);
  });

  test('report serves, and logs the same', async () => {
    expect(await ask('{ find(id: "a") { name } }', {}, 'report')).toEqual({
      data: { find: { name: 'a' } },
      refused: [],
    });
    expect(logged).toHaveLength(2);
  });
});

describe('self scopes', () => {
  const self = { citizen: 'k1.me', ...scopes('people:self:read') };
  const citizens = '{__typename: "Citizen", id: "k1.me"}, {__typename: "Citizen", id: "k1.other"}';

  test('count behind the caller’s own reference, and no other', async () => {
    expect(await ask(entities('Citizen', citizens, '{ name family { role } }'), self)).toEqual({
      data: {
        _entities: [
          { name: 'k1.me', family: [{ role: 'CHILD' }] },
          { name: null, family: null },
        ],
      },
      refused: [
        '_entities.1.name UNAUTHORIZED_FIELD_OR_TYPE Citizen.name',
        '_entities.1.family UNAUTHORIZED_FIELD_OR_TYPE Citizen.family',
      ],
    });
  });

  test('count on `me`, under any alias, until a Citizen is reached again', async () => {
    const query =
      '{ x: me { name y: family { role nested { role citizen { name } } citizen { id name family { role } } } } }';
    const relative = { id: 'k1.me-relative', name: null, family: null };
    expect((await ask(query, self)).data).toEqual({
      x: {
        name: 'k1.me',
        y: [{ role: 'CHILD', nested: [[{ role: 'CHILD', citizen: { name: null } }]], citizen: relative }],
      },
    });
  });

  test('never count on another root field, not even for the caller’s own number', async () => {
    expect((await ask('{ me: find(id: "k1.me") { name } }', self)).data).toEqual({ me: null });
  });

  test('are all that counts for a citizen', async () => {
    const caller = { citizen: 'k1.me', ...scopes('people:read') };
    expect((await ask(entities('Citizen', citizens, '{ name }'), caller)).data._entities).toEqual([
      { name: null },
      { name: null },
    ]);
  });

  test('never count without a login, whatever the scope says', async () => {
    expect((await ask('{ me { name } }', scopes('people:self:read'))).data).toEqual({ me: null });
    const undefinedId = entities('Citizen', '{__typename: "Citizen"}', '{ name }');
    expect((await ask(undefinedId, scopes('people:self:read'))).data).toEqual({ _entities: [{ name: null }] });
  });

  test('a reference of another type with the same key is not the caller', async () => {
    const plot = '{__typename: "Plot", id: "k1.me", number: 1}';
    expect((await ask(entities('Plot', plot, '{ area }'), { ...self, ...scopes('plot:self:read') })).data).toEqual({
      _entities: [{ area: null }],
    });
  });
});
