import { byKey, type DataTools, groupByKey } from '@lienthong/kit';
import DataLoader from 'dataloader';
import { type Kysely, sql } from 'kysely';
import { type EnrolInput, enrol } from './enrol.ts';
import { createPupilPages } from './pupils.ts';
import type { EducationTables } from './tables.ts';

/** A row of `Enrolment`, under the names of the schema; `school` is the code. */
export interface EnrolmentRow {
  readonly citizen: string;
  readonly school: string;
  readonly grade: number;
  readonly from: string;
  readonly to: string | null;
}

/** The education database for one request: whatever is asked for many people or schools at once is one statement. */
export type EducationData = ReturnType<typeof createEducationData>;

/** One array parameter whatever the number of keys: one prepared statement, and no limit of 65,535 parameters. */
const anyOf = (keys: readonly string[]) => sql<string>`any(${[...keys]})`;

export function createEducationData({
  db,
  cursors,
  today,
}: Pick<DataTools<EducationTables>, 'db' | 'cursors' | 'today'>) {
  const school = new DataLoader(async (codes: readonly string[]) => {
    const rows = await db.selectFrom('school').selectAll().where('code', '=', anyOf(codes)).execute();
    return byKey(codes, rows, (row) => row.code);
  });
  const enrolments = new DataLoader(async (citizens: readonly string[]) =>
    groupByKey(citizens, await enrolmentsOf(db, citizens), (row) => row.citizen),
  );
  const marks = new DataLoader(async (citizens: readonly string[]) =>
    groupByKey(citizens, await marksOf(db, citizens), (row) => row.citizen),
  );

  return {
    school: (code: string) => school.load(code),
    enrolmentsOf: (citizen: string) => enrolments.load(citizen),
    marksOf: (citizen: string) => marks.load(citizen),
    pupilsOf: createPupilPages(db, cursors),
    async enrol(input: EnrolInput) {
      const enrolment = await enrol(db, input, today());
      enrolments.clear(input.citizen);
      return enrolment;
    },
  };
}

const enrolmentsOf = (db: Kysely<EducationTables>, citizens: readonly string[]): Promise<EnrolmentRow[]> =>
  db
    .selectFrom('enrolment')
    .innerJoin('pupil', 'pupil.code', 'enrolment.pupil')
    .select([
      'pupil.citizen_id as citizen',
      'enrolment.school',
      'enrolment.grade',
      'enrolment.started_on as from',
      'enrolment.ended_on as to',
    ])
    .where('pupil.citizen_id', '=', anyOf(citizens))
    .orderBy('enrolment.started_on', 'desc')
    .execute();

const marksOf = (db: Kysely<EducationTables>, citizens: readonly string[]) =>
  db
    .selectFrom('mark')
    .innerJoin('pupil', 'pupil.code', 'mark.pupil')
    .select([
      'pupil.citizen_id as citizen',
      'mark.school_year as schoolYear',
      'mark.grade',
      'mark.school',
      'mark.subject',
      sql<number>`mark.score::float8`.as('score'),
    ])
    .where('pupil.citizen_id', '=', anyOf(citizens))
    .orderBy('mark.school_year', 'desc')
    .orderBy('mark.subject')
    .execute();
