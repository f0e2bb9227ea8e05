import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';

import { plannersCopy } from './copy.ts';
import { type Departments, stepsOf, supergraphOf } from './fixture.ts';
import { planningInPlace } from './in-place.ts';
import { createPlanner } from './planner.ts';

/** Two prices of one field, each required by another field of the second department. */
const PRICES: Departments = {
  stock: `
    type Query { goods: [Good] }
    type Good @key(fields: "code") { code: ID! price(currency: String! = "VND"): Int kind: Kind }
    type Kind { average(currency: String!): Int }`,
  post: `
    type Good @key(fields: "code") {
      code: ID!
      price(currency: String! = "VND"): Int @external
      kind: Kind @external
      usd: Int @requires(fields: "price(currency: \\"USD\\")")
      eur: Int @requires(fields: "price(currency: \\"EUR\\")")
      alsoUsd: Int @requires(fields: "price(currency: \\"USD\\")")
      plain: Int @requires(fields: "price")
      usual: Int @requires(fields: "kind { average(currency: \\"USD\\") }")
      unusual: Int @requires(fields: "kind { average(currency: \\"EUR\\") }")
      weight: Int
    }
    type Kind @external { average(currency: String!): Int }`,
};

const GOOD = { __typename: '__typename', code: 'code' };

