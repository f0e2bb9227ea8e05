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

const startOf = (date: string): Date => new Date(`${date}T00:00:00${OFFSET}`);

const DAY_MS = 86_400_000;

/** Codes are opaque, yet no agency's or purpose's is longer. */
const MAX_CODE = 64;

const code = (value: string, argument: string): string => {
  if (value.length > 0 && value.length <= MAX_CODE) return value;
  throw badInput(
    'code_length',
    {
      vi: `Mã có từ 1 đến ${MAX_CODE} ký tự. Hãy dùng mã đúng như trong danh sách.`,
      en: `A code has 1 to ${MAX_CODE} characters. Use it as it stands in the list.`,
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
    ...(from ? { from: startOf(from) } : {}),
    ...(to ? { until: new Date(startOf(to).getTime() + DAY_MS) } : {}),
    ...(agency == null ? {} : { agencies: agencyCodes(code(agency, 'agency')) }),
    ...(purpose == null ? {} : { purpose: code(purpose, 'purpose') }),
    ...(own == null ? {} : { own }),
  };
};
