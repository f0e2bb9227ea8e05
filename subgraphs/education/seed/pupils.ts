import { type Household, type Person, type Random, randomFor } from '@lienthong/population';
import { GRADES, type SchoolLevel, teaches } from '../level.ts';
import { communeCodes, schoolFor } from './schools.ts';

/** The school year that is running on the province's day, by the year in which it began. */
const THIS_SCHOOL_YEAR = 2025;
/** Children start grade 1 in the year in which they turn six. */
const STARTING_AGE = 6;
const LAST_GRADE = 12;
/** Marks have been kept in electronic school records since the school year 2022-2023. */
const FIRST_MARKED_YEAR = 2022;

/** One school year of one pupil. */
export interface SchoolYear {
  readonly year: number;
  readonly grade: number;
  readonly school: string;
  readonly from: string;
  readonly to: string | null;
}

/** The grade a person of that year of birth is in now; below 1 or above 12 there is none. */
const gradeNow = (birthYear: number): number => THIS_SCHOOL_YEAR - birthYear - STARTING_AGE + 1;

/** Whether the person is or was a pupil within the years that Education's records cover. */
export function isPupil({ birthYear, deathDate }: Person): boolean {
  const grade = gradeNow(birthYear);
  const started = `${birthYear + STARTING_AGE}-09-05`;
  return grade >= 1 && grade <= LAST_GRADE && (deathDate === null || deathDate >= started);
}

const levelOf = (grade: number): SchoolLevel =>
  (Object.keys(GRADES) as SchoolLevel[]).find((level) => teaches(level, grade)) ?? 'UPPER_SECONDARY';

/** A pupil's school years, from grade 1 on. The one that is running has no end. */
export function schoolYears(person: Person, household: Household): SchoolYear[] {
  const random = randomFor(person.number, 'school');
  const commune = !person.fixed && random.chance(0.05) ? random.pick(communeCodes) : household.commune;
  const leavesAfterGrade9 = random.chance(0.15);
  const now = gradeNow(person.birthYear);
  const last = leavesAfterGrade9 ? Math.min(now, 9) : now;
  return Array.from({ length: last }, (_, index) => index + 1)
    .map((grade) => schoolYear(commune, grade, THIS_SCHOOL_YEAR - now + grade))
    .flatMap((year) => untilDeath(year, person.deathDate));
}

const schoolYear = (commune: string, grade: number, year: number): SchoolYear => ({
  year,
  grade,
  school: schoolFor(commune, levelOf(grade)),
  from: `${year}-09-05`,
  to: year === THIS_SCHOOL_YEAR ? null : `${year + 1}-05-31`,
});

function untilDeath(year: SchoolYear, deathDate: string | null): SchoolYear[] {
  if (deathDate === null || (year.to !== null && year.to <= deathDate)) return [year];
  return year.from > deathDate ? [] : [{ ...year, to: deathDate }];
}

/** Subject and the grades in which it is marked. */
const SUBJECTS = [
  ['VIETNAMESE', 1, 12],
  ['MATHEMATICS', 1, 12],
  ['FOREIGN_LANGUAGE', 3, 12],
  ['SCIENCE', 4, 9],
  ['HISTORY', 4, 12],
] as const;

type MarkRow = readonly [pupil: string, year: string, grade: number, school: string, subject: string, score: string];

/** The rows of `mark` for the school years that were finished. */
export function markRows(pupil: string, person: Person, years: readonly SchoolYear[]): MarkRow[] {
  const random = randomFor(person.number, 'marks');
  const ability = random.int(50, 90);
  return years
    .filter(({ year, to }) => year >= FIRST_MARKED_YEAR && to === `${year + 1}-05-31`)
    .flatMap(({ year, grade, school }) =>
      SUBJECTS.filter(([, first, last]) => grade >= first && grade <= last).map(
        ([subject]): MarkRow => [pupil, `${year}-${year + 1}`, grade, school, subject, score(ability, random)],
      ),
    );
}

/** On the scale of 0 to 10, from tenths. */
const score = (ability: number, random: Random): string =>
  (Math.max(20, Math.min(100, ability + random.int(-15, 15))) / 10).toFixed(1);
