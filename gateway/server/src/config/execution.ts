import { section, withDefault } from './declaration/declare.ts';
import { count, duration, size, word } from './declaration/types.ts';

export const execution = section(
  { vi: 'Cách lấy dữ liệu từ các sở, ngành.', en: 'How data is fetched from the departments.' },
  {
    engine: withDefault(word('compiled', 'apollo'), 'compiled', {
      vi: 'Bộ máy thực thi: compiled là bộ máy nhanh, apollo là bộ máy tham chiếu.',
      en: 'The execution engine: compiled is the fast one, apollo is the reference.',
    }),
    timeout: withDefault(duration('50ms', '10m'), '10s', {
      vi: 'Thời gian của cả yêu cầu: mỗi lần gọi sở, ngành chỉ có phần còn lại.',
      en: 'The time of a whole request: each call to a department has what is left of it.',
    }),
    requests: withDefault(count(1, 1_000_000), '1024', {
      vi: 'Số yêu cầu được xử lý cùng lúc; nhiều hơn: 503 GATEWAY_BUSY với Retry-After.',
      en: 'Requests that are worked on at a time; beyond them: 503 GATEWAY_BUSY with Retry-After.',
    }),
    sharing: withDefault(word('off', 'inFlight', 'batched'), 'off', {
      vi: 'inFlight: hai lần gọi bằng nhau tới một sở, ngành (cùng người gọi, mọi claim, ngôn ngữ và từng byte nội dung), đang diễn ra cùng lúc, dùng chung một lần gọi HTTP; chỉ truy vấn, chỉ với internalToken.binding: channel. batched: như vậy, và những lần hỏi cùng một điều về những thực thể khác nhau, sẵn sàng cùng lúc, được gộp thành một lần gọi.',
      en: 'inFlight: equal calls to a department (same caller in every claim, same language, same body to the byte) that are under way at the same time share one HTTP call; queries alone, and only with internalToken.binding: channel. batched: the same, and calls that ask the same of different entities and are ready at the same time become one.',
    }),
    batchDelay: withDefault(duration('0ms', '100ms'), '0ms', {
      vi: 'Với sharing: batched, thời gian đợi nhau. 0ms: chỉ gộp những gì sẵn sàng trong cùng một vòng của event loop, không đợi thêm.',
      en: 'With sharing: batched, how long calls wait for each other. 0ms: only what is ready in the same turn of the event loop is put together, and nothing waits.',
    }),
    remembered: withDefault(size(1_048_576, 1_099_511_627_776), '12MiB', {
      vi: 'Dung lượng cho mọi thứ đã biết về các thao tác (văn bản, quyết định, kế hoạch, mã đã dịch): đầy thì quên thứ ít dùng.',
      en: 'The size of all that is remembered of operations (texts, decisions, plans, what is compiled); beyond it, what is used least is forgotten.',
    }),
    warmUp: section(
      {
        vi: 'Khi nạp lược đồ mới: những thao tác đang dùng được chuẩn bị trước khi lược đồ ấy phục vụ.',
        en: 'When a new supergraph is loaded: operations in use are readied before it serves.',
      },
      {
        operations: withDefault(count(0, 1_000_000), '1000', {
          vi: 'Số thao tác dùng nhiều nhất; thao tác đã đăng ký không tính vào số này. 0: chỉ thao tác đã đăng ký.',
          en: 'How many of those used most, besides all that are registered. 0: the registered ones alone.',
        }),
        time: withDefault(duration('0s', '1m'), '5s', {
          vi: 'Thời gian nhiều nhất mà lược đồ mới phải đợi. 0s: không chuẩn bị gì.',
          en: 'How long the new supergraph waits for it at most. 0s: nothing is readied.',
        }),
      },
    ),
    memory: withDefault(size(1_048_576, 1_099_511_627_776), '256MiB', {
      vi: 'Dung lượng của mọi câu trả lời của các sở, ngành đang nhận hoặc đang chờ cùng yêu cầu của mình; quá mức thì những câu lớn hơn phần của mình bị cắt.',
      en: 'The size of all answers of departments that are being received, or wait with their request for others; beyond it, those that hold more than their share are cut off.',
    }),
  },
);
