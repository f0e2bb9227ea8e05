import { badInput } from '../errors.ts';
import { existsInCalendar } from './calendar.ts';
import { stringScalar } from './scalar.ts';

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

const MESSAGES = {
  vi: 'Ngày phải có thật và viết theo dạng năm-tháng-ngày, ví dụ 2026-12-31.',
  en: 'A date must exist and be written as year-month-day, for example 2026-12-31.',
};

/** A calendar date from a caller, checked and unchanged. */
export const parseDate = (value: string): string => {
  const [, year, month, day] = ISO_DATE.exec(value) ?? [];
  if (year === undefined || !existsInCalendar(Number(year), Number(month), Number(day))) {
    throw badInput('date', MESSAGES);
  }
  return value;
};

/** `Date` of the shared schema; named so that it does not hide JavaScript's own. */
export const CalendarDate = stringScalar('Date', parseDate, MESSAGES);
