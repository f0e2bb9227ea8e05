import { optionalSection, required, section, withDefault } from './declaration/declare.ts';
import { duration, webAddress, word, yesOrNo } from './declaration/types.ts';

export const authorization = section(
  { vi: 'Quyết định trường nào được trả lời.', en: 'Which fields are answered.' },
  {
    mode: withDefault(
      word('filter', 'reject', 'report'),
      'filter',
      {
        vi: 'filter: bỏ trường không được phép; reject: từ chối cả yêu cầu; report: vẫn trả lời và ghi lại (bị từ chối ở production).',
        en: 'filter: leaves denied fields out; reject: refuses the whole request; report: serves everything and logs (refused in production).',
      },
      { unsafeValues: ['report'] },
    ),
    discloseRequirements: withDefault(yesOrNo, 'false', {
      vi: 'true: lỗi nêu phạm vi còn thiếu (môi trường thử).',
      en: 'true: errors name the missing scopes (sandbox).',
    }),
    hideDenied: withDefault(yesOrNo, 'false', {
      vi: 'true: tên bị từ chối trông như không tồn tại; chỉ chính sách bị từ chối vẫn được báo lỗi như thường.',
      en: 'true: a denied name looks like one that does not exist; a denial by policy alone is told as usual.',
    }),
    unguarded: withDefault(word('allow', 'refuse'), 'allow', {
      vi: 'refuse: trường không có quy tắc bị đóng, trừ khi mang @tag(name: "public").',
      en: 'refuse: a field with no rule is closed unless it carries @tag(name: "public").',
    }),
    guardLost: withDefault(
      word('refuse', 'warn'),
      { production: 'refuse', development: 'warn' },
      {
        vi: 'Khi nạp lại mà một trường đòi ít hơn trước và không được xác nhận: refuse giữ bản cũ; warn vẫn dùng bản mới. Cả hai đều ghi từng trường.',
        en: 'On a reload that asks less for a field than before, unacknowledged: refuse keeps the old version, warn takes the new one. Both log each field.',
      },
    ),
    policyDecision: optionalSection(
      {
        vi: 'Điểm quyết định chính sách (OPA Data API). Bỏ trống: mọi chính sách ngoài purpose: đều bị từ chối.',
        en: "The policy decision point (OPA's Data API). Absent: every policy but purpose: is denied.",
      },
      {
        url: required(webAddress, { vi: 'Địa chỉ nhận câu hỏi.', en: 'The address that takes the question.' }),
        timeout: withDefault(duration('1ms', '10s'), '250ms', {
          vi: 'Thời gian chờ; quá hạn là từ chối.',
          en: 'How long to wait; late is a denial.',
        }),
      },
    ),
  },
);
