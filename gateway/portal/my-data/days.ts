import type { Language } from '../app/language.tsx';
import type { Disclosure } from './disclosures.ts';

/** Times are those of the province, wherever the reader is. */
const timeZone = 'Asia/Ho_Chi_Minh';

const PARTS = new Intl.DateTimeFormat('en-GB', {
  timeZone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

const partsOf = (time: string) => {
  const parts = Object.fromEntries(PARTS.formatToParts(new Date(time)).map(({ type, value }) => [type, value]));
  return {
    day: `${parts.year}-${parts.month}-${parts.day}`,
    shown: `${parts.day}/${parts.month}/${parts.year}`,
    minute: `${parts.hour}:${parts.minute}`,
    second: `${parts.hour}:${parts.minute}:${parts.second}`,
  };
};

/** `23/11/2026` of `2026-11-23`. */
export const dateShown = (date: string): string => date.split('-').reverse().join('/');

/** `14:05`. */
export const minuteOf = (time: string): string => partsOf(time).minute;

/** `14:05:07, 23/11/2026`. */
export const momentOf = (time: string): string => {
  const { second, shown } = partsOf(time);
  return `${second}, ${shown}`;
};

const LOCALES = { vi: 'vi-VN', en: 'en-GB' } as const;

/** `Thứ Hai, 23/11/2026`: the short date of `vi-VN` would be 23/11/26. */
export const dayName = (time: string, language: Language): string => {
  const weekday = new Intl.DateTimeFormat(LOCALES[language], { timeZone, weekday: 'long' }).format(new Date(time));
  return `${weekday}, ${partsOf(time).shown}`;
};

/** Today in the province, as dates are asked for: `2026-11-23`. */
export const today = (): string => partsOf(new Date().toISOString()).day;

export interface Day {
  readonly day: string;
  readonly entries: readonly Disclosure[];
}

/** Entries by the day of the province, in the order in which they come. */
export const byDay = (entries: readonly Disclosure[]): readonly Day[] => {
  const days: { day: string; entries: Disclosure[] }[] = [];
  for (const entry of entries) {
    const { day } = partsOf(entry.time);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
};
