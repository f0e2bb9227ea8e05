import { buildSubgraphSchema } from '@apollo/subgraph';
import { describe, expect, test } from '@jest/globals';
import { graphql, parse } from 'graphql';
import { pino } from 'pino';
import { recheckRules } from './recheck.ts';

const document = parse(`
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes", "@composeDirective"])
    @link(url: "https://specs.lienthong.example/dataSubject/v0.1", import: ["@dataSubject"])
    @composeDirective(name: "@dataSubject")
  directive @dataSubject(enclosing: Boolean, path: String, argument: String, none: String) repeatable on OBJECT | FIELD_DEFINITION

  type Query {
    plots: Page @requiresScopes(scopes: [["plots"]]) @dataSubject(path: "edges.node.holders")
    pupil: Pupil @requiresScopes(scopes: [["pupils"]]) @dataSubject(path: "citizen.id")
    thing: Thing @requiresScopes(scopes: [["plots"]]) @dataSubject(path: "owner.id")
  }
  type Page { edges: [Edge!] @requiresScopes(scopes: [["none"]]) }
  type Edge { node: Plot @requiresScopes(scopes: [["none"]]) mark: String }
  type Plot @key(fields: "number") @dataSubject(path: "holders") {
    number: ID
    holders(all: Boolean): [ID!] @requiresScopes(scopes: [["holders"]])
    price: Int @requiresScopes(scopes: [["holders"]])
    neighbour: Plot @requiresScopes(scopes: [["holders"]])
  }
  type Pupil @dataSubject(path: "citizen.id") { citizen: Citizen @requiresScopes(scopes: [["none"]]) code: ID }
  type Citizen @key(fields: "id") @dataSubject(path: "id") {
    id: ID
    name: String @requiresScopes(scopes: [["names"]])
    open: String
    other: Citizen @requiresScopes(scopes: [["none"]])
  }
  interface Thing { owner: Citizen }
  type House implements Thing { owner: Citizen @requiresScopes(scopes: [["none"]]) }
`);

const citizen = { id: 'k1.a', name: 'A', open: 'o', other: { id: 'k1.b' } };
const plot = { number: '1', price: 9, holders: ['k1.a'], neighbour: { number: '2', holders: ['k1.b'] } };
const schema = buildSubgraphSchema([
  {
    typeDefs: document,
    resolvers: {
      Query: {
        plots: () => ({ edges: [{ node: plot, mark: 'm' }, { node: plot }] }),
        pupil: () => ({ code: 'c', citizen }),
        thing: () => ({ __typename: 'House', owner: citizen }),
      },
      Plot: { __resolveReference: () => plot },
    },
  },
]);
recheckRules(schema, document);

const ask = async (source: string, ...scopes: string[]) => {
  const contextValue = {
    caller: { issuer: 'https://issuer.test', subject: 's', clientId: 'c', scopes: new Set(scopes) },
    requestId: 'r',
    language: 'en' as const,
    log: pino({ level: 'silent' }),
  };
  const { data, errors = [] } = await graphql({ schema, source, contextValue });
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    refused: errors.map(({ extensions }) => extensions.coordinate),
  };
};

const plots = (selection: string) =>
  `{ _entities(representations: [{__typename: "Plot", number: 1}]) { ... on Plot ${selection} } }`;

describe('what the gateway selects for its ledger is answered to whoever may see the object', () => {
  test.each([
    [
      'a list of ids on an entity',
      plots('{ number lt_s_holders: holders }'),
      [],
      { number: '1', lt_s_holders: ['k1.a'] },
    ],
    ['under the prefix of another schema', plots('{ lt1_s_holders: holders }'), [], { lt1_s_holders: ['k1.a'] }],
    [
      'where fields of one name have several types',
      plots('{ lt_s2_holders: holders }'),
      [],
      { lt_s2_holders: ['k1.a'] },
    ],
  ])('%s', async (_, query, scopes: string[], expected) => {
    expect(await ask(query, ...scopes)).toEqual({ data: { _entities: [expected] }, refused: [] });
  });

  test('through objects, with type names and fragments as planners write them', async () => {
    const rest = 'lt_s_citizen: citizen { __typename ...Id ... on Citizen { lt_s_id: id } }';
    const query = `{ pupil { code ${rest} } } fragment Id on Citizen { lt_s_id: id }`;
    expect(await ask(query, 'pupils')).toEqual({
      data: { pupil: { code: 'c', lt_s_citizen: { __typename: 'Citizen', lt_s_id: 'k1.a' } } },
      refused: [],
    });
  });

  test('through lists, on every item', async () => {
    const path = 'lt_s_edges: edges { lt_s_node: node { lt_s_holders: holders } }';
    const edge = { lt_s_node: { lt_s_holders: ['k1.a'] } };
    expect(await ask(`{ plots { ${path} } }`, 'plots')).toEqual({
      data: { plots: { lt_s_edges: [edge, edge] } },
      refused: [],
    });
  });

  test('from the object behind an interface', async () => {
    const query = '{ thing { lt_s_owner: owner { lt_s_id: id } } }';
    expect(await ask(query, 'plots')).toEqual({ data: { thing: { lt_s_owner: { lt_s_id: 'k1.a' } } }, refused: [] });
  });
});

