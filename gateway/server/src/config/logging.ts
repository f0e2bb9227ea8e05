import { section, withDefault } from './declaration/declare.ts';
import { word } from './declaration/types.ts';

export const logging = section(
  { vi: 'Nhật ký (JSON, ra stderr, không có dữ liệu cá nhân).', en: 'Logs (JSON on stderr, no personal data).' },
  {
    level: withDefault(word('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), 'info', {
      vi: 'Mức chi tiết.',
      en: 'How much is logged.',
    }),
  },
);
