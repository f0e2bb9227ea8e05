import { optionalSection, required, withDefault } from './declaration/declare.ts';
import { share, webAddress, yesOrNo } from './declaration/types.ts';

export const tracing = optionalSection(
  {
    vi: 'Dấu vết OpenTelemetry của yêu cầu, gửi tới nơi thu thập OTLP/HTTP. Bỏ trống: tắt, không nạp gì, không gửi gì.',
    en: 'OpenTelemetry traces of requests, sent to an OTLP/HTTP collector. Absent: off, nothing is loaded, nothing is sent.',
  },
  {
    endpoint: required(webAddress, {
      vi: 'Địa chỉ nơi thu thập, ví dụ http://127.0.0.1:4318/v1/traces. Thông tin xác thực: OTEL_EXPORTER_OTLP_HEADERS.',
      en: 'Where spans go, for example http://127.0.0.1:4318/v1/traces. Its credentials: OTEL_EXPORTER_OTLP_HEADERS.',
    }),
    sampling: withDefault(share, '0.01', {
      vi: 'Tỉ lệ yêu cầu được ghi dấu vết; 0.01 là một phần trăm.',
      en: 'The share of requests that are traced; 0.01 is one in a hundred.',
    }),
    trustIncoming: withDefault(yesOrNo, 'false', {
      vi: 'Nối tiếp traceparent của người gọi và theo quyết định của họ. Chỉ bật khi mọi yêu cầu đến qua proxy đặt tiêu đề này: ai gửi được nó thì bắt được cổng ghi dấu vết.',
      en: "Continue a caller's traceparent and do as it says. Only where every request comes by a proxy that sets the header: whoever can send it can make the gateway trace.",
    }),
  },
);
