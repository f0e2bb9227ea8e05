import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { LINK, type SmallFederation, startSmallFederation } from '../kit/small-federation.ts';

jest.setTimeout(30_000);

/**
 * Where Apollo's planner and executor are wrong by themselves (docs/conformance.md), asked of the whole gateway. The
 * departments compute from what they are sent and nothing else: `missing` tells that a value did not come at all.
 */
const price = (representation: Readonly<Record<string, unknown>>, of = 'price'): string =>
  of in representation ? String(representation[of]) : 'missing';

const good = (code: string, vnd: number | null) => ({
  __typename: 'Good',
  code,
  price: ({ in: currency }: { in: string }) => (vnd === null ? null : currency === 'USD' ? vnd / 25 : vnd),
  kind: { size: ({ unit }: { unit: string }) => (unit === 'CM' ? 100 : 1), isFragile: vnd === 0 },
});

const goods = [good('rice', 50), good('leaflet', 0), good('secret', null)];

let federation: SmallFederation;
beforeAll(async () => {
  federation = await startSmallFederation({
    departments: {
      stock: {
        sdl: `${LINK}
          type Query { goods: [Good] }
          type Good @key(fields: "code") { code: ID! price(in: String! = "VND"): Int kind: Kind }
          type Kind { size(unit: String!): Int isFragile: Boolean }`,
        root: { goods },
        entities: { Good: ({ code }) => goods.find((each) => each.code === code) ?? {} },
      },
      customs: {
        sdl: `${LINK}
          type Good @key(fields: "code") {
            code: ID!
            price(in: String! = "VND"): Int @external
            kind: Kind @external
            inUsd: String @requires(fields: "price(in: \\"USD\\")")
            inVnd: String @requires(fields: "price(in: \\"VND\\")")
            usual: String @requires(fields: "price")
            metres: String @requires(fields: "kind { size(unit: \\"M\\") isFragile }")
            centimetres: String @requires(fields: "kind { size(unit: \\"CM\\") }")
          }
          type Kind @external { size(unit: String!): Int isFragile: Boolean }`,
        entities: {
          Good: (sent) => ({
            inUsd: `USD ${price(sent)}`,
            inVnd: `VND ${price(sent)}`,
            usual: price(sent),
            metres: `${Object(sent.kind).size} ${Object(sent.kind).isFragile}`,
            centimetres: `${Object(sent.kind).size}`,
          }),
        },
      },
      // Enters `post` by a key of two fields; the first key it names is one by which nobody is found.
      post: {
        sdl: `${LINK}
          type Query { parcel: Parcel }
          type Parcel @key(fields: "place { town }", resolvable: false) @key(fields: "id place { road }") {
            id: ID! place: Place sender: String @external label: String @requires(fields: "sender")
          }
          type Place { town: String road: String }`,
        root: { parcel: { __typename: 'Parcel', id: '1', place: { town: 'Sa Huỳnh', road: 'QL1' } } },
        entities: {
          Parcel: (sent) => {
            const found = sent.id === '1' && JSON.stringify(sent.place) === '{"road":"QL1"}';
            return { label: found ? `from ${sent.sender}` : 'not found' };
          },
        },
      },
      senders: {
        sdl: `${LINK} type Query { senders: Int } type Parcel @key(fields: "id") { id: ID! sender: String }`,
        entities: { Parcel: () => ({ sender: 'Hoa' }) },
      },
      // One name of two types: the planner asks for one of them under another name, and renames it back.
      finds: {
        sdl: `${LINK} type Query { finds: [Find] } union Find = Coin | Stone
          type Coin { code: Int } type Stone @key(fields: "code") { code: String! }`,
        root: {
          finds: [
            { __typename: 'Coin', code: 0 },
            { __typename: 'Coin', code: 7 },
            { __typename: 'Stone', code: '' },
          ],
        },
      },
      weights: {
        sdl: `${LINK} type Query { weights: Int } type Stone @key(fields: "code") { code: String! weight: Int }`,
        entities: { Stone: ({ code }) => ({ weight: code === '' ? 3 : 0 }) },
      },
      registers: {
        sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
          type Query { register: Register } interface Register @key(fields: "id") { id: ID! }`,
      },
      notes: {
        sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@interfaceObject"])
          type Query { noted: Register }
          type Register @interfaceObject @key(fields: "id", resolvable: false) { id: ID! note: String }`,
      },
    },
  });
});
afterAll(() => federation?.close());

/** The answer, first seen and repeated: the second time its plan is known. */
const ask = async (query: string) => {
  const first = await federation.ask({ query });
  const again = await federation.ask({ query });
  expect(again.body).toEqual(first.body);
  return first;
};