describe('and to nobody otherwise', () => {
  test('the object itself is judged as ever', async () => {
    expect(await ask('{ pupil { lt_s_citizen: citizen { lt_s_id: id } } }')).toEqual({
      data: { pupil: null },
      refused: ['Query.pupil'],
    });
    expect((await ask('{ lt_s_pupil: pupil { code } }')).refused).toEqual(['Query.pupil']);
  });

  test.each([
    ['without the alias', plots('{ holders }'), ['Plot.holders']],
    ['under an alias of a caller', plots('{ lt_0: holders }'), ['Plot.holders']],
    [
      'under an alias that only resembles',
      plots('{ lt_sholders: holders xlt_s_holders: holders }'),
      ['Plot.holders', 'Plot.holders'],
    ],
    ['another field under the alias', plots('{ lt_s_holders: price }'), ['Plot.price']],
    ['a field that is on no way', plots('{ lt_s_price: price }'), ['Plot.price']],
    ['a way of another type', plots('{ lt_s_neighbour: neighbour { lt_s_holders: holders } }'), ['Plot.neighbour']],
    ['arguments', plots('{ lt_s_holders: holders(all: true) }'), ['Plot.holders']],
    ['a way begun in the middle', '{ pupil { code } plots { lt_s_node: __typename } }', []],
  ])('%s', async (_, query, refused) => {
    expect((await ask(query, 'plots', 'pupils')).refused).toEqual(refused);
  });

  test.each([
    ['a guarded field beside the rest', 'lt_s_citizen: citizen { lt_s_id: id name }', 'Pupil.citizen'],
    ['an open field beside the rest', 'lt_s_citizen: citizen { lt_s_id: id open }', 'Pupil.citizen'],
    ['a key under its own name', 'lt_s_citizen: citizen { id }', 'Pupil.citizen'],
    ['an open field in a fragment', 'lt_s_citizen: citizen { ... on Citizen { open } }', 'Pupil.citizen'],
    ['an open field in a named fragment', 'lt_s_citizen: citizen { ...F }', 'Pupil.citizen'],
    [
      'beyond the end of the way',
      'lt_s_citizen: citizen { lt_s_id: id lt_s_other: other { lt_s_id: id } }',
      'Pupil.citizen',
    ],
    [
      'a second selection under the same alias',
      'lt_s_citizen: citizen { lt_s_id: id } lt_s_citizen: citizen { open }',
      'Pupil.citizen',
    ],
  ])('%s', async (_, selection, coordinate) => {
    const fragment = selection.includes('...F') ? 'fragment F on Citizen { open }' : '';
    const { data, refused } = await ask(`{ pupil { ${selection} } } ${fragment}`, 'pupils');
    expect({ data, refused }).toEqual({ data: { pupil: { lt_s_citizen: null } }, refused: [coordinate] });
  });

  test('what the caller selects beside it is judged as ever', async () => {
    const query =
      '{ plots { lt_s_edges: edges { lt_s_node: node { lt_s_holders: holders } } edges { mark node { price } } } }';
    const { data, refused } = await ask(query, 'plots');
    expect(data.plots).toEqual({ lt_s_edges: expect.any(Array), edges: null });
    expect(refused).toEqual(['Page.edges']);
  });

  test('a way that begins in its middle, where no type declares the rest', async () => {
    const query = '{ plots { edges { lt_s_node: node { lt_s_holders: holders } } } }';
    expect((await ask(query, 'plots')).refused).toEqual(['Page.edges']);
    expect((await ask(query, 'plots', 'none')).refused).toEqual(['Plot.holders', 'Plot.holders']);
  });
});
