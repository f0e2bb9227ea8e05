import type { Reader } from './declaration/read.ts';
import type { Texts } from './errors.ts';
import type { GatewayConfig } from './settings.ts';

/**
 * What several processes would each have for themselves; undefined where there is nothing. A proof of possession could then
 * be used once in each of them, a quota be spent in each, and a revoked token be served by those that were not told.
 */
export function heldApart({ processes, state }: Pick<GatewayConfig, 'processes' | 'state'>): Texts | undefined {
  if (processes === 1 || (state !== undefined && 'redis' in state)) return undefined;
  if (state === undefined) {
    return {
      vi: 'mỗi tiến trình sẽ giữ riêng danh sách thu hồi, hạn mức và các bằng chứng đã dùng',
      en: 'each process would have its own revocations, quotas and memory of used proofs',
    };
  }
  return {
    vi: 'mỗi tiến trình sẽ giữ riêng hạn mức và các bằng chứng đã dùng (state.file chỉ dùng chung danh sách thu hồi)',
    en: 'each process would have its own quotas and memory of used proofs (state.file shares revocations alone)',
  };
}

/** Production refuses what several processes would not know together. */
export function checkProcesses(config: GatewayConfig, reader: Reader): void {
  const apart = heldApart(config);
  if (apart === undefined || config.environment !== 'production') return;
  reader.reportAt(['processes'], 'CONFIG_UNSAFE_IN_PRODUCTION', {
    vi: `nhiều hơn 1 thì ${apart.vi}. Đặt state.redis, hoặc processes: 1.`,
    en: `with more than 1, ${apart.en}. Set state.redis, or processes: 1.`,
  });
}
