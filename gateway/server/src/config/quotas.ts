import { optional, optionalSection, required } from './declaration/declare.ts';
import { count, duration } from './declaration/types.ts';

const allowance = (vi: string, en: string) =>
  optionalSection(
    { vi, en },
    {
      limit: required(count(1, 1_000_000_000), { vi: 'Tối đa bao nhiêu.', en: 'How many at most.' }),
      per: required(duration('1s', '1d'), { vi: 'Trong bao lâu.', en: 'In how long.' }),
    },
  );

export const quotas = optionalSection(
  {
    vi: 'Hạn mức cho mỗi ứng dụng và mục đích mà sổ đăng ký không nêu hạn mức riêng. Bỏ trống: không giới hạn ngoài sổ đăng ký.',
    en: 'Quotas of each client and purpose for which the registry tells none. Absent: nothing but the registry limits.',
  },
  {
    requests: allowance('Số yêu cầu.', 'Requests.'),
    cost: allowance('Đơn vị chi phí (xem limits.cost).', 'Cost units (see limits.cost).'),
    citizensPerDay: optional(count(1, 100_000_000), {
      vi: 'Số công dân khác nhau được hỏi tới trong một ngày của tỉnh.',
      en: 'Distinct citizens asked about on one calendar day of the province.',
    }),
  },
);
