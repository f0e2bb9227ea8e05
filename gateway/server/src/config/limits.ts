import { section, withDefault } from './declaration/declare.ts';
import { count, duration, size } from './declaration/types.ts';

export const limits = section(
  { vi: 'Giới hạn của một yêu cầu; vượt quá: 400 hoặc 413.', en: 'Limits of one request; beyond them: 400 or 413.' },
  {
    bodySize: withDefault(size(1, 67_108_864), '256KiB', {
      vi: 'Dung lượng thân yêu cầu.',
      en: 'The size of the request body.',
    }),
    tokens: withDefault(count(1, 1_000_000), '4000', {
      vi: 'Số từ của văn bản GraphQL.',
      en: 'Lexical tokens of the GraphQL text.',
    }),
    depth: withDefault(count(1, 1_000), '20', { vi: 'Độ sâu lồng nhau.', en: 'Levels of nesting.' }),
    aliases: withDefault(count(0, 100_000), '60', { vi: 'Số bí danh.', en: 'Number of aliases.' }),
    rootFields: withDefault(count(1, 100_000), '60', {
      vi: 'Số trường gốc.',
      en: 'Number of root fields.',
    }),
    cost: withDefault(count(1, 100_000_000), '5000', {
      vi: 'Chi phí tĩnh theo @cost và @listSize.',
      en: 'Static cost by @cost and @listSize.',
    }),
    planning: withDefault(duration('50ms', '1m'), '2s', {
      vi: 'Thời gian lập kế hoạch cho một thao tác.',
      en: 'Time to plan one operation.',
    }),
  },
);
