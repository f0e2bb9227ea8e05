import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { graphql, parse } from 'graphql';

import { supergraphOf } from '../planning/fixture.ts';
import { anonymous } from '../policy/principal.ts';
import { departmentSchema } from '../testing/department-schema.ts';
import { type InProcessGateway, inProcess } from '../testing/in-process.ts';

/**
 * Where a null may stand is what the operation says, in both engines and for what is denied as for what is missing. An object
 * may promise more of a field than the interface through which it was asked: that counts where the position, or a fragment
 * around, says which object it is. Whether a department told its type must not matter.
 */
const SDL = `
  type Query { thing: Thing book: Book books: [Book!] things: [Thing] }
  interface Thing { name: String label: String near: Thing }
  type Book implements Thing { name: String! label: String near: Book! pages: Int }
  type Person implements Thing { name: String label: String near: Thing guarded: String }`;
const GUARDED = SDL.replace('{ name: String!', '{ name: String! @requiresScopes(scopes: [["name"]])').replace(
  'Person implements Thing { name: String',
  'Person implements Thing { name: String @requiresScopes(scopes: [["name"]])',
);

const nobody = { __typename: 'Person', name: null, label: 'P', near: null };
const good = { __typename: 'Book', name: 'good', label: null, near: { __typename: 'Book', name: 'near', label: 'n' } };
const bad = { __typename: 'Book', name: null, label: 'B', near: good };
const worse = { __typename: 'Book', name: 'worse', label: 'W', near: null };
const ROOT = { thing: bad, book: bad, books: [good, bad], things: [good, bad, nobody, worse] };

/** The same departments, in whose schema nothing is promised: what forbids a null is the gateway's to see. */
const lax = (sdl: string) =>
  departmentSchema(`type E @key(fields: "x") { x: ID } ${sdl.replaceAll(/!(?=[\s\])}])/g, '')}`);

describe.each(['compiled', 'apollo'] as const)('engine %s', (engine) => {
  const gateways: InProcessGateway[] = [];
  const start = async (sdl: string) => {
    const schema = lax(sdl);
    const gateway = await inProcess({
      ...{ supergraph: supergraphOf({ one: sdl }), unguarded: 'allow', engine, onLog: () => {} },
      departments: () => async (source, variableValues) => {
        const { data } = await graphql({ schema, source, variableValues, rootValue: ROOT });
        return { data };
      },
    });
    gateways.push(gateway);
    return gateway;
  };
  let open: InProcessGateway;
  let guarded: InProcessGateway;
  beforeAll(async () => {
    open = await start(SDL);
    guarded = await start(GUARDED);
  });
  afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())));

  const ask = (gateway: InProcessGateway, text: string) =>
    gateway.ask({ document: parse(text), operationName: null, variables: {}, principal: anonymous });

  const b = { label: 'B' };
  const g = { label: null };
  test.each<[string, unknown]>([
    ['{ book { ... on Thing { name label } } }', { book: null }],
    ['{ book { ... on Thing { n: name } pages } }', { book: null }],
    ['{ book { name label } }', { book: null }],
    ['{ books { ... on Thing { name label } } }', { books: null }],
    ['{ books { name label } }', { books: null }],
    ['{ thing { name } }', { thing: { name: null } }],
    ['{ thing { __typename name } }', { thing: { __typename: 'Book', name: null } }],
    ['{ thing { label ... on Book { pages } name } }', { thing: { ...b, pages: null, name: null } }],
    ['{ thing { label ... on Book { name } } }', { thing: null }],
    [
      '{ things { ... on Thing { label near { name } } } }',
      {
        things: [
          { ...g, near: { name: 'near' } },
          { ...b, near: { name: 'good' } },
          { label: 'P', near: null },
          { label: 'W', near: null },
        ],
      },
    ],
    [
      '{ things { ... on Book { near { label } } label } }',
      { things: [{ near: { label: 'n' }, ...g }, { near: g, ...b }, { label: 'P' }, null] },
    ],
    [
      '{ things { ... on Book { ... on Thing { name } } ... on Person { name } } }',
      { things: [{ name: 'good' }, null, { name: null }, { name: 'worse' }] },
    ],
  ])('%s', async (text, expected) => {
    expect((await ask(open, text)).data).toEqual(expected);
  });

  test.each<[string, unknown]>([
    ['{ book { label ... on Thing { name } } }', { book: null }],
    ['{ books { ... on Thing { name label } } }', { books: null }],
    ['{ books { label name } }', { books: null }],
    ['{ thing { label name } }', { thing: { ...b, name: null } }],
    ['{ thing { label ... on Book { name } } }', { thing: null }],
    [
      '{ things { __typename ... on Thing { name } } }',
      { things: ['Book', 'Book', 'Person', 'Book'].map((__typename) => ({ __typename, name: null })) },
    ],
  ])('and so is what is denied: %s', async (text, expected) => {
    expect((await ask(guarded, text)).data).toEqual(expected);
  });
});
