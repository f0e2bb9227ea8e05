const PROVINCE_DAY = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Ho_Chi_Minh',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The calendar date in the province at that instant, as ISO 8601: `2026-01-15`. */
export const provinceDate = (instant: Date): string => {
  const part = Object.fromEntries(PROVINCE_DAY.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}`;
};
