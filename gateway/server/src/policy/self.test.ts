import { describe, expect, test } from '@jest/globals';
import { buildSchema, printSchema } from 'graphql';

import { ask, type Miniature, readRules } from '../testing/miniature.ts';
import { Guards } from './guards.ts';
import { anonymous } from './principal.ts';
import { type Holder, holdsSomewhere, SelfSteps } from './self.ts';
import { Views } from './views.ts';

/** A citizen's own record, and every way from it to somebody else's. */
const own: Miniature = {
  sdl: `
    type Query { me: Citizen  citizen: Citizen  parcel: Parcel  node: Node  mine: Citizen }
    type Mutation { move: Citizen }
    interface Node { name: String }
    interface Thing { mark: String }
    union Holder = Citizen | Firm
    type Citizen implements Node {
      name: String  blood: String  card: Card  family: [Relative!]  mother: Citizen  parcels: [Parcel!]
      guardian: Holder  near: Node  things: [Thing]  friends: Friends  firm: Firm
    }
    type Relative { relation: String  citizen: Citizen }
    type Card implements Thing { mark: String  number: String }
    type Parcel implements Thing { mark: String  rights: String  owner: Citizen }
    type Firm implements Node { name: String  mark: String  head: Citizen }
    type Friends { total: String  edges: [FriendEdge] }
    type FriendEdge { cursor: String  node: Citizen }
  `,
  rules: {
    'Query.me': ['people:self:read', 'people:read'],
    'Query.citizen': ['people:read'],
    'Citizen.name': ['people:self:read', 'people:read'],
    'Citizen.blood': ['health:self:read'],
    'Citizen.mother': ['people:self:read', 'people:read'],
    'Card.number': ['people:self:read'],
    'Relative.relation': ['people:self:read'],
    'Parcel.rights': ['land:self:read', 'land:read'],
    'Firm.mark': ['land:self:read'],
    'Friends.total': ['people:self:read'],
    'FriendEdge.cursor': ['people:self:read'],
    'Mutation.move': ['people:read'],
  },
  data: {},
};

const SELF = ['people:self:read', 'health:self:read', 'land:self:read'];
const denied = async (query: string, who: { scopes?: string[]; citizen?: string } = { scopes: SELF, citizen: 'k1' }) =>
  (await ask(own, { query, ...who })).denials.map((denial) => denial.split(' ')[1]);

describe('self scopes hold', () => {
  test.each([
    ['on what Query.me returns, its own guard included', '{ me { name blood } }'],
    ['under an alias', '{ i: me { n: name } }'],
    ['through fragments', '{ ...Q } fragment Q on Query { me { ...C } } fragment C on Citizen { blood }'],
    ['on nested objects that are no Citizens', '{ me { card { number } family { relation } parcels { rights } } }'],
    ['at abstract positions of the own object', '{ me { ... on Node { name } things { ... on Parcel { rights } } } }'],
    ['inside fragments on an abstract type that nest', '{ me { ... on Node { ... on Citizen { blood } } } }'],
    ['on what belongs to it though it is no Citizen', '{ me { firm { mark } } }'],
  ])('%s', async (_, query) => {
    expect(await denied(query)).toEqual([]);
  });
});

describe('self scopes end', () => {
  test.each([
    ['nowhere near Query.me', '{ parcel { rights } }', ['Parcel.rights']],
    ['at a field that returns a Citizen, itself included', '{ me { mother { name } } }', ['Citizen.mother']],
    ['deep below', '{ me { family { citizen { name blood } } } }', ['Citizen.name', 'Citizen.blood']],
    ['and what is below that', '{ me { parcels { owner { parcels { rights } } } } }', ['Parcel.rights']],
    ['at a union that a Citizen may be', '{ me { guardian { ... on Firm { mark } } } }', ['Firm.mark']],
    ['at an interface that a Citizen may be', '{ me { near { ... on Citizen { blood } } } }', ['Citizen.blood']],
    ['at a connection', '{ me { friends { total edges { cursor } } } }', ['Friends.total', 'FriendEdge.cursor']],
    ['at other root fields that return a Citizen', '{ mine { blood } }', ['Citizen.blood']],
    [
      'in a fragment that also serves the own object',
      '{ me { ...C } mine { ...C } } fragment C on Citizen { blood }',
      ['Citizen.blood'],
    ],
    ['at an alias of another field called me', '{ me: mine { blood } }', ['Citizen.blood']],
  ])('%s', async (_, query, expected) => {
    expect(await denied(query)).toEqual(expected);
  });
});

