import { badInput } from '../errors.ts';
import { existsInCalendar } from './calendar.ts';
import { stringScalar } from './scalar.ts';

const PARTIAL_DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

const MESSAGES = {
  vi: 'Ngày phải có thật và viết theo dạng năm, năm-tháng hoặc năm-tháng-ngày, ví dụ 1985, 1985-03 hoặc 1985-03-12.',
  en: 'A date must exist and be written as year, year-month or year-month-day, for example 1985, 1985-03 or 1985-03-12.',
};

/** A date of which only the year, or year and month, may be known; checked and unchanged. */
export const parsePartialDate = (value: string): string => {
  const [, year, month = '01', day = '01'] = PARTIAL_DATE.exec(value) ?? [];
  if (year === undefined || !existsInCalendar(Number(year), Number(month), Number(day))) {
    throw badInput('partial_date', MESSAGES);
  }
  return value;
};

export const PartialDate = stringScalar('PartialDate', parsePartialDate, MESSAGES);
