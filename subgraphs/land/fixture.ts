import { defineDepartment } from '@lienthong/kit';
import { type Answer, ask, type Question, type TestSubgraph, testSubgraph } from '@lienthong/kit/testing';
import type { Kysely } from 'kysely';
import { createLandData } from './data.ts';
import { land } from './index.ts';
import type { LandTables } from './tables.ts';

/** The department, seeded and running, as this folder's tests see it. */
export interface LandFixture {
  readonly subgraph: TestSubgraph;
  /** Asks as the gateway does, for somebody who may read everything. */
  readonly ask: (query: string, variables?: Question['variables']) => Promise<Answer['body']>;
  /** The department's own tables. */
  readonly db: Kysely<LandTables>;
  /** Federated ids of the fixed citizen, his wife, and somebody of whom the department has never heard. */
  readonly he: string;
  readonly she: string;
  readonly nobody: string;
  readonly stop: () => Promise<void>;
}

/** The clock of the tests: early morning of 1 February in the province, while it is still January in UTC. */
const NOW = '2026-01-31T18:00:00Z';

export async function startLand(citizens = 400): Promise<LandFixture> {
  let opened: Kysely<LandTables> | undefined;
  const observed = defineDepartment({
    ...land,
    createData: (tools: Parameters<typeof createLandData>[0]) => {
      opened = tools.db;
      return createLandData(tools);
    },
  });
  const subgraph = await testSubgraph(observed, { citizens, now: () => new Date(NOW) });
  const asked = async (query: string, variables: Question['variables'] = {}) =>
    (await ask(subgraph, { query, variables })).body;
  await asked('{ __typename }');
  if (opened === undefined) throw new Error('the department did not open its database');
  const idOf = subgraph.pseudonyms.idOf;
  return {
    subgraph,
    ask: asked,
    db: opened,
    he: idOf('051085000001'),
    she: idOf('051187000003'),
    nobody: idOf('051099999999'),
    stop: () => subgraph.close(),
  };
}
