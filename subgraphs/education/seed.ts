import type { SeedTools } from '@lienthong/kit';
import { type Household, households, type Person } from '@lienthong/population';
import { isPupil, markRows, schoolYears } from './seed/pupils.ts';
import { schools } from './seed/schools.ts';

interface Pupil {
  readonly code: string;
  readonly person: Person;
  readonly household: Household;
}

const REPORT_EVERY = 1_000;
/** Codes below the sequence `pupil_code` of the first migration. */
const CODES = 90_000_000;
/** Coprime with CODES: every code comes once, and the codes of brothers and sisters do not follow each other. */
const STRIDE = 38_196_601;

const pupilCode = (ordinal: number): string => `51${String((ordinal * STRIDE) % CODES).padStart(8, '0')}`;

/** Streams every pupil; each table is written in a pass of its own, so that memory does not grow with the province. */
function* pupils(tools: Pick<SeedTools, 'citizens' | 'progress'>, label: string): Generator<Pupil> {
  let ordinal = 0;
  for (const household of households(tools.citizens)) {
    for (const person of household.members) {
      if (isPupil(person)) yield { code: pupilCode(ordinal), person, household };
      ordinal += 1;
      if (ordinal % REPORT_EVERY === 0) tools.progress(ordinal, tools.citizens, label);
    }
  }
  tools.progress(ordinal, tools.citizens, label);
}

/** Fills the education database with the invented province. */
export async function seed(tools: SeedTools): Promise<void> {
  const { copy, pseudonyms } = tools;
  const rowsOf = function* (label: string, rows: (pupil: Pupil) => Iterable<readonly unknown[]>) {
    for (const pupil of pupils(tools, label)) yield* rows(pupil);
  };

  await copy(
    'school',
    ['code', 'name', 'commune', 'level'],
    schools.map(({ code, name, commune, level }) => [code, name, commune, level]),
  );
  await copy(
    'pupil',
    ['code', 'citizen_id', 'number'],
    rowsOf('pupils', ({ code, person }) => [[code, pseudonyms.idOf(person.number), person.number]]),
  );
  await copy(
    'enrolment',
    ['pupil', 'school', 'grade', 'started_on', 'ended_on'],
    rowsOf('enrolments', ({ code, person, household }) =>
      schoolYears(person, household).map(({ school, grade, from, to }) => [code, school, grade, from, to]),
    ),
  );
  await copy(
    'mark',
    ['pupil', 'school_year', 'grade', 'school', 'subject', 'score'],
    rowsOf('marks', ({ code, person, household }) => markRows(code, person, schoolYears(person, household))),
  );
}
