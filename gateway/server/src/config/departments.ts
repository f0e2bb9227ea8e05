import { namesOf, optional, optionalSection, section, withDefault } from './declaration/declare.ts';
import { count, duration, existingFile, size, webAddress } from './declaration/types.ts';

const department = section(
  { vi: 'Thiết lập cho một sở, ngành.', en: 'Settings for one department.' },
  {
    url: optional(webAddress, {
      vi: 'Địa chỉ thay cho địa chỉ ghi trong lược đồ liên kết.',
      en: 'The address to use instead of the one in the supergraph.',
    }),
    timeout: withDefault(duration('1ms', '5m'), '5s', {
      vi: 'Thời gian tối đa của một lần gọi, kể cả lúc chờ kết nối. Không quá phần còn lại của execution.timeout.',
      en: 'The time of one call, waiting for a connection included. Never more than is left of execution.timeout.',
    }),
    connections: withDefault(count(1, 4096), '64', {
      vi: 'Số lần gọi đồng thời tối đa, mỗi lần một kết nối.',
      en: 'The most calls at a time, each with a connection of its own.',
    }),
    queue: withDefault(count(0, 65_536), '1024', {
      vi: 'Số lần gọi được chờ kết nối; lần gọi sau đó báo lỗi ngay: DEPARTMENT_UNAVAILABLE.',
      en: 'Calls that may wait for a connection; one more fails at once: DEPARTMENT_UNAVAILABLE.',
    }),
    answerSize: withDefault(size(1_024, 1_073_741_824), '32MiB', {
      vi: 'Dung lượng tối đa của một câu trả lời; lớn hơn thì bị cắt: DEPARTMENT_ERROR.',
      en: 'The size of one answer; a larger one is cut off: DEPARTMENT_ERROR.',
    }),
    circuit: section(
      {
        vi: 'Ngắt mạch: sở, ngành không trả lời thì một lúc không được gọi, các trường của nó báo lỗi ngay.',
        en: 'The circuit breaker: a department that does not answer is not called for a while; its fields fail at once.',
      },
      {
        failures: withDefault(count(1, 100_000), '20', {
          vi: 'Số lần gọi lỗi liên tiếp (không kết nối được, quá giờ, HTTP 502, 503, 504) thì ngắt.',
          en: 'Calls in a row that fail (no connection, out of time, HTTP 502, 503, 504) and open it.',
        }),
        pause: withDefault(duration('50ms', '10m'), '2s', {
          vi: 'Sau bao lâu thì gọi thử một lần; trả lời được là nối lại.',
          en: 'The time until one call tries again; if it is answered, the circuit closes.',
        }),
      },
    ),
    tls: optionalSection(
      {
        vi: 'TLS tới sở, ngành này (chỉ với https://). Các tệp PEM được đọc một lần, khi khởi động.',
        en: 'TLS towards this department (https:// only). The files, in PEM, are read once, at start.',
      },
      {
        ca: optional(existingFile, {
          vi: 'Nơi cấp chứng thư của sở, ngành; không nêu thì theo danh sách của Node.',
          en: "The authority of the department's certificate; absent: those that Node trusts.",
        }),
        certificate: optional(existingFile, {
          vi: 'Chứng thư mà cổng xuất trình (mTLS); phải đi cùng key.',
          en: 'The certificate that the gateway presents (mTLS); goes with key.',
        }),
        key: optional(existingFile, { vi: 'Khoá riêng của chứng thư đó.', en: "That certificate's private key." }),
      },
    ),
  },
);

export const departments = namesOf(
  {
    vi: 'Thiết lập riêng theo tên sở, ngành trong lược đồ liên kết; sở, ngành không nêu dùng giá trị mặc định.',
    en: 'Overrides, by subgraph name; a department that is not named has the defaults.',
  },
  department,
);
