import { GraphQLError, type GraphQLFormattedError } from 'graphql';

import type { Language } from './language.ts';

/**
 * Whose fault an error is, which is also where a reader of docs/errors.md looks first.
 * `caller`: the request must change; `department`: a database behind the gateway; `gateway`: ours.
 */
export type Fault = 'caller' | 'department' | 'gateway';

interface ErrorKind {
  readonly fault: Fault;
  /** HTTP status of an answer that holds nothing but this error; 200 means that it travels inside a GraphQL answer. */
  readonly status: number;
  readonly vi: string;
  readonly en: string;
}

/**
 * Every code that an answer of the gateway may carry, with its default message. A code that is missing here cannot leave
 * the building: whatever else is thrown is logged and answered as INTERNAL_SERVER_ERROR. docs/errors.md explains each
 * one, and a test compares the two lists.
 */
export const errorKinds = {
  BAD_REQUEST: {
    fault: 'caller',
    status: 400,
    vi: 'Yêu cầu HTTP không hợp lệ.',
    en: 'The HTTP request is malformed.',
  },
  METHOD_NOT_ALLOWED: {
    fault: 'caller',
    status: 405,
    vi: 'Chỉ nhận GET (truy vấn) và POST.',
    en: 'Only GET (queries) and POST are accepted.',
  },
  NOT_ACCEPTABLE: {
    fault: 'caller',
    status: 406,
    vi: 'Tiêu đề Accept không nhận application/json hay application/graphql-response+json.',
    en: 'The Accept header takes neither application/json nor application/graphql-response+json.',
  },
  PAYLOAD_TOO_LARGE: {
    fault: 'caller',
    status: 413,
    vi: 'Thân yêu cầu quá lớn. Hãy chia thành nhiều yêu cầu.',
    en: 'The request body is too large. Split it into several requests.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    fault: 'caller',
    status: 415,
    vi: 'Hãy gửi JSON mã UTF-8, không nén, với content-type: application/json.',
    en: 'Send JSON in UTF-8, not compressed, with content-type: application/json.',
  },
  BATCHING_NOT_SUPPORTED: {
    fault: 'caller',
    status: 400,
    vi: 'Mỗi yêu cầu HTTP chỉ chứa một thao tác GraphQL.',
    en: 'One HTTP request carries one GraphQL operation.',
  },
  CSRF_PREVENTED: {
    fault: 'caller',
    status: 400,
    vi: 'Trình duyệt không được gửi yêu cầu này từ trang khác: hãy thêm content-type: application/json hoặc tiêu đề apollo-require-preflight.',
    en: 'A browser must not send this from another site: add content-type: application/json or an apollo-require-preflight header.',
  },
  UNAUTHENTICATED: {
    fault: 'caller',
    status: 401,
    vi: 'Token truy cập không dùng được. Hãy xin token mới từ nơi cấp token.',
    en: 'The access token cannot be used. Ask the token issuer for a new one.',
  },
  GRAPHQL_PARSE_FAILED: {
    fault: 'caller',
    status: 400,
    vi: 'Câu truy vấn sai cú pháp.',
    en: 'The query is not valid GraphQL syntax.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    fault: 'caller',
    status: 400,
    vi: 'Câu truy vấn không khớp với lược đồ.',
    en: 'The query does not fit the schema.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    fault: 'caller',
    status: 400,
    vi: 'Không xác định được thao tác cần chạy: hãy kiểm tra operationName.',
    en: 'Which operation to run is not clear: check operationName.',
  },
  BAD_USER_INPUT: {
    fault: 'caller',
    status: 400,
    vi: 'Giá trị đầu vào không hợp lệ.',
    en: 'An input value is not valid.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    fault: 'caller',
    status: 200,
    vi: 'Máy chủ chưa biết mã băm này: hãy gửi lại kèm câu truy vấn.',
    en: 'This hash is not known here: send it again together with the query.',
  },
  PERSISTED_DOCUMENT_REQUIRED: {
    fault: 'caller',
    status: 403,
    vi: 'Ở đây chỉ chạy được thao tác đã đăng ký cho ứng dụng này. Hãy gửi mã băm của thao tác đó, hoặc nhờ trung tâm tích hợp dữ liệu đăng ký.',
    en: 'Only operations registered for this client run here. Send the hash of one, or ask the data integration centre to register yours.',
  },
  PERSISTED_DOCUMENT_PURPOSE: {
    fault: 'caller',
    status: 403,
    vi: 'Thao tác này đăng ký cho mục đích khác với mục đích của token. Hãy xin token cho mục đích đã đăng ký.',
    en: 'This operation is registered for another purpose than the token is for. Ask for a token with the registered purpose.',
  },
  SUBSCRIPTIONS_NOT_SUPPORTED: {
    fault: 'caller',
    status: 400,
    vi: 'Cổng không phục vụ subscription. Hãy dùng query.',
    en: 'Subscriptions are not served. Ask by query.',
  },
  LIMIT_TOKENS: {
    fault: 'caller',
    status: 400,
    vi: 'Câu truy vấn quá dài. Hãy rút gọn hoặc chia nhỏ.',
    en: 'The query has too many tokens. Shorten or split it.',
  },
  LIMIT_DEPTH: {
    fault: 'caller',
    status: 400,
    vi: 'Câu truy vấn lồng quá sâu. Hãy chia làm hai bước.',
    en: 'The query is nested too deeply. Ask in two steps.',
  },
  LIMIT_ALIASES: {
    fault: 'caller',
    status: 400,
    vi: 'Câu truy vấn có quá nhiều bí danh. Hãy chia nhỏ.',
    en: 'The query has too many aliases. Split it.',
  },
  LIMIT_COST: {
    fault: 'caller',
    status: 400,
    vi: 'Câu truy vấn quá tốn kém. Hãy chia nhỏ, hoặc hỏi ít hơn ở mỗi trang.',
    en: 'The query costs too much. Split it, or ask for less on each page.',
  },
  LIMIT_PLANNING: {
    fault: 'caller',
    status: 400,
    vi: 'Câu truy vấn quá phức tạp để lập kế hoạch. Hãy chia nhỏ, hoặc hỏi ít trường hơn.',
    en: 'The query is too complex to be planned. Split it, or ask for fewer fields.',
  },
  UNAUTHORIZED_FIELD_OR_TYPE: {
    fault: 'caller',
    status: 403,
    vi: 'Token truy cập không có quyền với trường này.',
    en: 'The access token does not permit this field.',
  },
  INTROSPECTION_FORBIDDEN: {
    fault: 'caller',
    status: 403,
    vi: 'Token truy cập không có quyền xem lược đồ. Hãy xin phạm vi đó tại trung tâm tích hợp dữ liệu.',
    en: 'The access token does not permit introspection. Ask the data integration centre for the scope.',
  },
  NOT_FOUND: {
    fault: 'caller',
    status: 200,
    vi: 'Không tìm thấy.',
    en: 'Not found.',
  },
  CONFLICT: {
    fault: 'caller',
    status: 200,
    vi: 'Thao tác mâu thuẫn với trạng thái hiện tại của hồ sơ.',
    en: 'The operation conflicts with the present state of the record.',
  },
  DEPARTMENT_UNAVAILABLE: {
    fault: 'department',
    status: 200,
    vi: 'Cơ sở dữ liệu của một sở, ngành hiện không trả lời. Dữ liệu của các sở, ngành khác vẫn đầy đủ; hãy thử lại sau.',
    en: 'The database of a department is not answering now. Data of the other departments is complete; try again later.',
  },
  DEPARTMENT_TIMEOUT: {
    fault: 'department',
    status: 200,
    vi: 'Một sở, ngành trả lời quá chậm. Dữ liệu của các sở, ngành khác vẫn đầy đủ; hãy thử lại sau.',
    en: 'A department took too long to answer. Data of the other departments is complete; try again later.',
  },
  DEPARTMENT_ERROR: {
    fault: 'department',
    status: 200,
    vi: 'Một sở, ngành gặp lỗi khi trả lời. Hãy báo x-request-id cho người vận hành.',
    en: 'A department failed to answer. Report the x-request-id to the operator.',
  },
  ISSUER_UNAVAILABLE: {
    fault: 'gateway',
    status: 503,
    vi: 'Chưa lấy được khoá công khai của nơi cấp token nên chưa kiểm tra được token. Hãy gửi lại sau ít giây.',
    en: 'The public keys of the token issuer cannot be fetched, so the token cannot be checked yet. Try again in some seconds.',
  },
  QUOTA_EXCEEDED: {
    fault: 'caller',
    status: 429,
    vi: 'Đã dùng hết hạn mức cho mục đích này. Hãy gửi lại sau thời gian nêu ở Retry-After.',
    en: 'The quota for this purpose is used up. Send the request again after the time that Retry-After tells.',
  },
  STATE_UNAVAILABLE: {
    fault: 'gateway',
    status: 503,
    vi: 'Chưa biết được token đã bị thu hồi, bằng chứng đã dùng hay hạn mức đã hết chưa, nên chưa trả dữ liệu cá nhân. Hãy gửi lại sau ít giây.',
    en: 'Whether the token was revoked, its proof used or its quota spent cannot be known now, so no personal data is served. Try again in some seconds.',
  },
  LEDGER_UNAVAILABLE: {
    fault: 'gateway',
    status: 503,
    vi: 'Chưa ghi được vào sổ ghi truy cập nên chưa trả dữ liệu cá nhân. Hãy gửi lại sau ít giây.',
    en: 'What would leave cannot be recorded in the ledger now, so no personal data is served. Try again in some seconds.',
  },
  LEDGER_SUBJECT_UNKNOWN: {
    fault: 'gateway',
    status: 503,
    vi: 'Một sở, ngành không cho biết dữ liệu này là của ai, nên không ghi sổ được và không trả dữ liệu. Hãy gửi lại sau ít giây; với executed: true, thao tác ghi đã được thực hiện, đừng gửi lại.',
    en: 'A department did not tell whose data this is, so it cannot be recorded and is not served. Try again in some seconds; with executed: true the write was carried out, do not repeat it.',
  },
  SIGNING_UNAVAILABLE: {
    fault: 'gateway',
    status: 503,
    vi: 'Chưa ký được câu trả lời nên chưa trả gì. Hãy gửi lại sau ít giây.',
    en: 'The answer cannot be signed now, so nothing is answered. Send the request again in some seconds.',
  },
  OPERATION_UNRESOLVABLE: {
    fault: 'gateway',
    status: 500,
    vi: 'Không sở, ngành nào trả lời được thao tác này. Hãy báo x-request-id cho người vận hành.',
    en: 'No department can resolve this operation. Report the x-request-id to the operator.',
  },
  PLANNING_BUSY: {
    fault: 'gateway',
    status: 503,
    vi: 'Cổng đang lập kế hoạch cho quá nhiều câu truy vấn mới. Hãy gửi lại sau ít giây.',
    en: 'Too many new operations are waiting to be planned. Send the request again in some seconds.',
  },
  GATEWAY_BUSY: {
    fault: 'gateway',
    status: 503,
    vi: 'Cổng đang xử lý quá nhiều yêu cầu. Hãy gửi lại sau thời gian nêu ở Retry-After.',
    en: 'The gateway is working on too many requests. Send the request again after the time that Retry-After tells.',
  },
  SHUTTING_DOWN: {
    fault: 'gateway',
    status: 503,
    vi: 'Cổng đang dừng. Hãy gửi lại yêu cầu.',
    en: 'The gateway is shutting down. Send the request again.',
  },
  INTERNAL_SERVER_ERROR: {
    fault: 'gateway',
    status: 500,
    vi: 'Lỗi bên trong cổng. Hãy báo x-request-id cho người vận hành.',
    en: 'The gateway failed. Report the x-request-id to the operator.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorKinds, code);

/** A text in both languages of the product. */
export interface Messages {
  readonly vi: string;
  readonly en: string;
}

/**
 * An error that may be shown to the caller: a known code, both languages, and facts as data. Everything that is not of
 * this class is internal, and its text only ever reaches the log.
 */
export class PublicError extends Error {
  readonly code: ErrorCode;
  readonly messages: Messages;
  /** Facts for programs; they become `extensions` beside `code`. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    options: { messages?: Messages; data?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    const messages = options.messages ?? errorKinds[code];
    super(messages.en);
    this.name = 'PublicError';
    this.code = code;
    this.messages = { vi: messages.vi, en: messages.en };
    this.data = options.data ?? {};
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return errorKinds[this.code].status;
  }

  format(language: Language): GraphQLFormattedError {
    return { message: this.messages[language], extensions: { code: this.code, ...this.data } };
  }

  /** For throwing inside Apollo Server, which reads status and headers from `extensions.http`. */
  toGraphQLError(): GraphQLError {
    return new GraphQLError(this.message, {
      originalError: this,
      extensions: {
        code: this.code,
        http: { status: this.status, headers: new Map(Object.entries(this.headers)) },
      },
    });
  }
}
