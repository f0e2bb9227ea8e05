import { optionalSection, required, withDefault } from './declaration/declare.ts';
import { origin, text } from './declaration/types.ts';

export const myData = optionalSection(
  {
    vi: 'Trang «Ai đã xem dữ liệu của tôi?» tại /my-data, nơi công dân đăng nhập và đọc sổ. Bỏ trống: không có trang này.',
    en: 'The page “Who looked at my data?” at /my-data, where citizens log in and read the ledger. Absent: there is no such page.',
  },
  {
    issuer: required(origin, { vi: 'Nơi công dân đăng nhập.', en: 'The issuer where citizens log in.' }),
    client: withDefault(text, 'ai-da-xem', {
      vi: 'Ứng dụng công khai của trang trong sổ đăng ký; địa chỉ quay về của nó là publicUrl cộng /my-data.',
      en: 'The public client of the page in the registry; its redirect address is publicUrl and /my-data.',
    }),
  },
);
