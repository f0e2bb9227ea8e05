import { sectionOrFalse, withDefault } from './declaration/declare.ts';
import { port, text } from './declaration/types.ts';

export const metrics = sectionOrFalse(
  {
    vi: 'Số đo Prometheus tại /metrics, trên cổng mạng riêng. false: không mở.',
    en: 'Prometheus metrics at /metrics, on a listener of their own. false: no listener.',
  },
  {
    host: withDefault(text, '127.0.0.1', { vi: 'Địa chỉ mạng để lắng nghe.', en: 'The network address to listen on.' }),
    port: withDefault(port, '4009', { vi: 'Cổng mạng; 0: cổng trống bất kỳ.', en: 'The port; 0: any free one.' }),
  },
);
