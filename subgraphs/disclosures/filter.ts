import { badInput } from '@lienthong/kit';
import type { EntryFilter } from './ledger.ts';
import { agencyCodes } from './terms.ts';

/** The arguments of `Citizen.disclosures` that choose what is listed. */
export interface FilterArguments {
  readonly from?: string | null;
  readonly to?: string | null;
  readonly agency?: string | null;
  readonly purpose?: string | null;
  readonly own?: boolean | null;
}

/** Vietnam has no summer time: a day of the province begins at this offset all year. */
const OFFSET = '+07:00';

/** Nothing was recorded before: PostgreSQL knows no year 0, which the first day of the calendar would be in, hours apart. */
const FIRST = Date.parse('1970-01-01T00:00:00Z');

const instant = (milliseconds: number): Date => new Date(Math.max(FIRST, milliseconds));

const startOf = (date: string): number => Date.parse(`${date}T00:00:00${OFFSET}`);

const DAY_MS = 86_400_000;

/** Codes are opaque, yet no agency's or purpose's is longer. */
const MAX_CODE = 64;
const CONTROL = /\p{Control}/u;

const code = (value: string, argument: string): string => {
  if (value.length > 0 && value.length <= MAX_CODE && !CONTROL.test(value)) return value;
  throw badInput(
    'code_length',
    {
      vi: `Mã có từ 1 đến ${MAX_CODE} ký tự, không có ký tự điều khiển. Hãy dùng mã đúng như trong danh sách.`,
      en: `A code has 1 to ${MAX_CODE} characters, no control characters. Use it as it stands in the list.`,
    },
    argument,
  );
};

/** Days of the province, both included, become instants; either way to write an agency's code finds both. */
export const filterOf = ({ from, to, agency, purpose, own }: FilterArguments): EntryFilter => {
  if (from && to && from > to) {
    throw badInput(
      'date_order',
      { vi: 'Ngày bắt đầu phải không sau ngày kết thúc.', en: 'The first day must not be after the last day.' },
      'to',
    );
  }
  return {
    ...(from ? { from: instant(startOf(from)) } : {}),
    ...(to ? { until: instant(startOf(to) + DAY_MS) } : {}),
    ...(agency == null ? {} : { agencies: agencyCodes(code(agency, 'agency')) }),
    ...(purpose == null ? {} : { purpose: code(purpose, 'purpose') }),
    ...(own == null ? {} : { own }),
  };
};
