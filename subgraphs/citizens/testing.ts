import { type Answer, ask, type TestPrincipal, type TestSubgraph, testSubgraph } from '@lienthong/kit/testing';
import type { Kysely } from 'kysely';
import { citizens } from './index.ts';
import type { CitizensTables } from './tables.ts';

/** How many people the tests of this department have. */
export const SEEDED = 2000;

type Variables = Readonly<Record<string, unknown>>;

/** The department of a test file: running, seeded, its tables within reach. */
export interface RunningCitizens {
  readonly idOf: (personalNumber: string) => string;
  /** The department's own connection, once it has been asked something. */
  readonly db: () => Kysely<CitizensTables>;
  /** The caller may read everything, unless the test says who asks. */
  readonly ask: (query: string, variables?: Variables, caller?: TestPrincipal) => Promise<Answer['body']>;
  /** The data of an answer, in the shape the test says it has; throws if there are errors. */
  readonly data: <Data>(query: string, variables?: Variables) => Promise<Data>;
  /** The SQL statements that one request costs. */
  readonly statementsOf: (query: string, variables?: Variables) => Promise<string[]>;
  readonly close: () => Promise<void>;
}

/** Starts the department with the invented province. Callers here may read everything. */
export async function startCitizens(): Promise<RunningCitizens> {
  let db: Kysely<CitizensTables> | undefined;
  const subgraph: TestSubgraph = await testSubgraph(
    {
      ...citizens,
      createData: (tools) => {
        db = tools.db;
        return citizens.createData(tools);
      },
    },
    { citizens: SEEDED },
  );
  const answer = async (query: string, variables: Variables = {}, caller: TestPrincipal = {}) =>
    (await ask(subgraph, { ...caller, query, variables })).body;
  const data = async <Data>(query: string, variables?: Variables): Promise<Data> => {
    const body = await answer(query, variables);
    if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors));
    return body.data as Data;
  };
  return {
    idOf: (personalNumber) => subgraph.pseudonyms.idOf(personalNumber),
    db: () => {
      if (db === undefined) throw new Error('ask the department something first');
      return db;
    },
    ask: answer,
    data,
    statementsOf: async (query, variables) => {
      subgraph.statements.length = 0;
      await data(query, variables);
      return [...subgraph.statements];
    },
    close: subgraph.close,
  };
}
