import type { Messages } from '../errors.ts';
import { page, pagePolicy, paragraph } from './page.ts';
import type { Unfit } from './person.ts';

/** What can go wrong at a browser, and what the person in front of it can do. */
export type Failure = Unfit | 'upstream_down' | 'store_down' | 'login_over' | 'request_refused';

const title: Messages = { vi: 'Chưa đăng nhập được', en: 'You are not logged in' };

const failures: Record<Failure, { readonly status: number; readonly messages: Messages }> = {
  upstream_down: {
    status: 503,
    messages: {
      vi: 'Dịch vụ định danh hiện không trả lời. Hãy đợi vài phút rồi tải lại trang này.',
      en: 'The identity service does not answer at the moment. Wait a few minutes, then reload this page.',
    },
  },
  store_down: {
    status: 503,
    messages: {
      vi: 'Hệ thống đăng nhập đang gặp sự cố. Hãy đợi vài phút rồi tải lại trang này.',
      en: 'The log-in service has a problem at the moment. Wait a few minutes, then reload this page.',
    },
  },
  login_over: {
    status: 400,
    messages: {
      vi: 'Lượt đăng nhập này đã dùng, đã quá hạn hoặc mở ở trình duyệt khác. Hãy quay lại ứng dụng và đăng nhập lại.',
      en: 'This login was used already, has expired, or was opened in another browser. Go back to the application and log in again.',
    },
  },
  request_refused: {
    status: 400,
    messages: {
      vi: 'Ứng dụng đã gửi một yêu cầu không hợp lệ. Hãy quay lại ứng dụng; nếu vẫn lỗi, báo cho đơn vị vận hành ứng dụng.',
      en: 'The application sent a request that is not valid. Go back to it; if this happens again, tell its operator.',
    },
  },
  no_personal_number: {
    status: 403,
    messages: {
      vi: 'Dịch vụ định danh không cho biết số định danh cá nhân. Hãy kiểm tra tài khoản định danh của bạn.',
      en: 'The identity service did not state a personal number. Check your identity account.',
    },
  },
  no_officer: {
    status: 403,
    messages: {
      vi: 'Tài khoản này không phải tài khoản cán bộ. Hãy đăng nhập bằng tài khoản công vụ.',
      en: 'This is not the account of an officer. Log in with your official account.',
    },
  },
  other_agency: {
    status: 403,
    messages: {
      vi: 'Tài khoản này thuộc cơ quan khác với cơ quan của ứng dụng. Hãy dùng ứng dụng của cơ quan bạn.',
      en: "This account belongs to another agency than the application. Use your own agency's application.",
    },
  },
};

interface Answer {
  status: number;
  type: string;
  body: unknown;
  set(name: string, value: string): void;
}

/** Answers a browser with a page that says what to do; `detail` (ASCII, of the protocol) is for the application's operator. */
export function answerFailure(ctx: Answer, failure: Failure, detail?: string): void {
  const { status, messages } = failures[failure];
  ctx.status = status;
  ctx.set('content-security-policy', pagePolicy);
  ctx.set('cache-control', 'no-store');
  if (status === 503) ctx.set('retry-after', '120');
  ctx.body = page(title, paragraph(messages) + (detail ? `\n${paragraph({ vi: detail, en: '' })}` : ''));
  ctx.type = 'text/html; charset=utf-8';
}
