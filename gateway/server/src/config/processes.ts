import { withDefault } from './declaration/declare.ts';
import { processCount } from './declaration/types.ts';

export const processes = withDefault(processCount, '1', {
  vi: 'Số tiến trình cùng phục vụ một cổng mạng; cores: mỗi lõi một tiến trình. Nhiều hơn 1 ở production: cần state.redis.',
  en: 'Processes that serve one port together; cores: one for each processor. More than 1 in production: needs state.redis.',
});
