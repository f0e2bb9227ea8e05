import { CommandError } from '../command-error.ts';

/** A day (from its first moment in the province) or an instant, as it was written on the command line. */
export function momentOf(option: string, written: string): Date {
  const day = /^\d{4}-\d\d-\d\d$/.test(written);
  const instant = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(written);
  const moment = new Date(day ? `${written}T00:00:00+07:00` : instant ? written : Number.NaN);
  if (!Number.isNaN(moment.getTime())) return moment;
  throw new CommandError('MOMENT', {
    vi: `${option} ${written}: cần ngày (2026-11-23) hoặc thời điểm ISO 8601 có múi giờ (2026-11-23T08:00:00+07:00).`,
    en: `${option} ${written}: a day (2026-11-23) or an ISO 8601 moment with its zone (2026-11-23T08:00:00+07:00) is needed.`,
  });
}
