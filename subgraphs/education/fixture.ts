import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, ask, type TestPrincipal, testSubgraph } from '@lienthong/kit/testing';
import { type Kysely, sql } from 'kysely';
import { education } from './index.ts';
import type { EducationTables } from './tables.ts';

/** The right shape, and nobody's. */
export const NOBODY = `k1.${'A'.repeat(43)}`;
/** The province's day; the mutations' tests stand on it. */
const TODAY = new Date('2026-01-15T02:00:00Z');
/** Enough for 100 pupils. */
const CITIZENS = 1_500;

const EVERY_SCOPE: TestPrincipal = {
  scopes: [
    'citizens:basic:read',
    'education:enrolment:read',
    'education:enrolment:read:bulk',
    'education:record:read',
    'education:enrolment:write',
  ],
};

/** Whoever waits for a lock in this test's database. */
const WAITING = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

export type EducationFixture = Awaited<ReturnType<typeof startEducation>>;

/** Education over a seeded database on the province's day, and the database for tests that must prepare or look. */
export async function startEducation() {
  let db: Kysely<EducationTables> | undefined;
  const observed: typeof education = {
    ...education,
    createData: (tools) => {
      db = tools.db;
      return education.createData(tools);
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
    async statementsOf(work: () => Promise<unknown>): Promise<string[]> {
      subgraph.statements.length = 0;
      await work();
      return [...subgraph.statements];
    },
    async sql(statement: string): Promise<Record<string, unknown>[]> {
      if (db === undefined) throw new Error('no request has been made yet');
      return (await sql.raw<Record<string, unknown>>(statement).execute(db)).rows;
    },
    /** So many pupils who are in that grade now. */
    pupilsInGrade: (grade: number, count: number) =>
      citizenIds(`
      select citizen_id from pupil join enrolment on pupil = code
      where ended_on is null and grade = ${grade} order by code limit ${count}`),
    somePupils: (count: number) => citizenIds(`select citizen_id from pupil order by code limit ${count}`),
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
  const citizenIds = async (statement: string) => (await fixture.sql(statement)).map((row) => String(row.citizen_id));
  await fixture.ask('{ __typename }');
  return fixture;
}
