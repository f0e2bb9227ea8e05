import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GraphQLSchema, graphql, parse } from 'graphql';

import { supergraphOf } from '../planning/fixture.ts';
import { anonymous } from '../policy/principal.ts';
import { departmentSchema } from '../testing/department-schema.ts';
import { type InProcessGateway, inProcess } from '../testing/in-process.ts';

/**
 * Of an object a field is what the object's type says it is, by whatever interface or fragment it was selected (GraphQL
 * §6.3): a null that the type forbids climbs. Held against graphql-js.
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
  const specified = (schema: GraphQLSchema, source: string, rootValue: unknown) =>
    graphql({ schema, source, rootValue }).then(({ data }) => JSON.parse(JSON.stringify(data)));

  test.each([
    '{ book { ... on Thing { name label } } }',
    '{ book { ... on Thing { n: name } pages } }',
    '{ books { ... on Thing { name label } } }',
    '{ thing { __typename name } }',
    '{ thing { label ... on Book { pages } name } }',
    '{ things { __typename n: name label } }',
    '{ things { ... on Thing { __typename label near { __typename name } } } }',
    '{ things { ... on Book { ... on Thing { name } } ... on Person { name } } }',
    '{ things { __typename near { label } } }',
  ])('%s', async (text) => {
    expect((await ask(open, text)).data).toEqual(await specified(open.schema, text, ROOT));
  });

  const nameless = { name: null, label: 'B' };
  const books = [{ name: null, label: null }, nameless];
  test.each<[string, unknown]>([
    ['{ book { label ... on Thing { name } } }', { book: nameless }],
    ['{ books { ... on Thing { name label } } }', { books }],
    ['{ books { label name } }', { books: null }],
    [
      '{ things { __typename ... on Thing { name } } }',
      { things: ['Book', 'Book', 'Person', 'Book'].map((__typename) => ({ __typename, name: null })) },
    ],
  ])('what is denied is no promise of a department: it climbs as the selection says: %s', async (text, expected) => {
    expect((await ask(guarded, text)).data).toEqual(expected);
  });
});
