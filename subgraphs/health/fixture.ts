import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, ask, type TestPrincipal, testSubgraph } from '@lienthong/kit/testing';
import { households } from '@lienthong/population';
import { type Kysely, sql } from 'kysely';
import { health } from './index.ts';
import type { HealthTables } from './tables.ts';

/** The right shape, and nobody's. */
export const NOBODY = `k1.${'A'.repeat(43)}`;
/** The province's day; the mutations' tests stand on it. */
const TODAY = new Date('2026-01-15T02:00:00Z');
const CITIZENS = 400;

const EVERY_SCOPE: TestPrincipal = {
  scopes: [
    'citizens:basic:read',
    'health:insurance:read',
    'health:immunization:read',
    'health:clinical:read',
    'health:insurance:write',
  ],
  purpose: 'TREATMENT',
};

/** Whoever waits for a lock in this test's database. */
const WAITING = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

/** The personal numbers of so many people of the invented province. */
export const numbers = (count: number): string[] =>
  [...households(CITIZENS)].flatMap(({ members }) => members.map(({ number }) => number)).slice(0, count);

export type HealthFixture = Awaited<ReturnType<typeof startHealth>>;

/** Health over a seeded database on the province's day, and the database for tests that must prepare or look. */
export async function startHealth() {
  let db: Kysely<HealthTables> | undefined;
  const observed: typeof health = {
    ...health,
    createData: (tools) => {
      db = tools.db;
      return health.createData(tools);
    },
  };
  const subgraph = await testSubgraph(observed, { citizens: CITIZENS, now: () => TODAY });
  const fixture = {
    man: subgraph.pseudonyms.idOf('051085000001'),
    daughter: subgraph.pseudonyms.idOf('051319000002'),
    async ask(
      query: string,
      variables: Record<string, unknown> = {},
      principal = EVERY_SCOPE,
    ): Promise<Answer['body']> {
      return (await ask(subgraph, { query, variables, ...principal })).body;
    },
    async sql(statement: string): Promise<Record<string, unknown>[]> {
      if (db === undefined) throw new Error('no request has been made yet');
      return (await sql.raw<Record<string, unknown>>(statement).execute(db)).rows;
    },
    /** Begins the work while another transaction has run these statements, and commits that one once the work waits for it. */
    async whileAnother<Result>(statements: readonly string[], work: () => Promise<Result>): Promise<Result> {
      if (db === undefined) throw new Error('no request has been made yet');
      const begun = await db.transaction().execute(async (transaction) => {
        for (const statement of statements) await sql.raw(statement).execute(transaction);
        const result = work();
        while ((await fixture.sql(WAITING)).length === 0) await pause(5);
        return { result };
      });
      return begun.result;
    },
    stop: subgraph.close,
  };
  await fixture.ask('{ __typename }');
  return fixture;
}
