import type { Random } from './random.ts';

/** A day of a year, ISO 8601; never the 29th to 31st, so that every month has it. */
export function isoDate(year: number, random: Random): string {
  return `${year}-${twoDigits(random.int(1, 12))}-${twoDigits(random.int(1, 28))}`;
}

/** A birth date as it stands on record: the older the person, the likelier that only the year is known. */
export function birthDateOnRecord(year: number, highland: boolean, random: Random): string {
  const yearOnly = year < 1960 ? 0.2 : year < 1985 ? 0.06 : 0.005;
  const full = isoDate(year, random);
  if (random.chance(highland ? yearOnly * 2 : yearOnly)) return String(year);
  return random.chance(yearOnly / 8) ? full.slice(0, 7) : full;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