describe('a field that is required with arguments', () => {
  test('is asked for under a name of its own and sent under its real one', async () => {
    expect(await stepsOf(PRICES, '{ goods { usd alsoUsd weight } }')).toEqual([
      { department: 'stock', asks: '{goods{__typename code lt_required_0:price(currency:"USD")}}' },
      {
        department: 'post',
        asks: expect.stringMatching(/^\{\.\.\.on Good\{(?=.*usd)(?=.*alsoUsd)(?=.*weight)[a-zA-Z ]*\}\}$/),
        sends: { ...GOOD, price: 'lt_required_0' },
      },
    ]);
  });

  test('never meets what the client asks of the same field', async () => {
    const [first, second] = await stepsOf(
      PRICES,
      '{ goods { lt_0: price(currency: "EUR") lt_1: price(currency: "USD") price usd } }',
    );
    expect(first?.asks).toContain('lt_0:price(currency:"EUR")');
    expect(first?.asks).toContain('lt_1:price(currency:"USD")');
    expect(first?.asks).toContain('lt_required_0:price(currency:"USD")');
    expect(second).toEqual({
      department: 'post',
      asks: '{...on Good{usd}}',
      sends: { ...GOOD, price: 'lt_required_0' },
    });
  });

  test('with other arguments is another value: two calls, each with its own', async () => {
    const [first, ...others] = await stepsOf(PRICES, '{ goods { usd eur weight alsoUsd } }');
    expect(first?.asks).toContain('lt_required_0:price(currency:"USD")');
    expect(first?.asks).toContain('lt_required_1:price(currency:"EUR")');
    const sent = others.map(({ asks, sends }) => [asks.match(/\b(?:usd|eur|alsoUsd|weight)\b/g)?.sort(), sends]);
    expect(sent).toHaveLength(2);
    expect(sent).toContainEqual([expect.arrayContaining(['usd', 'alsoUsd']), { ...GOOD, price: 'lt_required_0' }]);
    expect(sent).toContainEqual([expect.arrayContaining(['eur']), { ...GOOD, price: 'lt_required_1' }]);
  });

  test('without arguments is another value than with them', async () => {
    const [first, ...others] = await stepsOf(PRICES, '{ goods { plain eur } }');
    expect(first?.asks).toMatch(/lt_required_2:price\b(?!\()/);
    expect(others).toHaveLength(2);
    expect(others).toContainEqual({
      department: 'post',
      asks: '{...on Good{plain}}',
      sends: { ...GOOD, price: 'lt_required_2' },
    });
  });

  test('may stand deeper, and parts the calls by its whole path', async () => {
    const one = await stepsOf(PRICES, '{ goods { usd usual } }');
    expect(one).toHaveLength(2);
    expect(one[1]?.sends).toEqual({ ...GOOD, price: 'lt_required_0', kind: { average: 'lt_required_3' } });

    const [first, ...others] = await stepsOf(PRICES, '{ goods { usual unusual usd eur } }');
    expect(first?.asks).toContain('lt_required_3:average(currency:"USD")');
    expect(first?.asks).toContain('lt_required_4:average(currency:"EUR")');
    expect(others.map(({ sends }) => sends)).toEqual(
      expect.arrayContaining([
        { ...GOOD, price: 'lt_required_0', kind: { average: 'lt_required_3' } },
        { ...GOOD, price: 'lt_required_1', kind: { average: 'lt_required_4' } },
      ]),
    );
  });

  test('takes variables along only to the calls that use them', async () => {
    const departments = {
      ...PRICES,
      post: PRICES.post?.replace('usd: Int', 'usd(share: Int): Int') ?? '',
    };
    const planner = await createPlanner(supergraphOf(departments), planningInPlace());
    const { node } = await planner.plan(parse('query ($v0: Int) { goods { lt_0: usd(share: $v0) eur } }'), 'shape');
    const text = JSON.stringify(node);
    expect(text).toContain(
      'query($representations:[_Any!]!$v0:Int){_entities(representations:$representations){...on Good{lt_0:usd(share:$v0)}}}',
    );
    expect(text).toContain(
      'query($representations:[_Any!]!){_entities(representations:$representations){...on Good{eur}}}',
    );
  });

  test('may itself require one', async () => {
    const steps = await stepsOf(
      {
        a: 'type Query { t: T } type T @key(fields: "id") { id: ID! base(of: Int!): Int }',
        b: `type T @key(fields: "id") {
          id: ID! base(of: Int!): Int @external doubled(by: Int!): Int @requires(fields: "base(of: 1)") }`,
        c: `type T @key(fields: "id") { id: ID! doubled(by: Int!): Int @external
          one: Int @requires(fields: "doubled(by: 2)") other: Int @requires(fields: "doubled(by: 3)") }`,
      },
      '{ t { one other } }',
    );
    const id = { __typename: '__typename', id: 'id' };
    const base = steps.find(({ department }) => department === 'a')?.asks;
    expect(base).toMatch(/lt_required_\d:base\(of:1\)/);
    const source = /(lt_required_\d):base/.exec(base ?? '')?.[1];
    const doubled = steps.filter(({ department }) => department === 'b');
    expect(doubled).toEqual([
      {
        department: 'b',
        asks: expect.stringMatching(/doubled\(by:[23]\).*doubled\(by:[23]\)/),
        sends: { ...id, base: source },
      },
    ]);
    expect(steps.filter(({ department }) => department === 'c')).toHaveLength(2);
  });

  test('is read on every object of an interface', async () => {
    const steps = await stepsOf(
      {
        a: `type Query { shelf: Shelf } type Shelf @key(fields: "id") { id: ID! media: [Media] }
          interface Media { title(language: String!): String }
          type Book implements Media @key(fields: "id") { id: ID! title(language: String!): String }
          type Film implements Media @key(fields: "id") { id: ID! title(language: String!): String }`,
        b: `type Shelf @key(fields: "id") { id: ID! media: [Media] @external
            vi: String @requires(fields: "media { title(language: \\"vi\\") }")
            en: String @requires(fields: "media { title(language: \\"en\\") }") }
          interface Media { title(language: String!): String }
          type Book implements Media @key(fields: "id") { id: ID! title(language: String!): String @external }
          type Film implements Media @key(fields: "id") { id: ID! title(language: String!): String @external }`,
      },
      '{ shelf { vi en } }',
    );
    expect(steps).toHaveLength(3);
    expect(steps[0]?.asks).toContain('lt_required_0:title(language:"vi")');
    expect(steps[0]?.asks).toContain('lt_required_1:title(language:"en")');
    const sent = steps.slice(1).map(({ asks, sends }) => [asks, JSON.stringify(sends)]);
    expect(sent).toContainEqual([
      '{...on Shelf{vi}}',
      expect.stringMatching(/^(?!.*lt_required_1).*"title":"lt_required_0"/),
    ]);
    expect(sent).toContainEqual([
      '{...on Shelf{en}}',
      expect.stringMatching(/^(?!.*lt_required_0).*"title":"lt_required_1"/),
    ]);
  });
});

describe('a key that is declared unresolvable', () => {
  const KEYS: Departments = {
    a: 'type Query { a: Int } type T @key(fields: "id") { id: ID! name: String }',
    b: `type Query { t: T } type T @key(fields: "code { x }", resolvable: false) @key(fields: "id code { y }")
      { id: ID! code: Code name: String @external greeting: String @requires(fields: "name") }
      type Code { x: ID y: ID }`,
  };

  test('is never the way back into a department', async () => {
    const steps = await stepsOf(KEYS, '{ t { greeting } }');
    expect(steps.at(-1)).toEqual({
      department: 'b',
      asks: '{...on T{greeting}}',
      sends: { __typename: '__typename', name: 'name', id: 'id', code: { y: 'y' } },
    });
  });

  test('leaves the type, and an @interfaceObject keeps its only one', () => {
    const sdl = supergraphOf({
      a: 'type Query { all: [I] } interface I @key(fields: "id") { id: ID! } type T implements I @key(fields: "id") { id: ID! }',
      b: 'type I @interfaceObject @key(fields: "id", resolvable: false) { id: ID! } type Query { i: I u: U } type U @key(fields: "id", resolvable: false) { id: ID! }',
    });
    const copy = plannersCopy(sdl).sdl ?? '';
    expect(copy).toContain('@join__type(graph: B, key: "id", resolvable: false, isInterfaceObject: true)');
    expect(copy).toMatch(/type U\s+@join__type\(graph: B\)/);
  });
});

test('a supergraph with neither is planned by as it is', () => {
  const sdl = supergraphOf({ a: 'type Query { a: Int } type T @key(fields: "id") { id: ID! }' });
  expect(plannersCopy(sdl)).toEqual({ required: expect.objectContaining({ names: new Map() }) });
});

test('an operation that no department can answer is an error, never an empty plan', async () => {
  const planner = await createPlanner(
    supergraphOf({
      a: 'type Query { register: Register } interface Register @key(fields: "id") { id: ID! }',
      b: `type Query { other: Register }
        type Register @interfaceObject @key(fields: "id", resolvable: false) { id: ID! note: String }`,
    }),
    planningInPlace(),
  );
  for (const shape of ['asked twice', 'asked twice']) {
    await expect(planner.plan(parse('{ register { note } }'), shape)).rejects.toMatchObject({
      code: 'OPERATION_UNRESOLVABLE',
    });
  }
});
