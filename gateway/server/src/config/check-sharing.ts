import type { Reader } from './declaration/read.ts';
import type { GatewayConfig } from './settings.ts';

/** A token that is bound to one request and its body vouches for that request alone. */
export function checkSharing({ execution, internalToken }: GatewayConfig, reader: Reader): void {
  if (execution.sharing === 'off' || internalToken.binding === 'channel') return;
  reader.reportAt(['execution', 'sharing'], 'CONFIG_INVALID_VALUE', {
    vi: 'inFlight và batched cần internalToken.binding: channel: với binding: body, mỗi token chỉ dành cho một yêu cầu. Đặt sharing: off hoặc binding: channel.',
    en: 'inFlight and batched need internalToken.binding: channel: with binding: body each token is for one request alone. Set sharing: off, or binding: channel.',
  });
}
