import { required, sectionOrFalse, withDefault } from './declaration/declare.ts';
import { postgresAddress, word } from './declaration/types.ts';

export const audit = sectionOrFalse(
  {
    vi: 'Sổ ghi truy cập. false: không ghi (có cảnh báo khi khởi động). Bỏ trống: false ở development, bị từ chối ở production.',
    en: 'The ledger of accesses. false: none, warned at start. Absent: false in development, refused in production.',
  },
  {
    database: required(postgresAddress, { vi: 'Địa chỉ PostgreSQL.', en: 'The address of PostgreSQL.' }),
    mode: withDefault(word('strict'), 'strict', {
      vi: 'strict: không ghi được thì không trả dữ liệu cá nhân.',
      en: 'strict: no personal data is served that cannot be recorded.',
    }),
  },
  { unavailable: true, absenceUnsafe: true, absent: 'false' },
);
