import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import type { LedgerKeys } from '../kit/ledger-keys.ts';
import { LINK, type SmallDepartment, SUBJECTS } from '../kit/small-federation.ts';

/** What stands in every answer that holds somebody's data. */
export const PERSONAL = 'NAME-';

/** A write that a department has carried out, and the request that it came with. */
export interface Executed {
  readonly mark: string;
  readonly request: string;
}

/** A department of people who can be read and renamed, and what it has carried out. */
export interface People {
  readonly department: SmallDepartment;
  readonly executed: readonly Executed[];
}

/** Numbers that belong to nobody end so. */
const NOBODY = '99';

/** Milliseconds that a write takes after it can no longer be taken back: a gateway may die meanwhile. */
const WRITE_TAKES = 15;

/** @param carriedOut told of each write as it happens; the department answers when it is done with it */
export const people = (
  { idOf }: LedgerKeys,
  carriedOut: (mark: string) => void | Promise<void> = () => undefined,
): People => {
  const executed: Executed[] = [];
  const personOf = (id: string, name: string) => ({ __typename: 'Citizen', id, name: `${PERSONAL}${name}` });
  return {
    executed,
    department: {
      sdl: `${LINK}${SUBJECTS}
        scalar PersonalNumber
        type Query {
          citizen(personalNumber: PersonalNumber!): Citizen
            @requiresScopes(scopes: [["name:read"]]) @dataSubject(argument: "personalNumber") @dataSubject(path: "id")
          time: String @tag(name: "public")
        }
        type Mutation {
          rename(input: Rename!): Citizen
            @requiresScopes(scopes: [["name:write"]]) @dataSubject(argument: "input.citizen") @dataSubject(path: "id")
        }
        input Rename { citizen: ID!  mark: String! }
        type Citizen @key(fields: "id") @dataSubject(path: "id") {
          id: ID! @requiresScopes(scopes: [["name:read"]])
          name: String @requiresScopes(scopes: [["name:read"]])
          secret: String @requiresScopes(scopes: [["secret:read"]])
        }`,
      root: {
        citizen: ({ personalNumber }: { personalNumber: string }) =>
          personalNumber.endsWith(NOBODY) ? null : personOf(idOf(personalNumber), personalNumber),
        time: () => 'NOW',
        rename: async ({ input: { citizen, mark } }: { input: { citizen: string; mark: string } }, asked: Asked) => {
          executed.push({ mark, request: String(asked.headers['x-request-id']) });
          await carriedOut(mark);
          await wait(WRITE_TAKES);
          return personOf(citizen, mark);
        },
      },
    },
  };
};

interface Asked {
  readonly headers: IncomingHttpHeaders;
}

export const SCOPES = 'name:read name:write';
export const READ = 'query ($number: PersonalNumber!) { citizen(personalNumber: $number) { name } }';
export const WRITE =
  'mutation ($citizen: ID!, $mark: String!) { rename(input: { citizen: $citizen, mark: $mark }) { name } }';
export const PUBLIC = '{ time }';
