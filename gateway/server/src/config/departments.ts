import { namesOf, optional, optionalSection, section, withDefault } from './declaration/declare.ts';
import { count, duration, existingFile, webAddress } from './declaration/types.ts';

const department = section(
  { vi: 'Thiết lập cho một phòng ban.', en: 'Settings for one department.' },
  {
    url: optional(webAddress, {
      vi: 'Địa chỉ thay cho địa chỉ ghi trong lược đồ liên kết.',
      en: 'The address to use instead of the one in the supergraph.',
    }),
    timeout: withDefault(duration('1ms', '5m'), '5s', {
      vi: 'Thời gian chờ tối đa cho một lần gọi.',
      en: 'The longest wait for one call.',
    }),
    connections: withDefault(count(1, 4096), '64', {
      vi: 'Số kết nối đồng thời tối đa.',
      en: 'The most connections at a time.',
    }),
    tls: optionalSection(
      {
        vi: 'TLS tới phòng ban này (chỉ với https://). Các tệp PEM được đọc một lần, khi khởi động.',
        en: 'TLS towards this department (https:// only). The files, in PEM, are read once, at start.',
      },
      {
        ca: optional(existingFile, {
          vi: 'Nơi cấp chứng thư của phòng ban; không nêu thì theo danh sách của Node.',
          en: "The authority of the department's certificate; absent: those that Node trusts.",
        }),
        certificate: optional(existingFile, {
          vi: 'Chứng thư mà cổng xuất trình (mTLS); phải đi cùng key.',
          en: 'The certificate that the gateway presents (mTLS); goes with key.',
        }),
        key: optional(existingFile, { vi: 'Khoá riêng của chứng thư đó.', en: "That certificate's private key." }),
      },
    ),
  },
);

export const departments = namesOf(
  {
    vi: 'Thiết lập riêng theo tên phòng ban trong lược đồ liên kết; phòng ban không nêu dùng giá trị mặc định.',
    en: 'Overrides, by subgraph name; a department that is not named has the defaults.',
  },
  department,
);
