const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Whether year, month and day name a day that exists in the Gregorian calendar; month and day may be left out. */
export const existsInCalendar = (year: number, month = 1, day = 1): boolean => {
  const days = DAYS[month - 1];
  if (year < 1 || days === undefined || day < 1) return false;
  return day <= (month === 2 && isLeap(year) ? 29 : days);
};
