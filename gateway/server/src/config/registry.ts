import { optionalOneKeyOf, required } from './declaration/declare.ts';
import { existingFile, list, postgresAddress, text } from './declaration/types.ts';

export const registry = optionalOneKeyOf(
  {
    vi: 'Sổ đăng ký đối tác. Đối tác bị tạm dừng hay hết hạn bị từ chối trong vòng một giây. Bỏ trống: chỉ xét token.',
    en: 'The partner registry. Who is suspended or has expired is refused within a second. Absent: tokens alone decide.',
  },
  {
    file: required(existingFile, { vi: 'Tệp YAML, được theo dõi.', en: 'A YAML file, watched.' }),
    database: required(postgresAddress, {
      vi: 'Cơ sở dữ liệu mà lệnh lienthong partner ghi vào; chỉ cần quyền đọc.',
      en: 'The database that lienthong partner writes; the right to read it is enough.',
    }),
  },
  {
    besides: {
      issuers: required(list(text), {
        vi: 'Các nơi cấp (giá trị iss) mà mọi ứng dụng phải có trong sổ này.',
        en: 'The issuers (their iss) whose clients all have to be in this registry.',
      }),
    },
  },
);