describe('@requires with arguments', () => {
  test('two fields that require one with different arguments get each its own value, zero and null too', async () => {
    const { body } = await ask('{ goods { code inUsd inVnd usual } }');
    expect(body).toEqual({
      data: {
        goods: [
          { code: 'rice', inUsd: 'USD 2', inVnd: 'VND 50', usual: '50' },
          { code: 'leaflet', inUsd: 'USD 0', inVnd: 'VND 0', usual: '0' },
          { code: 'secret', inUsd: 'USD null', inVnd: 'VND null', usual: 'null' },
        ],
      },
    });
  });

  test.each([
    ['the same field with other arguments', 'price(in: "VND") inUsd', { price: 50, inUsd: 'USD 2' }],
    ['the same field without arguments', 'price inUsd', { price: 50, inUsd: 'USD 2' }],
    ['the same arguments', 'price(in: "USD") inUsd inVnd', { price: 2, inUsd: 'USD 2', inVnd: 'VND 50' }],
    ['an alias', 'usd: price(in: "USD") price: code inVnd', { usd: 2, price: 'rice', inVnd: 'VND 50' }],
  ])('a client that asks for %s changes nothing', async (_name, selection, expected) => {
    const { body } = await ask(`{ goods { ${selection} } }`);
    expect(body).toEqual({ data: { goods: expect.arrayContaining([expected]) } });
  });

  test('below another field', async () => {
    const { body } = await ask('{ goods { code metres centimetres kind { size(unit: "CM") } } }');
    expect(body).toEqual({
      data: {
        goods: ['rice', 'leaflet', 'secret'].map((code) => ({
          code,
          metres: `1 ${code === 'leaflet'}`,
          centimetres: '100',
          kind: { size: 100 },
        })),
      },
    });
  });

  test('no name of the plan is seen: not by departments that require, not by the caller of one that fails', async () => {
    federation.calls.length = 0;
    await ask('{ goods { inUsd inVnd metres centimetres } }');
    const sent = federation.calls.filter(({ department }) => department === 'customs');
    expect(sent.length).toBeGreaterThan(0);
    expect(JSON.stringify(sent.map(({ query, variables }) => [query, variables]))).not.toContain('required');

    const path = ['goods', 0, /lt_required_\d+/.exec(federation.calls[0]?.query ?? '')?.[0] ?? ''];
    expect(await failing('stock', { goods: null }, path, '{ goods { inUsd inVnd metres } }')).not.toContain('required');
  });
});

/** The text of an answer, first seen and repeated, when a department fails at a path of its own. */
const failing = async (department: string, data: object, path: readonly (string | number)[], query: string) => {
  federation.divert(department, JSON.stringify({ data, errors: [{ message: 'not to be had', path }] }));
  try {
    const { text } = await ask(query);
    expect(text).toContain('DEPARTMENT_ERROR');
    return text;
  } finally {
    federation.divert(department, undefined);
  }
};

test('a department is never entered by a key that it declares resolvable: false', async () => {
  const { body } = await ask('{ parcel { label } }');
  expect(body).toEqual({ data: { parcel: { label: 'from Hoa' } } });
});

test('an alias never meets a key or a required field that the plan adds', async () => {
  const { body } = await ask('{ parcel { id: label sender: id place: sender } goods { code: inUsd price: usual } }');
  expect(body).toEqual({
    data: {
      parcel: { id: 'from Hoa', sender: '1', place: 'Hoa' },
      goods: [
        { code: 'USD 2', price: '50' },
        { code: 'USD 0', price: '0' },
        { code: 'USD null', price: 'null' },
      ],
    },
  });
});

test.each([
  ['first', '... on Stone { weight } ... on Coin { code }'],
  ['last', '... on Coin { code } ... on Stone { weight }'],
])(
  'zero and empty are values, also where a key of another type has the name of a field: key %s',
  async (_name, inner) => {
    const { body } = await ask(`{ finds { ${inner} } }`);
    expect(body).toEqual({ data: { finds: [{ code: 0 }, { code: 7 }, { weight: 3 }] } });
  },
);

test('a name that the planner made up is in no path', async () => {
  const data = { finds: [{ __typename: 'Coin', code__alias_0: null }] };
  const query = '{ finds { ... on Stone { weight } ... on Coin { code } } }';
  const text = await failing('finds', data, ['finds', 0, 'code__alias_0'], query);
  expect(text).toContain('"path":["finds",0,"code"]');
});

test('what no department can answer is an error, not a silent null', async () => {
  const answer = await ask('{ register { note } }');
  expect([answer.status, answer.body]).toEqual([
    500,
    { errors: [{ message: expect.any(String), extensions: { code: 'OPERATION_UNRESOLVABLE' } }] },
  ]);
});
