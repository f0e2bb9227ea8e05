import { section, withDefault } from './declaration/declare.ts';
import { port, text } from './declaration/types.ts';

export const listen = section(
  { vi: 'Nơi cổng nhận yêu cầu.', en: 'Where the gateway takes requests.' },
  {
    host: withDefault(text, '127.0.0.1', {
      vi: 'Địa chỉ mạng để lắng nghe; mặc định chỉ máy này.',
      en: 'The network address to listen on; this machine only unless told otherwise.',
    }),
    port: withDefault(port, '4000', { vi: 'Cổng mạng; 0: cổng trống bất kỳ.', en: 'The port; 0: any free one.' }),
  },
);
