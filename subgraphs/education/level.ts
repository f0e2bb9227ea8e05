export type SchoolLevel = 'PRIMARY' | 'LOWER_SECONDARY' | 'UPPER_SECONDARY';

/** The grades of general education (Education Law 43/2019, article 28), both ends included. */
export const GRADES: Readonly<Record<SchoolLevel, readonly [first: number, last: number]>> = {
  PRIMARY: [1, 5],
  LOWER_SECONDARY: [6, 9],
  UPPER_SECONDARY: [10, 12],
};

/** Whether a school of that level teaches that grade. */
export const teaches = (level: SchoolLevel, grade: number): boolean => {
  const [first, last] = GRADES[level];
  return Number.isInteger(grade) && grade >= first && grade <= last;
};