describe('who', () => {
  test('a caller without a citizen claim holds no self scope anywhere', async () => {
    expect(await denied('{ me { name blood } }', { scopes: SELF })).toEqual(['Query.me']);
    expect(await denied('{ me { name blood } }', { scopes: [...SELF, 'people:read'] })).toEqual(['Citizen.blood']);
  });

  test("a citizen's other scopes count nowhere", async () => {
    const who = { scopes: ['people:read', 'land:read'], citizen: 'k1' };
    expect(await denied('{ me { name } citizen { name } parcel { rights } }', who)).toEqual([
      'Query.me',
      'Query.citizen',
      'Parcel.rights',
    ]);
    expect(await denied('mutation { move { name } }', who)).toEqual(['Mutation.move']);
  });

  const officer: Holder = { kind: 'authenticated', scopes: new Set(['a:read', 'a:self:read']) };
  test.each([
    ['an officer', officer, ['a:read']],
    ['a citizen', { ...officer, citizen: 'k1' }, ['a:self:read']],
    ['nobody', anonymous, []],
  ])('departments are told of %s only scopes that count', (_, holder, expected) => {
    expect(['a:read', 'a:self:read', 'b:self:read'].filter((scope) => holdsSomewhere(holder, scope))).toEqual(expected);
  });
});

test('steps: only a single Citizen is somebody’s own object', () => {
  const step = (sdl: string) => {
    const schema = buildSchema(sdl);
    return new SelfSteps(schema).of(schema.getQueryType() as never, 'me');
  };
  expect(step('type Query { me: Citizen! } type Citizen { a: Int }')).toBe('enters');
  expect(step('type Query { me: [Citizen] } type Citizen { a: Int }')).toBe('leaves');
  expect(step('type Query { me: Any } union Any = Citizen type Citizen { a: Int }')).toBe('leaves');
  expect(step('type Query { me: Account } type Account { a: Int }')).toBe('stays');
});

describe('the view', () => {
  const schema = buildSchema(own.sdl);
  const views = new Views(schema, new Guards(readRules(own), schema, 'allow'));
  const shown = (holder: Holder) => printSchema(views.of(holder));
  const citizen: Holder = { kind: 'authenticated', scopes: new Set(SELF), citizen: 'k1' };

  test('of a citizen shows what self scopes open on the way from Query.me', () => {
    const view = shown(citizen);
    for (const line of ['me: Citizen', 'blood: String', 'number: String', 'rights: String', 'mark: String']) {
      expect(view).toContain(line);
    }
    // Opened by a self scope, yet on the way to others alone.
    for (const line of ['total', 'cursor', 'mother']) expect(view).not.toContain(line);
  });

  test('of a citizen without the scope of Query.me shows nothing that lies behind it', () => {
    const view = shown({ ...citizen, scopes: new Set(['land:self:read', 'health:self:read']) });
    for (const line of [' me:', 'blood', 'rights']) expect(view).not.toContain(line);
  });

  test('of anybody else shows nothing that self scopes open, before and after a citizen asked', () => {
    const { citizen: _, ...officer } = citizen;
    for (let round = 0; round < 2; round++) {
      expect(shown(officer)).not.toMatch(/blood|rights|number/);
      expect(shown(citizen)).toMatch(/blood/);
    }
  });
});
