import type { InProcessSettings } from '@lienthong/server/testing';
import { execute, GraphQLError, type GraphQLFieldResolver, parse } from 'graphql';

import { compose } from './federation.ts';
import { SCOPES } from './model.ts';
import { executableDepartment } from './world.ts';

const LINK = `extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@requires", "@external", "@requiresScopes"]
)`;

/** Two departments and twelve people: whoever asks about some of them asks about others' people too. */
const SDL: ReadonlyMap<string, string> = new Map([
  [
    'people',
    `${LINK}
    type Query { people(of: String): [Person] person(of: String): Person }
    type Mutation { move(to: String): Person }
    type Person @key(fields: "id") { id: ID! born: String }`,
  ],
  [
    'names',
    `${LINK}
    type Query { none: String }
    type Person @key(fields: "id") {
      id: ID!
      born: String @external
      name: String
      shown: String!
      written(style: String): String @requiresScopes(scopes: [["${SCOPES[0]}"]])
      greeting: String @requires(fields: "born")
    }`,
  ],
]);

interface Person {
  readonly __typename?: string;
  readonly id: string;
  readonly born?: string;
}

const PEOPLE = 12;
const person = (number: number): Person => ({ id: `⟦p${number % PEOPLE}⟧` });

const resolve: GraphQLFieldResolver<Person | undefined, unknown> = (source, given, _context, { fieldName }) => {
  const number = Number(given.of ?? given.to ?? 0);
  if (fieldName === '_entities') return given.representations.map(entity);
  if (fieldName === 'people') return [0, 1, 5, 0, 2].map((step) => person(number + step));
  if (fieldName === 'person' || fieldName === 'move') return person(number + 3);
  const id = source?.id ?? '';
  if (fieldName === 'id') return id;
  if (fieldName === 'greeting') return `⟦${source?.born} and ${id}⟧`;
  if (fieldName === 'name' && id === '⟦p4⟧') throw new GraphQLError('no', { extensions: { code: 'INTERNAL' } });
  if (fieldName === 'shown' && id === '⟦p9⟧') return null;
  return `⟦${fieldName} ${given.style ?? ''} of ${id}⟧`;
};

/** The seventh is not known, and of the eighth nothing is told. */
const entity = (given: Person): Person | Error | null => {
  if (given.id === '⟦p7⟧') return null;
  const messages = { vi: 'Không có', en: 'Not there' };
  if (given.id === '⟦p8⟧')
    return new GraphQLError('no', { extensions: { code: 'NOT_FOUND', reason: 'none', messages } });
  return given;
};

export const dense = (): InProcessSettings => {
  const composed = compose(SDL);
  if ('refused' in composed) throw new Error(composed.refused);
  const departments = new Map([...SDL].map(([name, sdl]) => [name, executableDepartment(sdl)] as const));
  return {
    supergraph: composed.supergraph,
    unguarded: 'allow',
    onLog: () => {},
    departments: ({ name }) => {
      const schema = departments.get(name);
      if (!schema) throw new TypeError(`no department ${name}`);
      return async (query, variables) =>
        execute({
          schema,
          document: parse(query),
          variableValues: variables,
          fieldResolver: resolve,
          typeResolver: () => 'Person',
        });
    },
  };
};
