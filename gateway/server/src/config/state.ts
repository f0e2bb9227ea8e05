import { optionalOneKeyOf, required } from './declaration/declare.ts';
import { path, redisAddress } from './declaration/types.ts';

export const state = optionalOneKeyOf(
  {
    vi: 'Trạng thái dùng chung giữa các tiến trình (thu hồi, hạn mức). Bỏ trống: trong bộ nhớ, một tiến trình.',
    en: 'State shared between processes (revocation, quotas). Absent: in memory, one process.',
  },
  {
    redis: required(redisAddress, { vi: 'Địa chỉ Redis.', en: 'The address of Redis.' }),
    file: required(path, { vi: 'Tệp mà các cổng theo dõi.', en: 'A file that gateways watch.' }),
  },
  { unavailable: true },
);
