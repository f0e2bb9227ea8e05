import { describe, expect, test } from '@jest/globals';
import { type Household, households, type Person } from '@lienthong/population';
import { teaches } from '../level.ts';
import { isPupil, markRows, type SchoolYear, schoolYears } from './pupils.ts';
import { schools } from './schools.ts';

const FIXED_DAUGHTER = '051319000002';
const schoolByCode = new Map(schools.map((school) => [school.code, school]));

interface Pupil {
  person: Person;
  household: Household;
  years: SchoolYear[];
}
const pupils: Pupil[] = [...households(2_000)].flatMap((household) =>
  household.members.filter(isPupil).map((person) => ({ person, household, years: schoolYears(person, household) })),
);

describe('schools', () => {
  test('every commune has a primary and a lower secondary school, some an upper secondary; codes are unique', () => {
    const count = (level: string) => schools.filter((school) => school.level === level).length;
    expect([count('PRIMARY'), count('LOWER_SECONDARY'), count('UPPER_SECONDARY')]).toEqual([96, 96, 33]);
    expect(schoolByCode.size).toBe(schools.length);
    expect(schoolByCode.get('21289-TH')).toEqual({
      code: '21289-TH',
      name: 'Trường Tiểu học Sơn Hà',
      commune: '21289',
      level: 'PRIMARY',
    });
  });
});

describe('pupils', () => {
  test('the fixed daughter has been in grade 1 at the primary school of Sơn Hà since September 2025, and nowhere before', () => {
    const daughter = pupils.find(({ person }) => person.number === FIXED_DAUGHTER);
    expect(daughter?.years).toEqual([{ year: 2025, grade: 1, school: '21289-TH', from: '2025-09-05', to: null }]);
  });

  test('there are enough of them, mostly in their own commune', () => {
    expect(pupils.length).toBeGreaterThan(200);
    const athome = pupils.filter(({ household, years }) => years[0]?.school.startsWith(household.commune));
    expect(athome.length / pupils.length).toBeGreaterThan(0.9);
    expect(athome.length).toBeLessThan(pupils.length);
  });

  test('school years follow each other, each at a school that teaches the grade, at most the last without an end', () => {
    for (const { years } of pupils) {
      for (const [index, { grade, school, from, to }] of years.entries()) {
        expect(grade).toBe(index + 1);
        const level = schoolByCode.get(school)?.level;
        expect(level !== undefined && teaches(level, grade)).toBe(true);
        if (to === null) expect(index).toBe(years.length - 1);
        else expect(to >= from && to < (years[index + 1]?.from ?? '9999')).toBe(true);
      }
    }
  });

  test('only finished school years are marked, each subject once, on the scale of 0 to 10', () => {
    const rows = pupils.flatMap(({ person, years }) => markRows(person.number, person, years));
    expect(rows.length).toBeGreaterThan(500);
    expect(new Set(rows.map(([pupil, year, , , subject]) => `${pupil} ${year} ${subject}`)).size).toBe(rows.length);
    for (const [, year, , , , score] of rows) {
      expect(year).not.toBe('2025-2026');
      expect(Number(score)).toBeGreaterThanOrEqual(2);
      expect(Number(score)).toBeLessThanOrEqual(10);
    }
  });
});
