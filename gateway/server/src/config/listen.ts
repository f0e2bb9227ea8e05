import { optionalSection, required, section, withDefault } from './declaration/declare.ts';
import { existingFile, list, network, port, text } from './declaration/types.ts';

export const listen = section(
  { vi: 'Nơi cổng nhận yêu cầu.', en: 'Where the gateway takes requests.' },
  {
    host: withDefault(text, '127.0.0.1', {
      vi: 'Địa chỉ mạng để lắng nghe; mặc định chỉ máy này.',
      en: 'The network address to listen on; this machine only unless told otherwise.',
    }),
    port: withDefault(port, '4000', { vi: 'Cổng mạng; 0: cổng trống bất kỳ.', en: 'The port; 0: any free one.' }),
    tls: optionalSection(
      {
        vi: 'Nhận TLS trực tiếp. Chứng thư của người gọi được hỏi, để dùng token gắn chứng thư (RFC 8705).',
        en: 'TLS on this listener. Callers are asked for a certificate, for tokens that are bound to one (RFC 8705).',
      },
      {
        certificate: required(existingFile, { vi: 'Chuỗi chứng thư, PEM.', en: 'The certificate chain, PEM.' }),
        key: required(existingFile, { vi: 'Khoá riêng, PEM.', en: 'The private key, PEM.' }),
      },
    ),
    clientCertificate: optionalSection(
      {
        vi: 'Proxy kết thúc TLS chuyển chứng thư của người gọi trong một tiêu đề (RFC 9440, hoặc PEM mã hoá URL).',
        en: "A proxy that ends TLS forwards the caller's certificate in a header (RFC 9440, or PEM in URL encoding).",
      },
      {
        header: withDefault(text, 'client-cert', { vi: 'Tên tiêu đề.', en: 'The name of the header.' }),
        from: required(list(network), {
          vi: 'Địa chỉ hoặc mạng của các proxy được tin; của ai khác đều vô giá trị.',
          en: 'Addresses or networks of the proxies that are believed; the header of anybody else is worth nothing.',
        }),
      },
    ),
  },
);
