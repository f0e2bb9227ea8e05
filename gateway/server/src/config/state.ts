import { optional, optionalOneKeyOf, required, withDefault } from './declaration/declare.ts';
import { duration, path, redisAddress } from './declaration/types.ts';

export const state = optionalOneKeyOf(
  {
    vi: 'Trạng thái dùng chung giữa các tiến trình (thu hồi, hạn mức). Bỏ trống: trong bộ nhớ, một tiến trình.',
    en: 'State shared between processes (revocation, quotas). Absent: in memory, one process.',
  },
  {
    redis: required(redisAddress, { vi: 'Địa chỉ Redis.', en: 'The address of Redis.' }),
    file: required(path, { vi: 'Tệp mà các cổng theo dõi.', en: 'A file that gateways watch.' }),
  },
  {
    besides: {
      copy: optional(path, {
        vi: 'Tệp bản sao danh sách thu hồi của tiến trình này, dùng khi khởi động lúc Redis mất liên lạc.',
        en: "This process's own copy of the revocation list, to start with while Redis is away.",
      }),
      maxAge: withDefault(duration('1s', '1h'), '30s', {
        vi: 'Mất liên lạc với kho trạng thái lâu hơn mức này thì dữ liệu cá nhân trả 503; trường công khai vẫn phục vụ.',
        en: 'With the state store away for longer than this, personal data answers 503; public fields are served.',
      }),
    },
  },
);
