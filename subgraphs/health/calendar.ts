const DAY_MS = 86_400_000;

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

/** Counted in UTC, where every day has 24 hours. */
export const addDays = (date: string, days: number): string => iso(Date.parse(date) + days * DAY_MS);

/** The same day of the month so many months later; where that month is shorter, its last day. */
export function addMonths(date: string, months: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return iso(Date.UTC(year, month - 1 + months, Math.min(day, lastDay)));
}

/** The same date a year later; of 29 February, the 28th. */
export const yearAfter = (date: string): string => addMonths(date, 12);

/** The first day that a possibly incomplete date may mean: `1985` is 1985-01-01. */
export const firstDay = (partial: string): string => `${partial}-01-01`.slice(0, 10);
