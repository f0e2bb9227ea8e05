import type { FastifyReply } from 'fastify';
import type { Bilingual } from './options.ts';

interface Refusal {
  readonly status: number;
  readonly messages: Bilingual;
}

/** Every refusal of the console's own addresses, by its stable code. */
const REFUSALS = {
  NO_DEMO: {
    status: 404,
    messages: {
      vi: 'Cổng này không cấp token thử. Dán token của chính ứng dụng vào ô «Token của tôi».',
      en: 'This gateway hands out no demo tokens. Paste a token of your own application under “My own token”.',
    },
  },
  CROSS_SITE: {
    status: 403,
    messages: {
      vi: 'Token thử chỉ cấp cho trang này, mở tại localhost hoặc địa chỉ IP của cổng. Dùng `lienthong token` ở dòng lệnh.',
      en: 'Demo tokens are for this page only, opened at localhost or the address of the gateway. On the command line use `lienthong token`.',
    },
  },
  JSON_ONLY: {
    status: 415,
    messages: {
      vi: 'Gửi yêu cầu với kiểu nội dung application/json.',
      en: 'Send the request as application/json.',
    },
  },
  MALFORMED: {
    status: 400,
    messages: {
      vi: 'Nội dung phải là {"client": "…", "purpose": "…"}.',
      en: 'The body must be {"client": "…", "purpose": "…"}.',
    },
  },
  UNKNOWN_CLIENT: {
    status: 400,
    messages: {
      vi: 'Không có ứng dụng mẫu này hoặc nó không đăng ký mục đích này. Xem danh sách tại /console/config.json.',
      en: 'There is no such demo client, or it has not registered this purpose. See the list at /console/config.json.',
    },
  },
  ISSUER_UNAVAILABLE: {
    status: 502,
    messages: {
      vi: 'Chưa lấy được token từ nơi cấp. Kiểm tra nơi cấp token đang chạy rồi thử lại.',
      en: 'The issuer gave no token. Check that it is running, then try again.',
    },
  },
} as const satisfies Record<string, Refusal>;

export type RefusalCode = keyof typeof REFUSALS;

/** Answers with a refusal: `{"error": {"code", "messages": {"vi", "en"}}}`. */
export function refuse(reply: FastifyReply, code: RefusalCode): FastifyReply {
  const { status, messages } = REFUSALS[code];
  return reply.code(status).header('cache-control', 'no-store').send({ error: { code, messages } });
}
