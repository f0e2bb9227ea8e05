import { section, withDefault } from './declaration/declare.ts';
import { word } from './declaration/types.ts';

export const execution = section(
  { vi: 'Cách lấy dữ liệu từ các phòng ban.', en: 'How data is fetched from the departments.' },
  {
    engine: withDefault(word('apollo', 'compiled'), 'apollo', {
      vi: 'Bộ máy thực thi: compiled nhanh, apollo là bộ máy tham chiếu.',
      en: 'The execution engine: compiled is the fast one, apollo the reference.',
    }),
  },
);
